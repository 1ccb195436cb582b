package checker

import (
	"maps"
	"slices"

	"lastput/spec"
)

// This file finds out what the values of a program mean: which registers and
// memory hold the number of a CPU or of a thread, a set of them, or a pointer.
// These change when CPUs and threads change places; everything else does not.
// It is the discipline of the scalarsets of Ip and Dill, "Better verification
// through symmetry" (1996), inferred instead of declared.

// A sort is what a value means.
type sort uint8

// The sorts, roughly from the least that is known to the most.
const (
	sortNone    sort = iota
	sortConst        // constants, which fit any sort that they are the same in
	sortPlain        // a number
	sortCPU          // the number of a CPU
	sortThread       // the number of a thread
	sortCPUs         // a set of CPUs, a bit each
	sortThreads      // a set of threads
	sortBit          // a set shifted down, of which only the lowest bit means anything
	sortPtr          // a pointer into memory
	sortMixed        // different things at different times
)

// A meaning is what is known of a value.
type meaning struct {
	sort   sort
	consts []int64 // sortConst: which
	cells  cellSet // sortPtr: where to
}

// maxConsts is how many constants are told apart.
const maxConsts = 16

// A cellSet is a set of cells; it is not changed once made.
type cellSet []uint64

func (c cellSet) has(i int) bool { return i/64 < len(c) && c[i/64]>>(i%64)&1 != 0 }

func (c cellSet) with(i int) cellSet {
	if c.has(i) {
		return c
	}
	out := make(cellSet, max(len(c), i/64+1))
	copy(out, c)
	out[i/64] |= 1 << (i % 64)
	return out
}

func (c cellSet) union(d cellSet) cellSet {
	out := make(cellSet, max(len(c), len(d)))
	copy(out, c)
	same := len(c) >= len(d)
	for i, w := range d {
		same = same && out[i]|w == out[i]
		out[i] |= w
	}
	if same {
		return c
	}
	return out
}

func (c cellSet) each(f func(int)) {
	for w := range c {
		for b := range 64 {
			if c[w]>>b&1 != 0 {
				f(64*w + b)
			}
		}
	}
}

func (a meaning) equal(b meaning) bool {
	return a.sort == b.sort && slices.Equal(a.consts, b.consts) && slices.Equal(a.cells, b.cells)
}

// A coercion is a constant that is taken for a value of a sort: it has to stay
// the same when CPUs and threads change places.
type coercion struct {
	value int64
	sort  sort
}

// An indexing is an instruction that computes the address of an element.
type indexing struct {
	base   cellSet
	fixed  bool // the base is a constant, the start of an array
	stride int
	count  int // of elements, 0 if not known
	by     sort
	at     []int64 // by sortConst: which elements
}

// sorts is what has been inferred of a program.
type sorts struct {
	p         *spec.Prog
	cells     []meaning
	regs      [][]meaning // by instruction: what registers hold before it
	coercions map[coercion]bool
	indexings []indexing
	fixed     cellSet // cells whose addresses the program names
	fixed0    cellSet // at the start already
	why       string  // why nothing can be said of what values mean, if so
	lost      bool    // it is not even known where pointers may point to
	changed   bool
	alone     bool // what runs before everything is looked at: it may do anything
}

// sorts are those of the program, which are inferred once.
func (m *machine) sorts() *sorts {
	if m.inferred == nil {
		m.inferred = inferSorts(m.p)
	}
	return m.inferred
}

