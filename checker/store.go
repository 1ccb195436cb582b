package checker

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"slices"
)

// This file stores states with numbers, for the search that keeps the graph:
// each is packed into a few bytes and kept whole; equal hashes are compared byte
// by byte.

// A bytePacking says how many bytes each slot of a state takes: none for a slot
// that has never been seen to change, else as many as its values need. It is
// learned; a value that does not fit ends the search, which begins again with
// a wider packing. It never shows in what is reported.
type bytePacking struct {
	home  state // values of the slots that take no bytes
	width []uint8
	size  int
}

func newBytePacking(home state) *bytePacking {
	return &bytePacking{home: home, width: make([]uint8, len(home))}
}

// widen makes the slot wide enough for the value.
func (p *bytePacking) widen(slot int, v int64) {
	w := uint8(8)
	switch {
	case v == p.home[slot] && p.width[slot] == 0:
		return
	case v == int64(int8(v)):
		w = 1
	case v == int64(int16(v)):
		w = 2
	case v == int64(int32(v)):
		w = 4
	}
	// The value the slot had without a byte must fit as well.
	if p.width[slot] == 0 {
		p.size += int(w)
		p.width[slot] = w
		p.widen(slot, p.home[slot])
		return
	}
	if w > p.width[slot] {
		p.size += int(w - p.width[slot])
		p.width[slot] = w
	}
}

// fits reports whether the value can be packed in the slot.
func (p *bytePacking) fits(slot int, v int64) bool {
	switch p.width[slot] {
	case 0:
		return v == p.home[slot]
	case 1:
		return v == int64(int8(v))
	case 2:
		return v == int64(int16(v))
	case 4:
		return v == int64(int32(v))
	}
	return true
}

// pack packs the state into key, which is grown as needed; slot is the first
// that does not fit, or -1.
func (p *bytePacking) pack(key []byte, s state) (_ []byte, slot int) {
	key = slices.Grow(key[:0], p.size)[:p.size]
	at := 0
	for i, v := range s {
		switch p.width[i] {
		case 0:
			if v != p.home[i] {
				return key, i
			}
		case 1:
			if v != int64(int8(v)) {
				return key, i
			}
			key[at] = byte(v)
			at++
		case 2:
			if v != int64(int16(v)) {
				return key, i
			}
			binary.LittleEndian.PutUint16(key[at:], uint16(v))
			at += 2
		case 4:
			if v != int64(int32(v)) {
				return key, i
			}
			binary.LittleEndian.PutUint32(key[at:], uint32(v))
			at += 4
		default:
			binary.LittleEndian.PutUint64(key[at:], uint64(v))
			at += 8
		}
	}
	return key, -1
}

// unpack is the inverse of pack.
func (p *bytePacking) unpack(s state, key []byte) {
	copy(s, p.home)
	at := 0
	for i, w := range p.width {
		switch w {
		case 1:
			s[i] = int64(int8(key[at]))
		case 2:
			s[i] = int64(int16(binary.LittleEndian.Uint16(key[at:])))
		case 4:
			s[i] = int64(int32(binary.LittleEndian.Uint32(key[at:])))
		case 8:
			s[i] = int64(binary.LittleEndian.Uint64(key[at:]))
		}
		at += int(w)
	}
}

// learn widens the packing by what random runs meet, so that the search rarely
// has to begin again.
func (p *bytePacking) learn(m *machine) {
	for _, s := range randomStates(m) {
		for i, v := range s {
			if !p.fits(i, v) {
				p.widen(i, v)
			}
		}
	}
}

// A store holds packed states, numbered from 0 in the order they were added.
type store struct {
	*bytePacking
	chunks [][]byte
	table  []uint32 // open addressing; 1 + number, 0 is free
	n      int
	seed   maphash.Seed
}

const chunkStates = 1 << 12

func newStore(p *bytePacking) *store {
	return &store{bytePacking: p, table: make([]uint32, 1<<12), seed: maphash.MakeSeed()}
}

// key is the packed form of state i.
func (st *store) key(i int) []byte {
	at := i % chunkStates * st.size
	return st.chunks[i/chunkStates][at : at+st.size]
}

// add numbers the packed state, and tells whether it is new.
func (st *store) add(key []byte) (i int, isNew bool) {
	if 4*(st.n+1) > 3*len(st.table) {
		st.grow()
	}
	at, e := st.probe(key)
	if e != 0 {
		return int(e - 1), false
	}
	st.table[at] = uint32(st.n + 1)
	return st.append(key), true
}

// find is the number of a packed state, or -1.
func (st *store) find(key []byte) int {
	_, e := st.probe(key)
	return int(e) - 1
}

// probe is the entry of a packed state in the table, and where it is; or 0, and
// where it would go.
func (st *store) probe(key []byte) (at uint64, e uint32) {
	mask := uint64(len(st.table) - 1)
	for at = maphash.Bytes(st.seed, key) & mask; ; at = (at + 1) & mask {
		if e = st.table[at]; e == 0 || bytes.Equal(st.key(int(e-1)), key) {
			return at, e
		}
	}
}

func (st *store) append(key []byte) int {
	if st.n%chunkStates == 0 {
		st.chunks = append(st.chunks, make([]byte, 0, chunkStates*st.size))
	}
	last := len(st.chunks) - 1
	st.chunks[last] = append(st.chunks[last], key...)
	st.n++
	return st.n - 1
}

func (st *store) grow() {
	table := make([]uint32, 2*len(st.table))
	for i := range st.n {
		h := maphash.Bytes(st.seed, st.key(i))
		at := h & uint64(len(table)-1)
		for table[at] != 0 {
			at = (at + 1) & uint64(len(table)-1)
		}
		table[at] = uint32(i + 1)
	}
	st.table = table
}

// memory is how many bytes the store takes, counting the next doubling of its
// table.
func (st *store) memory() int64 {
	return int64(len(st.chunks))*chunkStates*int64(st.size) + 4*3*int64(len(st.table))
}
