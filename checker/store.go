package checker

import (
	"bytes"
	"hash/maphash"
)

// This file stores states with numbers, for the search that keeps the graph: each
// is kept whole, and equal hashes are compared byte by byte.

// A store holds packed states, numbered from 0 in the order they were added.
type store struct {
	*packing
	chunks [][]byte
	table  []uint32 // open addressing; 1 + number, 0 is free
	n      int
	seed   maphash.Seed
}

const chunkStates = 1 << 12

func newStore(p *packing) *store {
	return &store{packing: p, table: make([]uint32, 1<<12), seed: maphash.MakeSeed()}
}

// key is the packed form of state i.
func (st *store) key(i int) []byte {
	at := i % chunkStates * st.size()
	return st.chunks[i/chunkStates][at : at+st.size()]
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
		st.chunks = append(st.chunks, make([]byte, 0, chunkStates*st.size()))
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
	return int64(len(st.chunks))*chunkStates*int64(st.size()) + 4*3*int64(len(st.table))
}
