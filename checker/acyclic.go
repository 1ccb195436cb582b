package checker

import "slices"

// This file shows, where it can, that no run goes on for ever, without looking
// at the graph of states.

// mayCycle reports whether a cycle of states with a step in it can not be ruled
// out by what single moves do. Round a cycle every slot comes back to the value
// it had. So a move that takes a slot from one value to another can only be part
// of one if other moves, that can be part of one themselves, take it back,
// perhaps by way of further values. Moves that cannot are struck out, until
// there are none left to strike.
func (s *search[K]) mayCycle() bool {
	var left []*leafMove[K]
	for _, w := range s.workers {
		if w.forgot {
			return true
		}
		for i := range w.trees {
			for j := range w.trees[i].leaves {
				lf := w.trees[i].leaves[j]
				if lf.direct {
					return true
				}
				for k := range lf.moves {
					left = append(left, &lf.moves[k])
				}
			}
		}
	}
	for {
		back := returns(left)
		before := len(left)
		left = slices.DeleteFunc(left, func(mv *leafMove[K]) bool {
			return slices.ContainsFunc(mv.alike, func(c slotChange) bool { return !back[c] })
		})
		if len(left) == before {
			return slices.ContainsFunc(left, func(mv *leafMove[K]) bool { return !mv.move.Migrate })
		}
	}
}

// returns is the set of changes that further changes can undo.
func returns[K words](moves []*leafMove[K]) map[slotChange]bool {
	type node struct {
		slot  int
		value int64
	}
	number := map[node]uint32{}
	var nodes []node
	at := func(slot int, v int64) uint32 {
		n := node{slot, v}
		i, known := number[n]
		if !known {
			i = uint32(len(nodes))
			number[n] = i
			nodes = append(nodes, n)
		}
		return i
	}
	seen := map[slotChange]bool{}
	var changes []slotChange
	for _, mv := range moves {
		for _, c := range mv.alike {
			if !seen[c] {
				seen[c] = true
				changes = append(changes, c)
				at(c.slot, c.from)
				at(c.slot, c.to)
			}
		}
	}
	out := make([][]uint32, len(nodes))
	for _, c := range changes {
		from := at(c.slot, c.from)
		out[from] = append(out[from], at(c.slot, c.to))
	}
	component := make([]int, len(nodes))
	count := 0
	roots := make([]uint32, len(nodes))
	first := make([]uint64, len(nodes)+1)
	var edges []uint32
	for i := range nodes {
		roots[i] = uint32(i)
		first[i] = uint64(len(edges))
		edges = append(edges, out[i]...)
	}
	first[len(nodes)] = uint64(len(edges))
	componentsFrom(len(nodes), roots, func(i uint32) (uint64, uint64) { return first[i], first[i+1] },
		func(k uint64) (uint32, bool) { return edges[k], true },
		func(c []uint32) bool {
			count++
			for _, i := range c {
				component[i] = count
			}
			return true
		}, func(int) bool { return false })
	back := map[slotChange]bool{}
	for _, c := range changes {
		back[c] = component[at(c.slot, c.from)] == component[at(c.slot, c.to)]
	}
	return back
}

// alikeChange is the change of a slot as any of the units that are alike would
// make it: a cycle of states that stand for others goes round with the units in
// other places, so nothing may be concluded from which is which.
func (p *packing) alikeChange(slot int, from, to state) slotChange {
	y := p.sym
	if y.none() {
		return slotChange{slot, from[slot], to[slot]}
	}
	return slotChange{p.root[slot], y.invariant(y.sortOf(from, slot), from[slot]), y.invariant(y.sortOf(to, slot), to[slot])}
}

// invariant is what does not change of a value when units that are alike change
// places.
func (y *symmetry) invariant(s sort, v int64) int64 {
	if s <= sortPlain {
		return v
	}
	h := uint64(0)
	for _, c := range y.classes {
		count := 0
		for i := range c.units {
			u := &c.units[i]
			is := false
			switch s {
			case sortCPU:
				is = v == int64(u.cpu)
			case sortThread:
				is = slices.Contains(u.threads, int(v))
			case sortCPUs:
				is = v>>u.cpu&1 != 0
				v &^= 1 << u.cpu
			case sortThreads:
				for _, t := range u.threads {
					is = is || v>>t&1 != 0
					v &^= 1 << t
				}
			case sortPtr:
				is = y.within(u, int(v-1)) >= 0
			}
			count += int(bit(is))
		}
		if count > 0 && s != sortCPUs && s != sortThreads {
			v = 0
		}
		h = mix(h, uint64(count))
	}
	return int64(mix(h, uint64(v)))
}
