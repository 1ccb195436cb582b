package checker

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// This file packs states into words, bit by bit.
//
// What belongs to one thread is a block: its program counter, its registers and
// whatever else is recorded of it. A thread has few such combinations, so a
// block is packed as the number of its values in a dictionary. This is the
// collapse compression of Holzmann, "State compression in SPIN" (1997), with the
// numbers inside the state. Every other slot has a field of its own, as wide as
// the values need that it has been seen to have.

// A field says where a number lies in a packed state: so many bits of a word.
type field struct {
	word  uint16
	shift uint8
	bits  uint8
	mask  uint64 // of its bits, not shifted
}

// A slotField is the field of a slot outside of blocks: it holds the place of
// its value among those known or, where these are many, its distance from the
// least. A slot that has never been seen to change takes no bits.
type slotField struct {
	field
	known []int64 // in order; nil where there are too many
	min   int64
	most  uint64 // the greatest distance
}

// A block is the slots of one thread.
type block struct {
	field
	slots []int
	dict  *dictionary
}

// maxKnown is how many values of a slot are kept one by one, fewKnown from how
// many on values that lie close together are taken for those of a counter.
const (
	maxKnown = 256
	fewKnown = 16
)

// A packing is what is known of the values of slots and blocks, and the fields
// that follow from it. It is learned: a value that does not fit ends the pass,
// and the next begins with a wider packing. It never shows in what is reported.
type packing struct {
	sym       *symmetry
	home      state
	root      []int       // by slot: the first of those that change places with it
	inUnit    []*renaming // by slot: of a unit that is not the first of its class, how it changes places with that
	size0     int         // from here on views are numbered
	pcs       []int       // by thread: the slot of its program counter
	blocks    []block     // by thread
	place     []slotPlace // by slot
	values    []valueSet  // by slot; of those in blocks nothing is kept
	fields    []slotField
	words     int
	last      int // bits used of the last word
	scratch   []int64
	units     [][]unitFields // by class and unit
	refSlots  []int          // slots outside of units and blocks that refer to CPUs or threads
	unitCount int
	loners    []int // threads in no unit
}

// A slotPlace says whether a slot is in a block, and where.
type slotPlace struct {
	block int32 // or -1
	at    int32 // its index in block.slots
}

// A valueSet is what has been seen of a slot.
type valueSet struct {
	lo, hi int64
	known  []int64 // in order, as long as they are few
}

// markBit is set in every packed state, so that none is all zeros.
const markBit = 1

// newPacking begins with the values of the initial state. blocks lists the slots
// of each thread; threads that the symmetry takes for alike share a dictionary.
func newPacking(home state, blocks [][]int, sym *symmetry) *packing {
	p := &packing{sym: sym, home: home, size0: len(home), values: make([]valueSet, len(home)), place: make([]slotPlace, len(home)), root: identity(len(home)), blocks: make([]block, len(blocks))}
	for i, v := range home {
		p.values[i] = valueSet{lo: v, hi: v, known: []int64{v}}
		p.place[i].block = -1
	}
	p.inUnit = sym.renamings(len(home))
	for t, slots := range blocks {
		b := &p.blocks[t]
		b.slots = slots
		for i, slot := range slots {
			p.place[slot] = slotPlace{int32(t), int32(i)}
		}
		if like := sym.like(t); like < t {
			b.dict = p.blocks[like].dict
		} else {
			b.dict = newDictionary(len(slots), -1, nil)
		}
	}
	p.arrange()
	return p
}

