package checker

// This file is memory that grows where it stands.

// An arena is a slice of bytes that can grow. What is large is reserved from the
// operating system, where that can be: it then takes no more memory than is
// used, does not move as it grows, and lies in large pages.
type arena struct {
	data    []byte
	reserve int64  // how large it may become in place
	region  []byte // what was reserved, or nil
	refused bool   // there is no reserving memory here
}

// smallArena is how large an arena is before it is worth reserving memory.
const smallArena = 1 << 20

// grow makes the data n bytes long. What is new is zero.
func (a *arena) grow(n int) {
	if n > smallArena && a.region == nil && !a.refused {
		if a.region = reserveMemory(max(a.reserve, int64(n)) * 2); a.region == nil {
			a.refused = true
		} else {
			copy(a.region, a.data)
			a.data = a.region[:len(a.data)]
		}
	}
	if n <= len(a.region) {
		a.data = a.region[:n]
		return
	}
	data := make([]byte, n)
	copy(data, a.data)
	a.data = data
	a.free()
}

// free gives reserved memory back.
func (a *arena) free() {
	if a.region != nil {
		releaseMemory(a.region)
		if len(a.data) > 0 && &a.data[0] == &a.region[0] {
			a.data = nil
		}
		a.region = nil
		a.refused = true
	}
}
