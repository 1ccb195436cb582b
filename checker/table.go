package checker

import (
	"encoding/binary"
	"math/bits"
)

// This file stores packed states, exactly: each is kept whole, in as many bytes
// as it has bits for, in one flat table that grows where it stands.

// A table is a set of scrambled states, by open addressing with linear probing.
// The entries are in the order of their first words, as near as probing allows, so
// that the table can be stretched from its end without a second one beside it. The
// first word of a free entry is 0, which that of a state never is.
type table[K words] struct {
	arena
	size int    // bytes of a state
	cap  uint64 // entries where a search can begin; some more follow
	n    uint64
}

const (
	firstCap = 1 << 10
	// spill is how far from where its search begins an entry may be, so there are
	// as many after the last of these. Where that does not suffice the table
	// grows early.
	spill = 1 << 11
)

func newTable[K words](p *packing, reserve int64) *table[K] {
	t := &table[K]{size: max(p.size(), 8), arena: arena{reserve: reserve}}
	t.stretch(firstCap)
	return t
}

// stretch makes room for so many entries. The data ends in some bytes more, so
// that words can be loaded whole.
func (t *table[K]) stretch(entries uint64) {
	t.cap = entries
	t.arena.grow((int(entries)+spill)*t.size + 8)
}

// scramble makes the first word of a packed state a hash of all of it, from which,
// with the other words, it can be told again: so the hash of a state need not be
// worked out a second time. The lowest bit stays, which is set in every state (see
// markBit); the other 63 are changed by the finalizer of MurmurHash3 (Appleby),
// each of whose steps can be undone.
func scramble[K words](key *K) {
	x := ((*key)[0] ^ restHash(key)) >> 1
	x = x * scrambler1 & (1<<63 - 1)
	x ^= x >> 32
	x = x * scrambler2 & (1<<63 - 1)
	x ^= x >> 32
	(*key)[0] = x<<1 | markBit
}

// unscramble undoes it.
func unscramble[K words](key *K) {
	x := (*key)[0] >> 1
	x ^= x >> 32
	x = x * unscrambler2 & (1<<63 - 1)
	x ^= x >> 32
	x = x * unscrambler1 & (1<<63 - 1)
	(*key)[0] = (x<<1 ^ restHash(key)) | markBit
}

const scrambler1, scrambler2 = 0xff51afd7ed558ccd, 0xc4ceb9fe1a85ec53

var unscrambler1, unscrambler2 = inverse(scrambler1), inverse(scrambler2)

// inverse is the number whose product with an odd one is 1 in 64 bits, by Newton's
// method: each step doubles how many bits are right, of which there are three to
// begin with.
func inverse(n uint64) uint64 {
	x := n
	for range 5 {
		x *= 2 - n*x
	}
	return x
}