// packingOf is a packing for the states of a machine, which has learned what
// random runs meet, so that the search rarely has to begin again. What those do
// not change is left out of the blocks: it takes no bits as long as it does not.
// Registers and the masks of grace periods are always in: each value that they
// have in some seldom run would else end a pass of its own.
func packingOf(m *machine, sym *symmetry) *packing {
	met := randomStates(m)
	changes := make([]bool, m.size)
	for _, s := range met {
		for slot, v := range s {
			changes[slot] = changes[slot] || v != m.home[slot]
		}
	}
	for _, c := range sym.classes {
		for _, r := range append(c.first, c.first...) {
			for slot := range changes {
				changes[slot] = changes[slot] || changes[sym.slot(r, slot)]
			}
		}
	}
	blocks := make([][]int, len(m.threads))
	for t := range blocks {
		for _, slot := range m.blockSlots(t) {
			if changes[slot] || m.threads[t].mayVary(slot) {
				blocks[t] = append(blocks[t], slot)
			}
		}
	}
	p := newPacking(m.home, blocks, sym)
	for _, c := range sym.classes {
		for _, r := range c.first {
			for slot := range p.root {
				p.root[slot] = min(p.root[slot], sym.slot(r, slot))
			}
		}
	}
	for t := range m.threads {
		p.pcs = append(p.pcs, m.threads[t].pc)
	}
	for t := range blocks {
		b := &p.blocks[t]
		if like := sym.like(t); like < t {
			b.dict = p.blocks[like].dict
			continue
		}
		b.dict = newDictionary(len(b.slots), slices.Index(b.slots, m.threads[t].pc), &m.views)
		if !sym.none() {
			b.dict.refers = func(values []int64) bool { return p.refers(t, values) }
			b.dict.marksOf = func(values []int64) []uint64 { return p.blockMarks(t, values) }
		}
	}
	for _, s := range met {
		p.seeState(s)
	}
	p.seeLikely(m)
	p.arrange()
	return p
}

// seeLikely learns the values that slots outside of blocks are likely to have at
// some time: a variable the constants that are all that is ever stored in it, and
// what is recorded of objects and of attempts to unload that it has happened. A
// random run may not come so far, and a pass that meets such a value for the first
// time is lost.
func (p *packing) seeLikely(m *machine) {
	see := func(slot int, v int64) {
		if p.place[slot].block < 0 {
			p.see(slot, v)
		}
	}
	for c, is := range m.sorts().cells {
		for _, v := range is.consts {
			see(c, v)
		}
	}
	for o := range m.p.Objects {
		if m.finals {
			see(m.final+o, 1)
		}
		if m.releases {
			see(m.released+o, 1)
		}
	}
	if m.judged {
		see(m.attempted, 1)
		see(m.succeeded, 1)
	}
	for t := range m.threads {
		if m.threads[t].attempt != m.none {
			see(m.doubted, 1<<t)
		}
	}
}

// mayVary reports whether the slot is one of the thread that has many values.
func (tl *threadLayout) mayVary(slot int) bool {
	r := slot - tl.regs
	return r >= 0 && r < tl.nregs || slot == tl.graceCPUs || slot == tl.graceReaders
}

// see widens the range of a slot outside of blocks to hold the value, and tells
// whether it had to. arrange has to follow.
func (p *packing) see(slot int, v int64) bool {
	v = p.relative(slot, v)
	s := &p.values[p.root[slot]]
	if s.known == nil {
		if v >= s.lo && v <= s.hi {
			return false
		}
		s.stretch(v)
		return true
	}
	i, found := slices.BinarySearch(s.known, v)
	if found {
		return false
	}
	n := uint64(len(s.known))
	counts := n >= fewKnown && (v < s.lo || v > s.hi) && uint64(s.hi)-uint64(s.lo) < 4*n
	if counts || n == maxKnown {
		s.known = nil
		s.stretch(v)
		return true
	}
	s.known = slices.Insert(s.known, i, v)
	s.lo, s.hi = min(s.lo, v), max(s.hi, v)
	return true
}

// stretch makes room for the value, and for more of the kind: it may be a
// counter, and each time the search begins again.
func (s *valueSet) stretch(v int64) {
	more := int64((uint64(s.hi) - uint64(s.lo)) / 2)
	if v > s.hi {
		if s.hi += more; s.hi < v {
			s.hi = v
		}
	}
	if v < s.lo {
		if s.lo -= more; s.lo > v {
			s.lo = v
		}
	}
}

