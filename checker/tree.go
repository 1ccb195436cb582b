package checker

import "slices"

// This file makes the reference interpreter fast without saying again what it
// says. What a thread can do in a state depends on a few slots of the state
// only: those that the interpreter touches when it is asked. So its answers are
// kept in a tree for each thread: the root has a branch for each content of the
// thread's own block, an inner node names another slot and has a branch for each
// value of it that has been met, a leaf has the answer, as changes to the packed
// state. A question that has been asked before, of another state with the same
// values where it matters, is answered by walking down the tree; one that has
// not is put to the interpreter, which is made to say which slots it touches,
// and a branch grows.

// words is a packed state: an array of words.
type words interface {
	[1]uint64 | [2]uint64 | [3]uint64 | [4]uint64 | [5]uint64 | [6]uint64 | [8]uint64 | [16]uint64 | [64]uint64 | [maxWords]uint64
}

// maxWords is how many words a packed state has at most.
const maxWords = 1024

// A tree holds what one thread can do. Links to what is below are numbers: of a
// node, or -1-leaf, or unknown.
type tree[K words] struct {
	roots   []int32 // by the content of the thread's block
	nodes   []node  // node 0 is none
	kids    []int32
	columns [][]uint32          // the ordinals of columns, by the content of their block
	sparse  map[sparseKid]int32 // kids of nodes that look at many bits
	leaves  []*leaf[K]
}

// A node looks at some bits of the packed state: of slots with a field of their
// own, or of a block, of which it looks at one column.
type node struct {
	mask   uint64
	first  uint32 // its kids in tree.kids
	kids   uint32 // and how many there are
	column int32  // the place of its ordinals in tree.columns, or -1
	slot   int32  // whose column it is
	word   uint16
	shift  uint8
	sparse bool
}

type sparseKid struct {
	node  int32
	value uint64
}

// unknown is no link.
const unknown = int32(0)

// maxDense is how many bits a node looks at if its kids are listed, and how many
// bits of neighbouring slots it looks at together.
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
	// looked lists the slots that the answer depends on.
	looked []int
	// safe: what the thread does here violates nothing and is neither a choice
	// that an assumption may rule out nor a migration.
	safe bool
	// touch is what the moves look at and change, if that was asked for.
	touch touch
}

// A leafMove is a move with what it does to the packed state: which bits of
// each word change, and what they become; and what becomes of the blocks of
// other threads.
type leafMove[K words] struct {
	clear, set K
	remaps     []remap
	changes    []slotChange
	alike      []slotChange // the changes in terms that do not tell apart what is alike
	move       Move
}

// A slotChange is what a move does to a slot.
type slotChange struct {
	slot     int
	from, to int64
}

// A remap is what a move does to the block of another thread: which number
// follows which. It is filled as needed.
type remap struct {
	block   int
	changes []slotChange
	next    map[uint64]uint64
}

// maxLeafMoves bounds the moves kept in a leaf, maxLeaves the leaves of a tree:
// beyond that the interpreter is asked each time.
const (
	maxLeafMoves = 4096
	maxLeaves    = 1 << 17
)

// walk goes down the tree; the leaf, or nil where a branch is not known yet.
func (t *tree[K]) walk(own *field, key *K) *leaf[K] {
	k := t.roots[getField(key, own)]
	for k > 0 {
		k = t.below(k, key)
	}
	return t.leaf(k)
}

// below is the link that a node has for the packed state.
func (t *tree[K]) below(k int32, key *K) int32 {
	n := &t.nodes[k]
	v := (*key)[n.word] >> (n.shift & 63) & n.mask
	if n.column >= 0 {
		v = uint64(t.columns[n.column][v])
	}
	switch {
	case v < uint64(n.kids):
		return t.kids[n.first+uint32(v)]
	case n.sparse:
		return t.sparse[sparseKid{k, v}]
	}
	return unknown
}

// leaf is the leaf that a link leads to; nil if it is unknown.
func (t *tree[K]) leaf(k int32) *leaf[K] {
	if k == unknown {
		return nil
	}
	return t.leaves[-1-k]
}

