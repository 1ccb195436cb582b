package checker

import "slices"

// This file makes the reference interpreter fast without saying again what it
// says. What a thread can do in a state depends on a few slots of the state
// only: those that the interpreter touches when it is asked. So its answers are
// kept in a tree for each thread: an inner node names a slot and has a branch
// for each value of it that has been met, a leaf has the answer, as changes to
// the packed state. A question that has been asked before, of another state
// with the same values where it matters, is answered by walking down the tree;
// one that has not is put to the interpreter, which is made to say which slots
// it touches, and a branch grows.

// words is a packed state: an array of words.
type words interface {
	[1]uint64 | [2]uint64 | [3]uint64 | [4]uint64 | [5]uint64 | [6]uint64 | [8]uint64 | [16]uint64 | [64]uint64 | [maxWords]uint64
}

// maxWords is how many words a packed state has at most.
const maxWords = 1024

// A tree holds what one thread can do.
type tree[K words] struct {
	root int32 // like a kid
	// nodes has all inner nodes: for each a head, which says what bits of the
	// packed state it looks at, and then a kid for each value of them: where
	// another node begins, -1-leaf, or unknown. Node 0 is none.
	nodes  []int32
	sparse map[sparseKid]int32 // kids of nodes with very many values
	leaves []leaf[K]
}

// A nodeHead is a word of the packed state, a shift, and a number of bits.
type nodeHead int32

func newHead(word, shift, bits uint8) nodeHead {
	return nodeHead(word)<<16 | nodeHead(shift)<<8 | nodeHead(bits)
}

func (h nodeHead) word() int    { return int(h >> 16) }
func (h nodeHead) shift() uint8 { return uint8(h >> 8) }
func (h nodeHead) bits() uint8  { return uint8(h) }

type sparseKid struct {
	node  int32
	value uint64
}

// unknown is no kid.
const unknown = int32(0)

// maxDense is how many bits a node looks at if its kids are listed, and how many
// of a thread's slots it looks at together.
const maxDense = 8

// A leaf is what a thread can do where it applies.
type leaf[K words] struct {
	moves []leafMove[K]
	stateInfo
	// access, if not -1, is the cell that its next step accesses, by plain C or
	// not, writing it or not.
	access        int32
	plain, writes bool
	// direct: there are too many moves to keep; the interpreter is asked each
	// time.
	direct bool
}

// A leafMove is a move with what it does to the packed state: which bits of
// each word change, and what they become.
type leafMove[K words] struct {
	clear, set K
	changes    []slotChange
	move       Move
}

// A slotChange is what a move does to a slot.
type slotChange struct {
	slot     int
	from, to int64
}

// apply makes the move.
func (mv *leafMove[K]) apply(key *K) (to K) {
	for j := 0; j < len(to); j++ {
		to[j] = (*key)[j]&^mv.clear[j] | mv.set[j]
	}
	return to
}

// maxLeafMoves bounds the moves kept in a leaf.
const maxLeafMoves = 4096

// walk goes down the tree; the leaf, or nil where a branch is not known yet.
func (t *tree[K]) walk(key *K) *leaf[K] {
	k := t.root
	for k > 0 {
		h := nodeHead(t.nodes[k])
		v := (*key)[h.word()] >> (h.shift() & 63) & (1<<(h.bits()&63) - 1)
		if h.bits() <= maxDense {
			k = t.nodes[uint64(k)+1+v]
		} else {
			k = t.sparse[sparseKid{k, v}]
		}
	}
	if k == unknown {
		return nil
	}
	return &t.leaves[-1-k]
}

// grow adds a branch that leads to the leaf: through the slots touched, by their
// values in the packed state. A node may look at more than one of them, if they
// lie side by side; that a branch then depends on a slot too many does no harm.
func (t *tree[K]) grow(p *packing, slots []int, key *K, lf leaf[K]) *leaf[K] {
	if t.sparse == nil {
		t.nodes, t.sparse = make([]int32, 1), map[sparseKid]int32{}
	}
	t.leaves = append(t.leaves, lf)
	var looked, touched K // bits of the packed state
	for _, slot := range slots {
		f := &p.fields[slot]
		touched[f.word] |= f.mask << f.shift
	}
	at, link := t.root, func(k int32) { t.root = k }
	down := func() {
		h := nodeHead(t.nodes[at])
		mask := uint64(1)<<h.bits() - 1
		looked[h.word()] |= mask << h.shift()
		v := (*key)[h.word()] >> h.shift() & mask
		if h.bits() > maxDense {
			kid := sparseKid{at, v}
			at, link = t.sparse[kid], func(k int32) { t.sparse[kid] = k }
			return
		}
		i := uint64(at) + 1 + v
		at, link = t.nodes[i], func(k int32) { t.nodes[i] = k }
	}
	for at != unknown {
		if at < 0 {
			panic("checker: internal error: the interpreter touches more for the same values")
		}
		down()
	}
	for _, slot := range slots {
		f := &p.fields[slot]
		if f.bits == 0 || looked[f.word]>>f.shift&1 != 0 {
			continue
		}
		n := f.bits
		for end := f.shift + n; n < maxDense && end < 64 && (touched[f.word]&^looked[f.word])>>end&1 != 0; end++ {
			n++
		}
		if f.bits <= maxDense {
			n = p.wholeFields(f, n)
		}
		at = int32(len(t.nodes))
		t.nodes = append(t.nodes, int32(newHead(f.word, f.shift, n)))
		if n <= maxDense {
			t.nodes = append(t.nodes, make([]int32, 1<<n)...)
		}
		link(at)
		down()
	}
	link(-int32(len(t.leaves)))
	return &t.leaves[len(t.leaves)-1]
}