// fill takes the values of what seems to count for known that come next, as far as
// their numbers need no more bits.
func (s *valueSet) fill() {
	n := len(s.known)
	if n < 3 || s.hi-s.lo != int64(n-1) {
		return
	}
	for ; n < 1<<bits.Len(uint(n-1)) && n < maxKnown && s.hi < math.MaxInt64; n++ {
		s.hi++
		s.known = append(s.known, s.hi)
	}
}

// seeState widens the packing for all values of a state.
func (p *packing) seeState(s state) {
	for slot, v := range s {
		if p.place[slot].block < 0 {
			p.see(slot, v)
		}
	}
	for t := range p.blocks {
		b := &p.blocks[t]
		b.dict.intern(p.content(t, s), false)
	}
}

// content is what the block of thread t holds in the state, as its dictionary
// knows it. It is valid until the next call.
func (p *packing) content(t int, s state) []int64 {
	b := &p.blocks[t]
	p.scratch = p.scratch[:0]
	for _, slot := range b.slots {
		p.scratch = append(p.scratch, s[slot])
	}
	p.normalize(t, p.scratch)
	return p.scratch
}

// clone shares what has been learned, but not the scratch memory.
func (p *packing) clone() *packing {
	q := *p
	q.scratch = nil
	return &q
}

// arrange gives each slot and block its field, in the first word that has room.
// The blocks come first, so that what is looked at most lies together.
func (p *packing) arrange() {
	used := []uint8{1} // the mark
	put := func(f *field, n int) {
		*f = field{bits: uint8(n), mask: 1<<n - 1}
		if n == 0 {
			return
		}
		w := slices.IndexFunc(used, func(u uint8) bool { return int(u)+n <= 64 })
		if w < 0 {
			w = len(used)
			used = append(used, 0)
		}
		f.word, f.shift = uint16(w), used[w]
		used[w] += uint8(n)
	}
	for t := range p.blocks {
		b := &p.blocks[t]
		put(&b.field, b.dict.makeRoom())
	}
	p.fields = make([]slotField, len(p.values))
	for slot := range p.values {
		if p.place[slot].block >= 0 {
			continue
		}
		f, v := &p.fields[slot], &p.values[p.root[slot]]
		v.fill()
		f.min, f.known, f.most = v.lo, slices.Clone(v.known), uint64(v.hi)-uint64(v.lo)
		if v.known != nil {
			f.most = uint64(len(v.known) - 1)
		}
		put(&f.field, bits.Len64(f.most))
	}
	p.words, p.last = len(used), int(used[len(used)-1])
	p.findUnits()
}

// size is how many bytes a packed state takes.
func (p *packing) size() int { return 8*(p.words-1) + (p.last+7)/8 }

// encode is what the field holds for a value; false if it does not fit.
func (f *slotField) encode(v int64) (uint64, bool) {
	if f.known == nil {
		return uint64(v - f.min), v >= f.min && uint64(v)-uint64(f.min) <= f.most
	}
	if len(f.known) == 1 {
		return 0, v == f.known[0]
	}
	i, found := slices.BinarySearch(f.known, v)
	return uint64(i), found
}

// encode is what the field of a slot holds for a value; false if it does not fit.
func (p *packing) encode(slot int, v int64) (uint64, bool) {
	return p.fields[slot].encode(p.relative(slot, v))
}

// decode is the inverse of encode.
func (p *packing) decode(slot int, raw uint64) int64 {
	return p.relative(slot, p.fields[slot].decode(raw))
}

// relative is the value of a slot of a unit as it would be in the first unit of
// its class, or back again.
func (p *packing) relative(slot int, v int64) int64 {
	if r := p.inUnit[slot]; r != nil {
		return r.value(p.sym.sorts[slot], v)
	}
	return v
}

func (f *slotField) decode(raw uint64) int64 {
	if f.known == nil {
		return f.min + int64(raw)
	}
	return f.known[raw]
}

// getField is the number in the field of a packed state.
func getField[K words](key *K, f *field) uint64 { return (*key)[f.word] >> (f.shift & 63) & f.mask }