// A descent walks down for some states together, all of them one node at a time, so
// that no walk waits for what another one has to fetch.
type descent struct {
	links [aheadStates]int32 // by state
	on    [aheadStates]uint8 // the states that are not at a leaf yet
}

// walkAll goes down the tree with all states.
func (t *tree[K]) walkAll(own *field, keys []K, d *descent) {
	n := 0
	for i := range keys {
		k := t.roots[getField(&keys[i], own)]
		d.links[i] = k
		d.on[n] = uint8(i)
		n += isNode(k)
	}
	for n > 0 {
		left := 0
		for _, i := range d.on[:n] {
			k := t.below(d.links[i], &keys[i])
			d.links[i] = k
			d.on[left] = i
			left += isNode(k)
		}
		n = left
	}
}

// isNode is 1 if the link leads to a node, and 0 else, without a branch to be
// mispredicted.
func isNode(k int32) int { return int(uint32(-k) >> 31) }

// A branch is a place in a tree where a link is.
type branch struct {
	root  int       // or -1
	kid   int       // or -1
	other sparseKid // else
}

func (t *tree[K]) link(b branch) int32 {
	switch {
	case b.root >= 0:
		return t.roots[b.root]
	case b.kid >= 0:
		return t.kids[b.kid]
	}
	return t.sparse[b.other]
}

func (t *tree[K]) setLink(b branch, k int32) {
	switch {
	case b.root >= 0:
		t.roots[b.root] = k
	case b.kid >= 0:
		t.kids[b.kid] = k
	default:
		t.sparse[b.other] = k
	}
}

// grow adds a branch that leads to the leaf: through the slots touched, by their
// values in the packed state. A node may look at more than one of them, if they
// lie side by side; that a branch then depends on a slot too many does no harm.
func (t *tree[K]) grow(p *packing, thread int, slots []int, key *K, lf *leaf[K]) {
	t.leaves = append(t.leaves, lf)
	var looked, touched K     // bits of the packed state
	columns := map[int]bool{} // slots of blocks
	for _, slot := range slots {
		if slot, b, _ := p.look(slot); b < 0 {
			f := &p.fields[slot]
			touched[f.word] |= f.mask << f.shift
		}
	}
	at := branch{root: int(getField(key, &p.blocks[thread].field)), kid: -1}
	for k := t.link(at); k != unknown; k = t.link(at) {
		if k < 0 {
			panic("checker: internal error: the interpreter touches more for the same values")
		}
		n := &t.nodes[k]
		if n.column < 0 {
			looked[n.word] |= n.mask << n.shift
		}
		at = t.down(k, key)
	}
	// The columns on the way are found again by what they are of.
	for k := t.roots[getField(key, &p.blocks[thread].field)]; k > 0; {
		if n := &t.nodes[k]; n.column >= 0 {
			columns[int(n.slot)] = true
		}
		k = t.link(t.down(k, key))
	}
	for _, slot := range slots {
		id := slot
		slot, of, column := p.look(id)
		if of == thread || columns[id] {
			continue
		}
		n := node{first: uint32(len(t.kids)), column: -1}
		if of >= 0 {
			columns[id] = true
			b := &p.blocks[of]
			if b.bits == 0 {
				continue
			}
			n.word, n.shift, n.mask = b.word, b.shift, b.mask
			n.column, n.slot = int32(len(t.columns)), int32(id)
			t.columns = append(t.columns, b.dict.columns[column].ordinal)
		} else {
			f := &p.fields[slot]
			if f.bits == 0 || looked[f.word]>>f.shift&1 != 0 {
				continue
			}
			width := f.bits
			for end := f.shift + width; width < maxDense && end < 64 && (touched[f.word]&^looked[f.word])>>end&1 != 0; end++ {
				width++
			}
			if f.bits <= maxDense {
				width = p.wholeFields(&f.field, width)
			}
			n.word, n.shift, n.mask, n.sparse = f.word, f.shift, 1<<width-1, width > maxDense
			looked[f.word] |= n.mask << f.shift
			if !n.sparse {
				n.kids = 1 << width
				t.kids = append(t.kids, make([]int32, n.kids)...)
			}
		}
		t.nodes = append(t.nodes, n)
		t.setLink(at, int32(len(t.nodes)-1))
		at = t.down(int32(len(t.nodes)-1), key)
	}
	t.setLink(at, -int32(len(t.leaves)))
}