// inferSorts infers the sorts of a program.
func inferSorts(p *spec.Prog) *sorts {
	f := &sorts{p: p, cells: make([]meaning, len(p.Cells)), regs: make([][]meaning, len(p.Code)), coercions: map[coercion]bool{}}
	for i, c := range p.Cells {
		f.cells[i] = constant(c.Init)
		if t := &p.Types[c.Type]; t.Pointer && !t.Func && c.Init > 0 && c.Init <= int64(len(p.Cells)) {
			f.cells[i] = meaning{sort: sortPtr, cells: cellSet(nil).with(int(c.Init - 1))}
			f.fixed0 = f.fixed0.with(int(c.Init - 1))
		}
		if v := &p.Vars[c.Var]; v.Scoped || v.Thread >= 0 {
			f.cells[i] = f.join(f.cells[i], constant(0))
		}
		if v := &p.Vars[c.Var]; v.Scoped && v.Cell == i {
			f.cells[i] = meaning{sort: sortPlain}
		}
	}
	for f.changed = true; f.changed; {
		f.changed = false
		f.indexings = f.indexings[:0]
		f.fixed = f.fixed0
		for i := range p.Procs {
			f.alone = i == p.Init
			f.proc(i)
		}
	}
	return f
}

func constant(v int64) meaning { return meaning{sort: sortConst, consts: []int64{v}} }

// join is what a value means that is the one or the other.
func (f *sorts) join(a, b meaning) meaning {
	switch {
	case a.sort == sortNone || a.equal(b):
		return b
	case b.sort == sortNone:
		return a
	case a.sort == sortConst && b.sort == sortConst:
		consts := slices.Clone(a.consts)
		for _, v := range b.consts {
			if !slices.Contains(consts, v) {
				consts = append(consts, v)
			}
		}
		if len(consts) > maxConsts {
			return meaning{sort: sortPlain}
		}
		slices.Sort(consts)
		return meaning{sort: sortConst, consts: consts}
	case b.sort == sortConst:
		return f.coerce(b, a)
	case a.sort == sortConst:
		return f.coerce(a, b)
	case a.sort == b.sort:
		return meaning{sort: a.sort, cells: a.cells.union(b.cells)}
	}
	return meaning{sort: sortMixed, cells: a.cells.union(b.cells)}
}

// coerce takes constants for values of the sort of b.
func (f *sorts) coerce(consts, b meaning) meaning {
	for _, v := range consts.consts {
		f.coercions[coercion{v, b.sort}] = true
	}
	return b
}

// together demands that both mean the same kind of thing, and says which.
func (f *sorts) together(a, b meaning) sort {
	if a.sort == sortConst && b.sort == sortConst {
		return sortPlain
	}
	return f.join(a, b).sort
}

// give joins a meaning to one that is kept.
func (f *sorts) give(to *meaning, m meaning) {
	if j := f.join(*to, m); !j.equal(*to) {
		*to = j
		f.changed = true
	}
}

// proc goes through the code of a proc once.
func (f *sorts) proc(i int) {
	proc := &f.p.Procs[i]
	n := proc.Regs + proc.Temps
	if f.regs[proc.Entry] == nil {
		f.regs[proc.Entry] = make([]meaning, n)
		for r := range n {
			f.regs[proc.Entry][r] = constant(0)
		}
		f.changed = true
	}
	for pc := proc.Entry; pc < proc.End; pc++ {
		if f.regs[pc] == nil {
			continue // not reached so far
		}
		in := &f.p.Code[pc]
		regs := slices.Clone(f.regs[pc])
		if in.Visible() {
			for r := range regs {
				if r >= proc.Regs || !slices.Contains(in.Live, r) {
					regs[r] = meaning{}
				}
			}
		}
		f.inst(i, in, regs)
		if in.Op != spec.OpEnd && in.Op != spec.OpJump {
			f.flow(pc+1, regs)
		}
		if in.Op == spec.OpJump || in.Op == spec.OpBr {
			f.flow(in.To, regs)
		}
	}
}

func (f *sorts) flow(pc int, regs []meaning) {
	if f.regs[pc] == nil {
		f.regs[pc] = make([]meaning, len(regs))
		f.changed = true
	}
	for r := range regs {
		f.give(&f.regs[pc][r], regs[r])
	}
}

// value is what an operand means.
func (f *sorts) value(proc int, o spec.Operand, regs []meaning) meaning {
	switch o.Kind {
	case spec.OpdReg:
		return regs[o.Val]
	case spec.OpdAddr:
		if !f.alone {
			f.fixed = f.fixed.with(int(o.Val))
		}
		return meaning{sort: sortPtr, cells: cellSet(nil).with(int(o.Val))}
	case spec.OpdLocal:
		return meaning{sort: sortPtr, cells: f.locals(proc, int(o.Val))}
	case spec.OpdFunc:
		return constant(o.Val + 1)
	}
	return constant(o.Val)
}