// setField sets it.
func setField[K words](key *K, f *field, v uint64) {
	(*key)[f.word] = (*key)[f.word]&^(f.mask<<(f.shift&63)) | v<<(f.shift&63)
}

// A misfit is a value that does not fit the packing: of a slot, or, where slot
// is -1, of some block, whose dictionary knows.
type misfit struct {
	slot  int
	value int64
}

// toWords packs the state; misfits gets what does not fit.
func toWords[K words](p *packing, s state, misfits *[]misfit) (key K) {
	key[0] = markBit
	for slot := range p.fields {
		if p.place[slot].block >= 0 {
			continue
		}
		raw, ok := p.encode(slot, s[slot])
		f := &p.fields[slot]
		if !ok {
			*misfits = append(*misfits, misfit{slot, s[slot]})
			continue
		}
		key[f.word] |= raw << f.shift
	}
	for t := range p.blocks {
		b := &p.blocks[t]
		n, ok := b.dict.intern(p.content(t, s), true)
		if !ok {
			*misfits = append(*misfits, misfit{slot: -1})
			continue
		}
		key[b.word] |= uint64(n) << b.shift
	}
	return key
}

// fromWords is the inverse of toWords.
func fromWords[K words](p *packing, key *K, s state) {
	for slot := range p.fields {
		if p.place[slot].block < 0 {
			s[slot] = p.decode(slot, getField(key, &p.fields[slot].field))
		}
	}
	for t := range p.blocks {
		b := &p.blocks[t]
		p.scratch = append(p.scratch[:0], b.dict.values[getField(key, &b.field)]...)
		p.normalize(t, p.scratch)
		for i, slot := range b.slots {
			s[slot] = p.scratch[i]
		}
	}
}

// wholeFields is the largest number of bits, up to n, from the field on that
// ends where a field of a slot ends.
func (p *packing) wholeFields(f *field, n uint8) uint8 {
	best := f.bits
	for i := range p.fields {
		if g := &p.fields[i]; g.bits > 0 && g.word == f.word && g.shift >= f.shift {
			if end := g.shift + g.bits - f.shift; end <= n {
				best = max(best, end)
			}
		}
	}
	return best
}

// How far the walks go that learn the first packing.
const (
	walks       = 8
	walkLen     = 2000
	walkBreadth = 1000  // successors looked at in each state
	walkBudget  = 4_000 // and in all
	walkSeed    = 1
)

// randomStates are the states that some random runs meet.
func randomStates(m *machine) []state {
	rng := rand.New(rand.NewPCG(walkSeed, walkSeed))
	start := m.start()
	met := []state{start}
	s, chosen := make(state, len(start)), make(state, len(start))
	defer func() { m.interrupted = nil }()
	for range walks {
		copy(s, start)
		for range walkLen {
			n, nowhere := 0, 0
			m.interrupted = func() bool { nowhere++; return nowhere > walkBreadth }
			m.successors(s, func(_ Move, next state) bool {
				met = append(met, slices.Clone(next))
				if n++; rng.IntN(n) == 0 {
					copy(chosen, next)
				}
				return n < walkBreadth
			})
			if len(met) > walkBudget {
				return met
			}
			if n == 0 {
				break
			}
			copy(s, chosen)
		}
	}
	return met
}

// learnMisfit widens the packing for a value that did not fit. Dictionaries have
// taken note themselves.
func (p *packing) learnMisfit(c misfit) {
	if c.slot >= 0 {
		p.see(c.slot, c.value)
	}
}

// look says where to look for a slot or a view: at a slot with a field of its
// own, or at a column of a block.
func (p *packing) look(id int) (slot, block, column int) {
	slot, v := id, -1
	if id >= p.size0 {
		t := (id - p.size0) / int(viewCount)
		slot, v = p.pcs[t], (id-p.size0)%int(viewCount)
	}
	place := p.place[slot]
	switch {
	case place.block < 0:
		return slot, -1, 0
	case v >= 0:
		return slot, int(place.block), len(p.blocks[place.block].slots) + v
	}
	return slot, int(place.block), int(place.at)
}