// down is the branch of a node that the packed state takes. It makes room for
// it.
func (t *tree[K]) down(k int32, key *K) branch {
	n := &t.nodes[k]
	v := (*key)[n.word] >> n.shift & n.mask
	if n.column >= 0 {
		v = uint64(t.columns[n.column][v])
	}
	if n.sparse {
		return branch{root: -1, kid: -1, other: sparseKid{k, v}}
	}
	if v >= uint64(n.kids) {
		first := uint32(len(t.kids))
		t.kids = append(t.kids, t.kids[n.first:n.first+n.kids]...)
		t.kids = append(t.kids, make([]int32, 2*(uint32(v)+1)-n.kids)...)
		n.first, n.kids = first, 2*(uint32(v)+1)
	}
	return branch{root: -1, kid: int(n.first) + int(v)}
}

// memory is about how many bytes the tree takes.
func (t *tree[K]) memory() int64 {
	words := int64(len(*new(K)))
	return int64(4*(len(t.roots)+cap(t.kids))+64*cap(t.nodes)) + int64(len(t.leaves))*(300+48*words)
}

// An oracle answers what threads can do in packed states.
type oracle[K words] struct {
	m       *machine
	pack    *packing
	trees   []tree[K]
	log     touchLog
	misfits []misfit // values met that do not fit the packing
	scouts  bool     // goes on where one does not fit; see scout
	forgot  bool     // there were more answers than are kept
	// futures, if not nil, says what threads may do; surprised, that one does what
	// it does not say.
	futures   *futures
	surprised bool
	s, n      state // scratch
	values    []int64
}

func newOracle[K words](m *machine, pack *packing) oracle[K] {
	o := oracle[K]{
		m: m, pack: pack.clone(), trees: make([]tree[K], len(m.threads)), log: m.newTouchLog(),
		s: make(state, m.size), n: make(state, m.size),
	}
	for t := range o.trees {
		o.trees[t] = tree[K]{roots: make([]int32, pack.blocks[t].mask+1), nodes: make([]node, 1), sparse: map[sparseKid]int32{}}
	}
	return o
}

// ask is what thread t can do in the state, which violates nothing; nil if a
// value does not fit the packing, or the machine was interrupted.
func (o *oracle[K]) ask(t int, key *K) *leaf[K] {
	if lf := o.trees[t].walk(&o.pack.blocks[t].field, key); lf != nil {
		return lf
	}
	return o.learn(t, key)
}

// apply makes a move of a leaf; false if a value does not fit.
func (o *oracle[K]) apply(mv *leafMove[K], key, to *K) bool {
	for j := 0; j < len(*to); j++ {
		(*to)[j] = (*key)[j]&^mv.clear[j] | mv.set[j]
	}
	for i := range mv.remaps {
		r := &mv.remaps[i]
		f := &o.pack.blocks[r.block].field
		old := getField(key, f)
		next, known := r.next[old]
		if !known {
			if next, known = o.follow(r, old); !known {
				return false
			}
		}
		setField(to, f, next)
	}
	return true
}

// follow works out what number of a block follows another.
func (o *oracle[K]) follow(r *remap, old uint64) (uint64, bool) {
	b := &o.pack.blocks[r.block]
	o.values = append(o.values[:0], b.dict.values[old]...)
	o.pack.normalize(r.block, o.values)
	for _, c := range r.changes {
		o.values[o.pack.place[c.slot].at] = c.to
	}
	o.pack.normalize(r.block, o.values)
	n, ok := b.dict.intern(o.values, true)
	if !ok {
		if o.scouts {
			b.dict.intern(o.values, false)
		}
		o.misfits = append(o.misfits, misfit{slot: -1})
		return 0, false
	}
	r.next[old] = uint64(n)
	return uint64(n), true
}