// locals are the cells that a local of the proc has, one for each thread.
func (f *sorts) locals(proc, at int) (cells cellSet) {
	for i := range f.p.Threads {
		if t := &f.p.Threads[i]; t.Proc == proc {
			cells = cells.with(t.LocalBase + at)
		}
	}
	if len(cells) == 0 {
		cells = cells.with(f.p.Procs[proc].LocalBase + at)
	}
	return cells
}

// test is a value compared with zero.
func (f *sorts) test(m meaning) {
	if m.sort != sortConst && m.sort != sortNone {
		f.coerce(constant(0), m)
	}
	f.refuse(m)
}

// refuse gives up where a value is used that means nothing certain.
func (f *sorts) refuse(m meaning) {
	if m.sort == sortMixed || m.sort == sortBit {
		f.why = "a value means different things"
	}
}

// inst is what an instruction does to what registers mean.
func (f *sorts) inst(proc int, in *spec.Inst, regs []meaning) {
	value := func(o spec.Operand) meaning { return f.value(proc, o, regs) }
	set := func(m meaning) {
		if in.Dst >= 0 {
			regs[in.Dst] = m
		}
	}
	plain := meaning{sort: sortPlain}
	switch in.Op {
	case spec.OpMov:
		set(value(in.A))
	case spec.OpConv:
		set(f.convert(value(in.A), &f.p.Types[in.Type]))
	case spec.OpBin:
		set(f.bin(spec.BinOp(in.Sub), value(in.A), value(in.B)))
	case spec.OpUn:
		a := value(in.A)
		switch op := spec.UnOp(in.Sub); {
		case op == spec.Not:
			f.test(a)
			set(plain)
		case op == spec.Cpl && (a.sort == sortCPUs || a.sort == sortThreads):
			set(a)
		default:
			f.number(a)
			set(plain)
		}
	case spec.OpIndex:
		set(f.index(proc, in, regs))
	case spec.OpBr, spec.OpAssert, spec.OpAssume, spec.OpCover, spec.OpEnd:
		if in.A.Kind != spec.OpdNone {
			f.test(value(in.A))
		}
	case spec.OpChoose, spec.OpIRQ:
		set(plain)
	case spec.OpPick:
		set(f.pick(value(in.A)))
	case spec.OpStop:
		f.pick(value(in.A))
	case spec.OpCPU:
		set(meaning{sort: sortCPU})
	case spec.OpSelf:
		set(meaning{sort: sortThread})
	case spec.OpLoad, spec.OpStore, spec.OpRMW, spec.OpUse:
		f.access(proc, in, regs)
	case spec.OpGhost:
		if in.A.Kind != spec.OpdNone {
			f.refuse(value(in.A))
		}
	}
}

// pick is an element of a set.
func (f *sorts) pick(set meaning) meaning {
	switch set.sort {
	case sortThreads:
		return meaning{sort: sortThread}
	case sortConst:
		f.coerce(set, meaning{sort: sortCPUs})
	case sortCPUs:
	default:
		f.why = "a CPU is taken from what is no set of CPUs"
	}
	return meaning{sort: sortCPU}
}

// number demands that a value is a plain number.
func (f *sorts) number(m meaning) {
	switch m.sort {
	case sortNone, sortConst, sortPlain:
	default:
		f.why = "arithmetic on what is no plain number"
		f.lost = f.lost || len(m.cells) > 0
	}
}

