package checker

import (
	"encoding/binary"
	"math/bits"
	"sync"
)

// This file numbers the combinations of values that a thread's block has.

// A dictionary numbers what blocks hold, in the order in which that is met. The
// order depends on chance where several workers meet what is new; nothing that
// is reported may depend on it. Numbers are looked up by any worker at any time;
// what is known of a number is read without a lock by whoever has got it from a
// state, which orders the reading after the writing.
type dictionary struct {
	mu     sync.Mutex
	number map[string]uint32
	key    []byte // scratch
	n      int    // numbers given
	want   int    // how many there should be room for
	room   int    // how many have a place in a packed state
	values [][]int64
	// columns has, for each slot of the block, an ordinal for each number: equal
	// where the slot has equal values. Then follow the views of the slot pc.
	columns []column
	pc      int // place of the program counter, or -1
	views   *[viewCount][]bool
	// order has a hash of the values of each number, to sort by: it does not
	// depend on the order in which they were met.
	order []uint64
	// refers, if not nil, tells whether values refer to CPUs that are alike but
	// not the thread's own; foreign has the answer by number.
	refers  func(values []int64) bool
	foreign []bool
	// marks tells, by number and then by unit, how the units are referred to.
	marksOf func(values []int64) []uint64
	marks   [][]uint64
}

// A column is one slot of a block.
type column struct {
	ordinal []uint32 // by number
	known   map[int64]uint32
}

func newDictionary(slots, pc int, views *[viewCount][]bool) *dictionary {
	d := &dictionary{number: map[string]uint32{}, columns: make([]column, slots+int(viewCount)), pc: pc, views: views}
	for i := range d.columns {
		d.columns[i].known = map[int64]uint32{}
	}
	return d
}

// makeRoom makes room for more numbers than have been wanted so far, as those that
// are full but for a few soon want it, and returns how many bits they have.
func (d *dictionary) makeRoom() int {
	width := bits.Len(uint(max(d.n+d.n/8, d.want, 1) - 1))
	d.room = 1 << width
	d.grow(d.room)
	return width
}

// grow makes the lists by number as long as that, at least.
func (d *dictionary) grow(room int) {
	if room > len(d.values) {
		d.values = grown(d.values, room)
		d.order = grown(d.order, room)
		d.foreign = grown(d.foreign, room)
		d.marks = grown(d.marks, room)
		for i := range d.columns {
			d.columns[i].ordinal = grown(d.columns[i].ordinal, room)
		}
	}
}

// grown is a copy of the list with so many elements.
func grown[E any](list []E, n int) []E {
	out := make([]E, n)
	copy(out, list)
	return out
}

// intern is the number of the values, a new one if they are new; false if there
// is no room for it. Without bounded, there always is: nobody else uses the
// dictionary.
func (d *dictionary) intern(values []int64, bounded bool) (uint32, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.key = d.key[:0]
	for _, v := range values {
		d.key = binary.AppendVarint(d.key, v)
	}
	if n, known := d.number[string(d.key)]; known {
		return n, !bounded || int(n) < d.room
	}
	if d.n >= d.room {
		if d.want = 2 * max(d.n, 1); bounded {
			return 0, false
		}
	}
	if d.n == len(d.values) {
		d.grow(d.want)
	}
	n := uint32(d.n)
	d.number[string(d.key)] = n
	d.n++
	d.values[n] = append([]int64(nil), values...)
	d.order[n] = contentHash(values)
	if d.foreign[n] = d.refers != nil && d.refers(values); d.foreign[n] {
		d.marks[n] = d.marksOf(values)
	}
	for i, v := range values {
		d.columns[i].set(n, v)
	}
	if d.pc >= 0 {
		for v := range d.views {
			d.columns[len(values)+v].set(n, bit(d.views[v][values[d.pc]]))
		}
	}
	return n, true
}

// set notes the value that the slot has in the combination n.
func (c *column) set(n uint32, v int64) {
	o, known := c.known[v]
	if !known {
		o = uint32(len(c.known))
		c.known[v] = o
	}
	c.ordinal[n] = o
}

// contentHash mixes the values.
func contentHash(values []int64) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, v := range values {
		h = mix(h, uint64(v))
	}
	return h
}

// mix adds a word to a hash.
func mix(h, w uint64) uint64 {
	hi, lo := bits.Mul64(w^h^0xe7037ed1a0b428db, 0xd6e8feb86659fd93)
	return hi ^ lo ^ 0xa0761d6478bd642f
}

// memory is about how many bytes the dictionary takes.
func (d *dictionary) memory() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return int64(len(d.values)) * int64(40+12*len(d.columns))
}