// each calls visit with the moves of a thread that are too many to keep; false
// if visit says so, or a value does not fit.
func (o *oracle[K]) each(t int, key *K, visit func(mv Move, to *K) bool) bool {
	fromWords(o.pack, key, o.s)
	take := func(mv Move, next state) bool {
		to := toWords[K](o.pack, next, &o.misfits)
		return len(o.misfits) == 0 && visit(mv, &to)
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
	m, misfits := o.m, len(o.misfits)
	fromWords(o.pack, key, o.s)
	o.log.reset()
	lf := &leaf[K]{access: -1, safe: true}
	add := func(mv Move) {
		lm := leafMove[K]{move: mv}
		lm.move.Choices = slices.Clone(mv.Choices)
		for _, slot := range o.log.slots {
			if slot >= m.size {
				continue // a view
			}
			if from, to := o.s[slot], o.n[slot]; from != to {
				lm.changes = append(lm.changes, slotChange{slot, from, to})
				lm.alike = append(lm.alike, o.pack.alikeChange(slot, o.s, o.n))
			}
		}
		lf.safe = lf.safe && o.n[m.violated] == 0 && !mv.Migrate
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
	lf.safe = lf.safe && !lf.direct && !lf.pruned && len(lf.moves) > 0
	// The states asked about violate nothing.
	lf.looked = slices.DeleteFunc(slices.Clone(o.log.slots), func(slot int) bool { return slot == m.violated || slot == m.none })
	if o.futures != nil {
		o.foresee(t, lf)
	}
	for i := range lf.moves {
		o.encode(t, &lf.moves[i], key)
	}
	if len(o.misfits) > misfits {
		return nil
	}
	if len(o.trees[t].leaves) < maxLeaves {
		o.trees[t].grow(o.pack, t, lf.looked, key, lf)
	} else {
		o.forgot = true
	}
	return lf
}

// foresee works out what the moves of a leaf touch.
func (o *oracle[K]) foresee(t int, lf *leaf[K]) {
	var moves [][]slotChange
	pc := int(o.s[o.m.threads[t].pc])
	for i := range lf.moves {
		changes := slices.DeleteFunc(slices.Clone(lf.moves[i].changes), func(c slotChange) bool { return c.slot == o.m.violated })
		moves = append(moves, changes)
		o.surprised = o.surprised || !o.futures.predicts(t, pc, lf.looked, changes)
	}
	lf.touch = o.futures.leafTouch(lf.looked, moves)
}

// encode turns what a move of thread t changes into what becomes of the packed
// state.
func (o *oracle[K]) encode(t int, mv *leafMove[K], key *K) {
	others := map[int][]slotChange{}
	own := false
	for _, c := range mv.changes {
		if b := int(o.pack.place[c.slot].block); b >= 0 {
			if b == t {
				own = true
			} else {
				others[b] = append(others[b], c)
			}
			continue
		}
		f := &o.pack.fields[c.slot]
		raw, ok := o.pack.encode(c.slot, c.to)
		if !ok {
			o.misfits = append(o.misfits, misfit{c.slot, c.to})
			continue
		}
		mv.clear[f.word] |= f.mask << f.shift
		mv.set[f.word] |= raw << f.shift
	}
	if own {
		r := remap{block: t, next: map[uint64]uint64{}}
		for _, c := range mv.changes {
			if int(o.pack.place[c.slot].block) == t {
				r.changes = append(r.changes, c)
			}
		}
		f := &o.pack.blocks[t].field
		if n, ok := o.follow(&r, getField(key, f)); ok {
			mv.clear[f.word] |= f.mask << f.shift
			mv.set[f.word] |= n << f.shift
		}
	}
	for b := range o.pack.blocks {
		if changes := others[b]; changes != nil {
			mv.remaps = append(mv.remaps, remap{block: b, changes: changes, next: map[uint64]uint64{}})
		}
	}
}