// restHash is a hash of the words after the first.
func restHash[K words](key *K) uint64 {
	h := uint64(0)
	for i := 1; i < len(*key); i++ {
		hi, lo := bits.Mul64((*key)[i]^h^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
		h = hi ^ lo
	}
	return h
}

// at is the entry where the search for a state begins.
func (t *table[K]) at(first uint64) uint64 {
	hi, _ := bits.Mul64(first, t.cap)
	return hi
}

// touch reads a byte of where the search for each of some states begins, and one
// of where it is likely to end.
func (t *table[K]) touch(keys []K) (sum byte) {
	size, data := uint64(t.size), t.data
	var at [batchStates]uint64
	places := at[:len(keys)]
	for i := range keys {
		places[i] = t.at(keys[i][0]) * size
	}
	for _, p := range places {
		sum += data[p]
	}
	for _, p := range places {
		sum += data[p+3*size]
	}
	return sum
}

// expect makes room for so many states more.
func (t *table[K]) expect(n uint64) {
	for 8*(t.n+n) > 7*t.cap {
		t.grow()
	}
}

// add adds the state, and tells whether it is new.
func (t *table[K]) add(key *K) bool {
	t.expect(1)
	for {
		isNew, full := t.insert(key, t.at((*key)[0]))
		if !full {
			if isNew {
				t.n++
			}
			return isNew
		}
		t.grow()
	}
}

// insert puts the state into the first free entry from i on, unless it is there.
func (t *table[K]) insert(key *K, i uint64) (isNew, full bool) {
	size := uint64(t.size)
	first := (*key)[0]
	at := i * size
	for end := at + spill*size; at < end; at += size {
		switch w := binary.LittleEndian.Uint64(t.data[at:]); {
		case w == 0:
			t.put(t.data[at:], key)
			return true, false
		case w == first && t.equal(t.data[at:], key):
			return false, false
		}
	}
	return false, true
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

// put writes an entry.
func (t *table[K]) put(e []byte, key *K) {
	n := t.size / 8
	for i := 0; i < n; i++ {
		binary.LittleEndian.PutUint64(e[8*i:], (*key)[i])
	}
	if rest := t.size % 8; rest > 0 {
		after := binary.LittleEndian.Uint64(e[8*n:]) >> (8 * rest) << (8 * rest)
		binary.LittleEndian.PutUint64(e[8*n:], after|(*key)[n])
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

// each calls visit with all states.
func (t *table[K]) each(visit func(*K)) {
	var key K
	for at := 0; at+t.size <= len(t.data); at += t.size {
		if e := t.data[at:]; binary.LittleEndian.Uint64(e) != 0 {
			t.get(e, &key)
			visit(&key)
		}
	}
}

// largeTable is how many entries a table has that grows by three eighths only; a
// smaller one doubles.
const largeTable = 1 << 21

// enlarged is how much a large table has after it has grown, of what it had n of.
func enlarged(n uint64) uint64 { return n + n/8*3 }

// grow makes the table larger, where it stands. An entry that is not near the
// front moves on by three eighths of the way at least, which is more than the spill
// and so past all that lie before it: these are moved one by one, from the last
// on. Those near the front are taken out together and then put in anew.
func (t *table[K]) grow() {
	size, old := t.size, t.cap
	end := (int(old) + spill) * size
	if old < largeTable {
		t.stretch(2 * old)
	} else {
		t.stretch(enlarged(old))
	}
	at := end - size
	for near := 16 * spill * size; at >= near; at -= size {
		if w := binary.LittleEndian.Uint64(t.data[at:]); w != 0 {
			t.move(at, t.room(w))
		}
	}
	var waiting []K
	var key K
	for ; at >= 0; at -= size {
		e := t.data[at:]
		if binary.LittleEndian.Uint64(e) == 0 {
			continue
		}
		t.get(e, &key)
		clear(e[:size])
		waiting = append(waiting, key)
	}
	for i := range waiting {
		t.put(t.data[t.room(waiting[i][0]):], &waiting[i])
	}
}

// room is where the first free entry is for a state that is in none.
func (t *table[K]) room(first uint64) int {
	at := int(t.at(first)) * t.size
	for end := at + spill*t.size; at < end; at += t.size {
		if binary.LittleEndian.Uint64(t.data[at:]) == 0 {
			return at
		}
	}
	panic("checker: internal error: a larger table has less room")
}

// move moves an entry. Its last eight bytes, which may overlap the word before, go
// together.
func (t *table[K]) move(from, to int) {
	e, f, last := t.data[from:from+t.size], t.data[to:to+t.size], t.size-8
	tail := binary.LittleEndian.Uint64(e[last:])
	for i := 0; i < last; i += 8 {
		w := binary.LittleEndian.Uint64(e[i:])
		binary.LittleEndian.PutUint64(e[i:], 0)
		binary.LittleEndian.PutUint64(f[i:], w)
	}
	binary.LittleEndian.PutUint64(e[last:], 0)
	binary.LittleEndian.PutUint64(f[last:], tail)
}

// memory is how many bytes the table takes, counting its next growth.
func (t *table[K]) memory() int64 { return int64(enlarged(uint64(len(t.data)))) }