// convert is a value in another type.
func (f *sorts) convert(m meaning, t *spec.Type) meaning {
	switch {
	case m.sort == sortConst && len(m.consts) == 1:
		return constant(t.Normalize(m.consts[0]))
	case m.sort == sortConst || m.sort == sortPlain || m.sort == sortNone:
		return meaning{sort: sortPlain}
	case m.sort == sortBit && t.Bits > 1:
		return m
	case t.Bits == 1:
		f.test(m)
		return meaning{sort: sortPlain}
	case t.Bits == 64, m.sort == sortCPU && t.Bits >= 8, m.sort == sortThread && t.Bits >= 16:
		return m
	}
	return meaning{sort: sortMixed, cells: m.cells}
}

// bin is what a binary operation gives.
func (f *sorts) bin(op spec.BinOp, a, b meaning) meaning {
	set := func(m meaning) bool { return m.sort == sortCPUs || m.sort == sortThreads }
	plain := meaning{sort: sortPlain}
	switch op {
	case spec.Eq, spec.Ne:
		if s := f.together(a, b); s == sortMixed || s == sortBit {
			f.why = "different things are compared"
		}
		return plain
	case spec.And, spec.Or, spec.Xor:
		switch {
		case op == spec.And && a.sort == sortBit && b.sort == sortConst && slices.Equal(b.consts, []int64{1}):
			return plain
		case set(a) || set(b):
			j := f.join(a, b)
			f.refuse(j)
			return j
		}
	case spec.Shl:
		if a.sort == sortConst && slices.Equal(a.consts, []int64{1}) {
			switch b.sort {
			case sortCPU:
				return meaning{sort: sortCPUs}
			case sortThread:
				return meaning{sort: sortThreads}
			}
		}
	case spec.Shr:
		switch {
		case b.sort == sortCPU && a.sort == sortConst:
			f.coerce(a, meaning{sort: sortCPUs})
			return meaning{sort: sortBit}
		case b.sort == sortCPU && a.sort == sortCPUs, b.sort == sortThread && a.sort == sortThreads:
			return meaning{sort: sortBit}
		}
	case spec.Lt, spec.Le:
		// Compared with a bound that all numbers of CPUs and threads are under.
		if a.sort == sortCPU && isBound(b, f.p.NCPU) || a.sort == sortThread && isBound(b, len(f.p.Threads)) {
			return plain
		}
	}
	f.number(a)
	f.number(b)
	return plain
}

func isBound(m meaning, n int) bool {
	return m.sort == sortConst && !slices.ContainsFunc(m.consts, func(v int64) bool { return v < int64(n) })
}

// index is the address of an element or a member.
func (f *sorts) index(proc int, in *spec.Inst, regs []meaning) meaning {
	x := indexing{stride: in.To}
	at := f.value(proc, in.B, regs)
	base := meaning{}
	if x.fixed = in.A.Kind == spec.OpdAddr; x.fixed {
		base = meaning{sort: sortPtr, cells: cellSet(nil).with(int(in.A.Val))}
	} else {
		base = f.value(proc, in.A, regs)
	}
	if in.C.Kind == spec.OpdConst {
		x.count = int(in.C.Val)
	}
	x.base, x.by = base.cells, at.sort
	out := meaning{sort: sortPtr}
	each := func(i int) {
		x.base.each(func(c int) {
			v := &f.p.Vars[f.p.Cells[c].Var]
			if to := c + i*x.stride; to >= v.Cell && to < v.Cell+v.Cells {
				out.cells = out.cells.with(to)
			}
		})
	}
	switch at.sort {
	case sortNone:
		return meaning{}
	case sortConst:
		x.at = at.consts
		for _, i := range at.consts {
			if i > -maxCells && i < maxCells {
				each(int(i))
			}
		}
	default:
		if at.sort != sortPlain && at.sort != sortCPU && at.sort != sortThread {
			f.why = "an array is indexed by what is no number"
		}
		n := x.count
		if n == 0 {
			n = len(f.p.Cells)
		}
		if at.sort == sortCPU {
			n = min(n, f.p.NCPU)
		}
		for i := range min(n, len(f.p.Cells)) {
			each(i)
		}
	}
	switch base.sort {
	case sortPtr:
	case sortNone:
		return meaning{}
	case sortConst: // NULL
	default:
		f.why = "a pointer is made of a number"
		f.lost = f.lost || base.sort != sortMixed
	}
	f.indexed(x)
	return out
}

