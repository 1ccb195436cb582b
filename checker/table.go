package checker

import (
	"encoding/binary"
	"math/bits"
)

// This file stores packed states, exactly: each is kept whole, in as many bytes
// as it has bits for, in hash tables that are split into segments so that only
// one is ever there twice while it grows.

// A table is a set of packed states.
type table[K words] struct {
	size     int // bytes of a state
	segments []segment
	n        int
}

// A segment is an open-addressing hash table. The first word of a free entry is
// 0, which that of a packed state never is (see markBit).
type segment struct {
	data []byte
	cap  uint64 // entries
	n    uint64
}

const (
	segmentBits = 6
	firstCap    = 64
)

func newTable[K words](p *packing) *table[K] {
	t := &table[K]{size: max(p.size(), 8), segments: make([]segment, 1<<segmentBits)}
	for i := range t.segments {
		t.segments[i] = t.segment(firstCap)
	}
	return t
}

// segment makes an empty one. The data ends in some bytes more, so that words
// can be loaded whole.
func (t *table[K]) segment(n uint64) segment {
	return segment{data: make([]byte, int(n)*t.size+8), cap: n}
}

// hash mixes the words of a packed state.
func hash[K words](key *K) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for i := 0; i < len(*key); i++ {
		hi, lo := bits.Mul64((*key)[i]^h, 0xd6e8feb86659fd93)
		h = hi ^ lo ^ 0xa0761d6478bd642f
	}
	hi, lo := bits.Mul64(h^0xe7037ed1a0b428db, 0x8ebc6af09c88c6e3)
	return hi ^ lo
}

// add adds the state, and tells whether it is new.
func (t *table[K]) add(key *K, h uint64) bool {
	s := &t.segments[h>>(64-segmentBits)]
	if 8*(s.n+1) > 7*s.cap {
		t.grow(s)
	}
	if !t.insert(s, key, h) {
		return false
	}
	s.n++
	t.n++
	return true
}

// at is the entry where the search for a state begins.
func (s *segment) at(h uint64) uint64 {
	hi, _ := bits.Mul64(h<<segmentBits, s.cap)
	return hi
}

// touch reads a byte of where the search for a state begins.
func (t *table[K]) touch(h uint64) byte {
	s := &t.segments[h>>(64-segmentBits)]
	return s.data[s.at(h)*uint64(t.size)]
}

func (t *table[K]) insert(s *segment, key *K, h uint64) bool {
	size := uint64(t.size)
	for i := s.at(h); ; {
		e := s.data[i*size:]
		w := binary.LittleEndian.Uint64(e)
		if w == 0 {
			t.put(e, key)
			return true
		}
		if w == (*key)[0] && t.equal(e, key) {
			return false
		}
		if i++; i == s.cap {
			i = 0
		}
	}
}

// equal compares the words after the first.
func (t *table[K]) equal(e []byte, key *K) bool {
	n := t.size / 8
	for i := 1; i < n; i++ {
		if binary.LittleEndian.Uint64(e[8*i:]) != (*key)[i] {
			return false
		}
	}
	if rest := t.size % 8; rest > 0 {
		return binary.LittleEndian.Uint64(e[8*n:])&(1<<(8*rest)-1) == (*key)[n]
	}
	return true
}

func (t *table[K]) put(e []byte, key *K) {
	n := t.size / 8
	for i := 0; i < n; i++ {
		binary.LittleEndian.PutUint64(e[8*i:], (*key)[i])
	}
	for i := range t.size % 8 {
		e[8*n+i] = byte((*key)[n] >> (8 * i))
	}
}

// get reads an entry.
func (t *table[K]) get(e []byte, key *K) {
	n := t.size / 8
	for i := 0; i < n; i++ {
		(*key)[i] = binary.LittleEndian.Uint64(e[8*i:])
	}
	if rest := t.size % 8; rest > 0 {
		(*key)[n] = binary.LittleEndian.Uint64(e[8*n:]) & (1<<(8*rest) - 1)
	}
}

// grow makes a segment half as large again.
func (t *table[K]) grow(s *segment) {
	old := *s
	*s = t.segment(old.cap + old.cap/2)
	s.n = old.n
	var key K
	size := uint64(t.size)
	for i := range old.cap {
		e := old.data[i*size:]
		if binary.LittleEndian.Uint64(e) == 0 {
			continue
		}
		t.get(e, &key)
		t.insert(s, &key, hash(&key))
	}
}

// memory is how many bytes the table takes, counting the growth of one segment.
func (t *table[K]) memory() int64 {
	sum, most := 0, 0
	for i := range t.segments {
		n := len(t.segments[i].data)
		sum += n
		most = max(most, n)
	}
	return int64(sum + most/2*3)
}
