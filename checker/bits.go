package checker

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// This file packs states into words, bit by bit.

// A field says where a slot lies in a packed state: so many bits of a word. They
// hold the place of its value among those known, or, where these are many, its
// distance from the least. A slot that has never been seen to change takes no
// bits.
type field struct {
	word  uint8
	shift uint8
	bits  uint8
	mask  uint64  // of its bits, not shifted
	known []int64 // in order; nil where there are too many
	min   int64
	most  uint64 // the greatest distance
}

// maxKnown is how many values of a slot are kept one by one, fewKnown from how
// many on values that lie close together are taken for those of a counter.
const (
	maxKnown = 256
	fewKnown = 16
)

// A packing is what is known of the values of each slot, and the fields that
// follow from it. It is learned: a value that does not fit ends the search,
// which begins again with a wider packing. It never shows in what is reported.
type packing struct {
	values []valueSet // by slot
	fields []field
	words  int
	last   int // bits used of the last word
}

// A valueSet is what has been seen of a slot.
type valueSet struct {
	lo, hi int64
	known  []int64 // in order, as long as they are few
}

// markBit is set in every packed state, so that none is all zeros.
const markBit = 1

func newPacking(home state) *packing {
	p := &packing{values: make([]valueSet, len(home))}
	for i, v := range home {
		p.values[i] = valueSet{lo: v, hi: v, known: []int64{v}}
	}
	p.place()
	return p
}

// see widens the range of the slot to hold the value, and tells whether it had
// to. place has to follow.
func (p *packing) see(slot int, v int64) bool {
	s := &p.values[slot]
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

// fits reports whether the value can be packed in the slot's field.
func (p *packing) fits(slot int, v int64) bool {
	f := &p.fields[slot]
	if f.known == nil {
		return v >= f.min && uint64(v)-uint64(f.min) <= f.most
	}
	_, found := slices.BinarySearch(f.known, v)
	return found
}

// wholeFields is the largest number of bits, up to n, from the field on that
// ends where a field of its word ends.
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

// place gives each slot its field, in order, in the first word that has room:
// what belongs to a thread lies together.
func (p *packing) place() {
	n := len(p.values)
	p.fields = make([]field, n)
	order := make([]int, 0, n)
	for i := range n {
		f, v := &p.fields[i], &p.values[i]
		f.min, f.known = v.lo, slices.Clone(v.known)
		most := uint64(v.hi) - uint64(v.lo)
		if v.known != nil {
			most = uint64(len(v.known) - 1)
		}
		f.most = most
		f.bits = uint8(bits.Len64(most))
		f.mask = 1<<f.bits - 1
		if f.bits > 0 {
			order = append(order, i)
		}
	}
	used := []uint8{1} // the mark
	for _, i := range order {
		f := &p.fields[i]
		w := slices.IndexFunc(used, func(u uint8) bool { return u+f.bits <= 64 })
		if w < 0 {
			w = len(used)
			used = append(used, 0)
		}
		f.word, f.shift = uint8(w), used[w]
		used[w] += f.bits
	}
	p.words, p.last = len(used), int(used[len(used)-1])
}

// size is how many bytes a packed state takes.
func (p *packing) size() int { return 8*(p.words-1) + (p.last+7)/8 }

// encode is what the field holds for a value that fits.
func (f *field) encode(v int64) uint64 {
	if f.known == nil {
		return uint64(v - f.min)
	}
	i, _ := slices.BinarySearch(f.known, v)
	return uint64(i)
}

func (f *field) decode(raw uint64) int64 {
	if f.known == nil {
		return f.min + int64(raw)
	}
	return f.known[raw]
}

// widen makes room for the value.
func (p *packing) widen(slot int, v int64) {
	if p.see(slot, v) {
		p.place()
	}
}

// pack packs the state into key, which is grown as needed; slot is the first
// that does not fit, or -1.
func (p *packing) pack(key []byte, s state) (_ []byte, slot int) {
	words := make([]uint64, p.words)
	words[0] = markBit
	for i, v := range s {
		if !p.fits(i, v) {
			return key, i
		}
		f := &p.fields[i]
		words[f.word] |= f.encode(v) << f.shift
	}
	key = key[:0]
	for _, w := range words {
		key = binary.LittleEndian.AppendUint64(key, w)
	}
	return key[:p.size()], -1
}

// unpack is the inverse of pack.
func (p *packing) unpack(s state, key []byte) {
	for i := range p.fields {
		f := &p.fields[i]
		var w [8]byte
		copy(w[:], key[8*int(f.word):])
		s[i] = f.decode(binary.LittleEndian.Uint64(w[:]) >> f.shift & f.mask)
	}
}

// toWords packs the state, whose values are known to fit.
func toWords[K words](p *packing, s state) (key K) {
	key[0] = markBit
	for i := range p.fields {
		if f := &p.fields[i]; f.bits > 0 {
			key[f.word] |= f.encode(s[i]) << f.shift
		}
	}
	return key
}

// fromWords is the inverse of toWords.
func fromWords[K words](p *packing, key *K, s state) {
	for i := range p.fields {
		f := &p.fields[i]
		s[i] = f.decode((*key)[f.word] >> f.shift & f.mask)
	}
}

// How far the walks go that learn the first packing.
const (
	walks       = 8
	walkLen     = 2000
	walkBreadth = 1000  // successors looked at in each state
	walkBudget  = 4_000 // and in all
	walkSeed    = 1
)

// learn widens the packing by what the program says and by what random runs
// meet, so that the search rarely has to begin again.
func (p *packing) learn(m *machine, start state) {
	defer p.place()
	for t, th := range m.p.Threads {
		proc := &m.p.Procs[th.Proc]
		for at := proc.Entry; at < proc.End; at++ {
			if in := &m.p.Code[at]; m.rests(start, t, in) {
				p.see(m.threads[t].pc, int64(at))
			}
		}
	}
	rng := rand.New(rand.NewPCG(walkSeed, walkSeed))
	see := func(s state) {
		for i, v := range s {
			p.see(i, v)
		}
	}
	see(start)
	s, chosen := make(state, len(start)), make(state, len(start))
	defer func() { m.interrupted = nil }()
	seen := 0
	for range walks {
		copy(s, start)
		for range walkLen {
			n, nowhere := 0, 0
			m.interrupted = func() bool { nowhere++; return nowhere > walkBreadth }
			m.successors(s, func(_ Move, next state) bool {
				see(next)
				if n++; rng.IntN(n) == 0 {
					copy(chosen, next)
				}
				return n < walkBreadth
			})
			if seen += n; seen > walkBudget {
				return
			}
			if n == 0 {
				break
			}
			copy(s, chosen)
		}
	}
}