func (f *sorts) indexed(x indexing) {
	if !f.alone {
		f.indexings = append(f.indexings, x)
	}
}

// maxCells is more cells than a program has.
const maxCells = 1 << 30

// access is a load, a store, or both.
func (f *sorts) access(proc int, in *spec.Inst, regs []meaning) {
	var cells cellSet
	switch {
	case in.ThisCPU != 0:
		base := meaning{sort: sortPtr}
		if in.A.Kind == spec.OpdAddr {
			base.cells = base.cells.with(int(in.A.Val))
		} else {
			base = f.value(proc, in.A, regs)
		}
		x := indexing{base: base.cells, fixed: in.A.Kind == spec.OpdAddr, stride: int(in.ThisCPU), count: f.p.NCPU, by: sortCPU}
		f.indexed(x)
		base.cells.each(func(c int) {
			for cpu := range f.p.NCPU {
				if to := c + cpu*x.stride; to < len(f.p.Cells) && f.p.Cells[to].Var == f.p.Cells[c].Var {
					cells = cells.with(to)
				}
			}
		})
	default:
		a := f.value(proc, in.A, regs)
		switch a.sort {
		case sortPtr, sortNone, sortConst:
		case sortMixed:
			f.why = "memory is accessed through what is no pointer"
		default:
			f.lost, f.why = true, "memory is accessed through what is no pointer"
		}
		cells = a.cells
	}
	old := meaning{}
	cells.each(func(c int) { old = f.join(old, f.cells[c]) })
	stored := meaning{}
	switch {
	case in.Op == spec.OpStore:
		stored = f.value(proc, in.B, regs)
	case in.Op == spec.OpRMW:
		stored = f.rmw(proc, in, old, regs)
	}
	if stored.sort != sortNone {
		cells.each(func(c int) { f.give(&f.cells[c], stored) })
	}
	if in.Op != spec.OpStore && in.Op != spec.OpUse && in.Dst >= 0 {
		regs[in.Dst] = old
	}
}

// rmw is what a read-modify-write stores.
func (f *sorts) rmw(proc int, in *spec.Inst, old meaning, regs []meaning) meaning {
	b := f.value(proc, in.B, regs)
	switch spec.RMWKind(in.Sub) {
	case spec.Xchg:
		return b
	case spec.CmpXchg:
		if s := f.together(old, b); s == sortMixed || s == sortBit {
			f.why = "different things are compared"
		}
		return f.value(proc, in.C, regs)
	case spec.FetchAnd:
		return f.bin(spec.And, old, b)
	case spec.FetchOr:
		return f.bin(spec.Or, old, b)
	case spec.AddUnless:
		f.number(f.value(proc, in.C, regs))
	}
	f.number(old)
	if spec.RMWKind(in.Sub) != spec.DecIfPos {
		f.number(b)
	}
	return meaning{sort: sortPlain}
}

// resting lists, for each register that is alive where a thread rests, its sort.
func (f *sorts) resting() (at map[int][]sort, ok bool) {
	at = map[int][]sort{}
	for _, proc := range f.p.Procs {
		for pc := proc.Entry; pc < proc.End; pc++ {
			in := &f.p.Code[pc]
			if !in.Visible() || f.regs[pc] == nil {
				continue
			}
			list := make([]sort, proc.Regs)
			for _, r := range in.Live {
				switch list[r] = f.regs[pc][r].sort; list[r] {
				case sortMixed, sortBit:
					return nil, false
				}
			}
			at[pc] = list
		}
	}
	for i := range f.cells {
		if s := f.cells[i].sort; s == sortMixed || s == sortBit {
			return nil, false
		}
	}
	return at, true
}

// sortedCoercions lists the coercions in order.
func (f *sorts) sortedCoercions() []coercion {
	return slices.SortedFunc(maps.Keys(f.coercions), func(a, b coercion) int {
		if a.sort != b.sort {
			return int(a.sort) - int(b.sort)
		}
		return int(a.value - b.value)
	})
}
