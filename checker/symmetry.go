package checker

type symmetry struct{}

func (y *symmetry) like(t int) int { return t }

func (y *symmetry) normalize(t int, slots []int, values []int64) {}

func (y *symmetry) moves(slot int, changes []bool) bool { return false }