// An oracle answers what threads can do in packed states.
type oracle[K words] struct {
	m       *machine
	pack    *packing
	trees   []tree[K]
	log     touchLog
	misfits []slotChange // values met that do not fit the packing
	s, n    state        // scratch
}

func newOracle[K words](m *machine, pack *packing) oracle[K] {
	return oracle[K]{
		m: m, pack: pack, trees: make([]tree[K], len(m.threads)), log: touchLog{touched: make([]bool, m.size)},
		s: make(state, m.size), n: make(state, m.size),
	}
}

// ask is what thread t can do in the state, which violates nothing; nil if a
// value does not fit the packing, or the machine was interrupted.
func (o *oracle[K]) ask(t int, key *K) *leaf[K] {
	if lf := o.trees[t].walk(key); lf != nil {
		return lf
	}
	return o.learn(t, key)
}

// each calls visit with the moves of a thread that are too many to keep; false
// if visit says so, or a value does not fit.
func (o *oracle[K]) each(t int, key *K, visit func(mv Move, to *K) bool) bool {
	fromWords(o.pack, key, o.s)
	take := func(mv Move, next state) bool {
		for slot, v := range next {
			if !o.pack.fits(slot, v) {
				o.misfits = append(o.misfits, slotChange{slot: slot, to: v})
			}
		}
		if len(o.misfits) > 0 {
			return false
		}
		to := toWords[K](o.pack, next)
		return visit(mv, &to)
	}
	if o.m.mayStep(o.s, t) && !o.m.steps(o.s, o.n, t, &stateInfo{}, take) {
		return false
	}
	if o.m.mayMigrate(o.s, t) {
		for _, cpu := range o.m.destinations(o.s, t) {
			copy(o.n, o.s)
			o.m.migrate(o.n, t, cpu)
			if !take(Move{Thread: t, Migrate: true, To: cpu}, o.n) {
				return false
			}
		}
	}
	return true
}

// learn asks the interpreter what thread t can do in the state, and keeps the
// answer.
func (o *oracle[K]) learn(t int, key *K) *leaf[K] {
	m := o.m
	fromWords(o.pack, key, o.s)
	o.log.reset()
	lf := leaf[K]{access: -1}
	add := func(mv Move) {
		lm := leafMove[K]{move: mv}
		lm.move.Choices = slices.Clone(mv.Choices)
		for _, slot := range o.log.slots {
			if from, to := o.s[slot], o.n[slot]; from != to {
				lm.changes = append(lm.changes, slotChange{slot, from, to})
			}
		}
		lf.moves = append(lf.moves, lm)
	}
	m.log = &o.log
	if m.mayStep(o.s, t) {
		all := m.steps(o.s, o.n, t, &lf.stateInfo, func(mv Move, _ state) bool {
			add(mv)
			lf.direct = len(lf.moves) > maxLeafMoves
			return !lf.direct
		})
		if !all && !lf.direct {
			m.log = nil
			return nil // interrupted
		}
		lf.access, lf.plain, lf.writes = m.nextAccess(o.s, t)
	}
	if m.mayMigrate(o.s, t) {
		for _, cpu := range m.destinations(o.s, t) {
			copy(o.n, o.s)
			m.migrate(o.n, t, cpu)
			lf.migrates = true
			add(Move{Thread: t, Migrate: true, To: cpu})
		}
	}
	m.log = nil
	if lf.direct {
		lf.moves = nil
	}
	for i := range lf.moves {
		o.encode(&lf.moves[i])
	}
	if len(o.misfits) > 0 {
		return nil
	}
	// The states asked about violate nothing.
	slots := slices.DeleteFunc(slices.Clone(o.log.slots), func(slot int) bool { return slot == m.violated })
	return o.trees[t].grow(o.pack, slots, key, lf)
}

// encode turns what a move changes into what becomes of the packed state.
func (o *oracle[K]) encode(mv *leafMove[K]) {
	for _, c := range mv.changes {
		if !o.pack.fits(c.slot, c.to) {
			o.misfits = append(o.misfits, c)
			continue
		}
		f := &o.pack.fields[c.slot]
		mv.clear[f.word] |= f.mask << f.shift
		mv.set[f.word] |= f.encode(c.to) << f.shift
	}
}
