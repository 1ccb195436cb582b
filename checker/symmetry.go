package checker

import (
	"math/bits"
	"slices"

	"lastput/spec"
)

// This file finds CPUs that are alike: with their threads and their elements of
// per-CPU memory they could change places, and nobody would notice. States that
// differ in no more than that are one to the search.

// A renaming lets CPUs change places, with the threads on them and the memory
// that is theirs.
type renaming struct {
	cpu    []int // by CPU: whose place it takes
	thread []int
	cell   []int
}

// A symmetry is what is known of the CPUs that are alike. Its zero value is that
// none are.
type symmetry struct {
	m       *machine
	sorts   []sort         // by slot, where it does not depend on anything
	resting map[int][]sort // by pc: those of the registers
	classes []alike
	of      []unitOf // by thread
	outside []bool   // by slot: it moves with no unit
}

// alike are CPUs of which any two can change places.
type alike struct {
	units []unit
	// first exchanges the first unit with each other, second the second with
	// each other but the first.
	first, second []*renaming
}

// A unit is a CPU and what moves with it; of units that are alike the lists have
// the same order.
type unit struct {
	cpu     int
	threads []int
	cells   []int // that are no thread's locals
}

// A unitOf says which unit a thread is in, if any.
type unitOf struct {
	class, unit int // class is -1 where it is in none
	rep         int // the thread that is like it in the first unit
}

// like is the first thread that is like t.
func (y *symmetry) like(t int) int {
	if y.none() {
		return t
	}
	return y.of[t].rep
}

func (y *symmetry) none() bool { return len(y.classes) == 0 }

// findSymmetry finds the CPUs that are alike. It takes for granted nothing: what
// every instruction says has to stay true when two CPUs change places.
func findSymmetry(m *machine) (y *symmetry, why string) {
	y = &symmetry{m: m}
	p := m.p
	groups := candidates(p)
	if len(groups) == 0 {
		return y, "no two CPUs begin alike"
	}
	for _, proc := range p.Invariants {
		for _, in := range p.Code[p.Procs[proc].Entry:p.Procs[proc].End] {
			if in.Op == spec.OpPick {
				// It takes the lowest, which need not be the lowest elsewhere.
				return y, "an invariant looks at CPUs one by one"
			}
		}
	}
	f := m.sorts()
	if f.why != "" {
		return y, f.why
	}
	resting, ok := f.resting()
	if !ok {
		return y, "a value means different things"
	}
	y.resting = resting
	y.slotSorts(f)
	start := m.start()
	for _, group := range groups {
		for len(group) > 1 {
			// Those that can change places with the first.
			c, left := alike{units: []unit{{cpu: group[0]}}}, []int{}
			for _, cpu := range group[1:] {
				r, a, b := y.exchange(f, group[0], cpu)
				if r == nil || !slices.Equal(y.rename(r, start), start) {
					left = append(left, cpu)
					continue
				}
				c.units[0] = a
				c.units = append(c.units, b)
				c.first = append(c.first, r)
			}
			for i := 1; i < len(c.first); i++ {
				c.second = append(c.second, c.first[0].then(c.first[i]).then(c.first[0]))
			}
			if len(c.units) > 1 {
				y.classes = append(y.classes, c)
			}
			group = left
		}
	}
	if y.none() {
		return &symmetry{m: m}, "CPUs that begin alike do not stay so: the program tells them apart"
	}
	y.of = make([]unitOf, len(p.Threads))
	for t := range y.of {
		y.of[t] = unitOf{-1, 0, t}
	}
	for i, c := range y.classes {
		for j, u := range c.units {
			for k, t := range u.threads {
				y.of[t] = unitOf{i, j, c.units[0].threads[k]}
			}
		}
	}
	y.outside = make([]bool, m.size)
	for slot := range y.outside {
		y.outside[slot] = slot != m.none
	}
	for _, c := range y.classes {
		for _, u := range c.units {
			for _, slot := range y.unitSlots(u) {
				y.outside[slot] = false
			}
		}
	}
	return y, ""
}

// then is one renaming after another.
func (r *renaming) then(next *renaming) *renaming {
	after := func(a, b []int) []int {
		out := make([]int, len(a))
		for i, j := range a {
			out[i] = b[j]
		}
		return out
	}
	return &renaming{after(r.cpu, next.cpu), after(r.thread, next.thread), after(r.cell, next.cell)}
}

// candidates are groups of CPUs whose threads begin alike.
func candidates(p *spec.Prog) [][]int {
	type key struct {
		isolated bool
		threads  string
	}
	var order []key
	groups := map[key][]int{}
	for cpu := range p.NCPU {
		k := key{isolated: p.Isolated>>cpu&1 != 0}
		for _, t := range p.Threads {
			if t.CPU == cpu {
				k.threads += string(rune(t.Proc)) + string(rune(t.Class)) + flags(t.MustFinish, t.Migrates, t.Asleep, t.Hog)
			}
		}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], cpu)
	}
	var out [][]int
	for _, k := range order {
		if len(groups[k]) > 1 {
			out = append(out, groups[k])
		}
	}
	return out
}

func flags(list ...bool) (s string) {
	for _, b := range list {
		s += string(rune('0' + bit(b)))
	}
	return s
}

// slotSorts are the sorts of what lies in the state, but for registers.
func (y *symmetry) slotSorts(f *sorts) {
	m := y.m
	y.sorts = make([]sort, m.size)
	for c := range f.cells {
		y.sorts[c] = f.cells[c].sort
	}
	y.sorts[m.doubted] = sortThreads
	for t := range m.threads {
		tl := &m.threads[t]
		y.sorts[tl.cpu], y.sorts[tl.graceCPUs], y.sorts[tl.graceReaders] = sortCPU, sortCPUs, sortThreads
	}
	y.sorts[m.none] = sortPlain
}

// threadsOn lists the threads that begin on a CPU.
func threadsOn(p *spec.Prog, cpu int) (list []int) {
	for t := range p.Threads {
		if p.Threads[t].CPU == cpu {
			list = append(list, t)
		}
	}
	return list
}

// exchange is how two CPUs change places, and what moves with them; nil if
// somebody would notice.
func (y *symmetry) exchange(f *sorts, a, b int) (r *renaming, ua, ub unit) {
	p := y.m.p
	r = &renaming{cpu: identity(p.NCPU), thread: identity(len(p.Threads)), cell: identity(len(p.Cells))}
	r.cpu[a], r.cpu[b] = b, a
	ua, ub = unit{cpu: a, threads: threadsOn(p, a)}, unit{cpu: b, threads: threadsOn(p, b)}
	for i, t := range ua.threads {
		u := ub.threads[i]
		r.thread[t], r.thread[u] = u, t
		for c := range localCells(p, t) {
			x, y := p.Threads[t].LocalBase+c, p.Threads[u].LocalBase+c
			r.cell[x], r.cell[y] = y, x
		}
	}
	for _, pair := range y.columns(f, r) {
		x, y := pair[0], pair[1]
		r.cell[x], r.cell[y] = y, x
		ua.cells, ub.cells = append(ua.cells, x), append(ub.cells, y)
	}
	if !y.holds(f, r) {
		return nil, ua, ub
	}
	return r, ua, ub
}

func identity(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// localCells is how many cells the locals of a thread have.
func localCells(p *spec.Prog, t int) int {
	n := 0
	for _, v := range p.Vars {
		if v.Thread == t {
			n = max(n, v.Cell+v.Cells-p.Threads[t].LocalBase)
		}
	}
	return n
}

// columns finds the memory that is indexed by CPU or by thread, and the members
// of its elements: pairs of cells that change places, in an order that depends
// on the program only.
func (y *symmetry) columns(f *sorts, r *renaming) (pairs [][2]int) {
	type column struct {
		first, stride int
		by            sort
	}
	known := map[column]bool{}
	var columns []column
	add := func(c column) {
		if !known[c] && len(columns) < len(y.m.p.Cells) {
			known[c] = true
			columns = append(columns, c)
		}
	}
	for _, x := range f.indexings {
		if x.by == sortCPU || x.by == sortThread {
			x.base.each(func(c int) { add(column{c, x.stride, x.by}) })
		}
	}
	cells := y.m.p.Cells
	taken := map[int]bool{}
	for i := 0; i < len(columns); i++ {
		c := columns[i]
		for _, x := range f.indexings {
			if x.by == sortConst && !x.fixed && x.base.has(c.first) {
				for _, at := range x.at {
					if at > -maxCells && at < maxCells {
						add(column{c.first + int(at)*x.stride, c.stride, c.by})
					}
				}
			}
		}
		list := r.cpu
		if c.by == sortThread {
			list = r.thread
		}
		for i, j := range list {
			from, to := c.first+i*c.stride, c.first+j*c.stride
			if i < j && from >= 0 && to >= 0 && from < len(cells) && to < len(cells) && cells[from].Var == cells[to].Var && !taken[from] {
				taken[from] = true
				pairs = append(pairs, [2]int{from, to})
			}
		}
	}
	return pairs
}

// holds reports whether all that the program says stays true.
func (y *symmetry) holds(f *sorts, r *renaming) bool {
	p := y.m.p
	for c, to := range r.cell {
		a, b := &p.Cells[c], &p.Cells[to]
		va, vb := &p.Vars[a.Var], &p.Vars[b.Var]
		if r.cell[to] != c || a.Type != b.Type || a.Object != b.Object || va.Scoped != vb.Scoped || r.cell[va.Cell]-vb.Cell != 0 && va.Scoped || y.sorts[c] != y.sorts[to] {
			return false
		}
	}
	for t := range p.Threads {
		first, end := y.m.threadSlots(t)
		if to, stop := y.m.threadSlots(r.thread[t]); stop-to != end-first {
			return false
		}
	}
	for c := range f.coercions {
		if r.value(c.sort, c.value) != c.value {
			return false
		}
	}
	moved := false
	f.fixed.each(func(c int) { moved = moved || r.cell[c] != c })
	if moved {
		return false
	}
	for i := range p.Code {
		in := &p.Code[i]
		if in.Op.Info().Access && in.A.Kind == spec.OpdAddr && in.ThisCPU == 0 && r.cell[in.A.Val] != int(in.A.Val) && !y.inInit(i) {
			return false
		}
	}
	return !slices.ContainsFunc(f.indexings, func(x indexing) bool { return !y.indexes(r, &x) })
}

func (y *symmetry) inInit(pc int) bool {
	p := y.m.p
	return p.Init >= 0 && pc >= p.Procs[p.Init].Entry && pc < p.Procs[p.Init].End
}

// indexes reports whether the address of an element moves as the element does.
func (y *symmetry) indexes(r *renaming, x *indexing) bool {
	p := y.m.p
	ok := true
	x.base.each(func(base int) {
		from := base
		if !x.fixed {
			from = r.cell[base]
		}
		v := p.Cells[base].Var
		check := func(i, j int) {
			a, b := base+i*x.stride, from+j*x.stride
			if a < 0 || a >= len(p.Cells) || p.Cells[a].Var != v {
				return // an invalid access, here as there
			}
			ok = ok && b >= 0 && b < len(p.Cells) && p.Cells[b].Var == p.Cells[from].Var && r.cell[a] == b
		}
		n := x.count
		if n == 0 {
			n = p.Vars[v].Cells
		}
		switch x.by {
		case sortConst:
			for _, i := range x.at {
				if i > -maxCells && i < maxCells {
					check(int(i), int(i))
				}
			}
		case sortCPU:
			for i, j := range r.cpu {
				check(i, j)
				ok = ok && (i < n) == (j < n)
			}
		case sortThread:
			for i, j := range r.thread {
				check(i, j)
				ok = ok && (i < n) == (j < n)
			}
		default:
			for i := range min(n, len(p.Cells)) {
				check(i, i)
			}
		}
	})
	return ok
}

// value is what becomes of a value.
func (r *renaming) value(sort sort, v int64) int64 {
	switch sort {
	case sortCPU:
		if v >= 0 && v < int64(len(r.cpu)) {
			return int64(r.cpu[v])
		}
	case sortThread:
		if v >= 0 && v < int64(len(r.thread)) {
			return int64(r.thread[v])
		}
	case sortCPUs:
		return moveBits(v, r.cpu)
	case sortThreads:
		return moveBits(v, r.thread)
	case sortPtr:
		if v > 0 && v <= int64(len(r.cell)) {
			return int64(r.cell[v-1] + 1)
		}
	}
	return v
}

func moveBits(v int64, to []int) int64 {
	out, left := v, uint64(v)
	for ; left != 0; left &= left - 1 {
		if i := bits.TrailingZeros64(left); i < len(to) && to[i] != i {
			out &^= 1 << i
		}
	}
	for left = uint64(v); left != 0; left &= left - 1 {
		if i := bits.TrailingZeros64(left); i < len(to) && to[i] != i {
			out |= 1 << to[i]
		}
	}
	return out
}

// slot is where a slot moves to.
func (y *symmetry) slot(r *renaming, slot int) int {
	m := y.m
	if slot < len(m.p.Cells) {
		return r.cell[slot]
	}
	for t := range m.threads {
		if first, end := m.threadSlots(t); slot >= first && slot < end {
			to, _ := m.threadSlots(r.thread[t])
			return to + slot - first
		}
	}
	return slot
}

// sortOf is the sort of the value in a slot of the state.
func (y *symmetry) sortOf(st state, slot int) sort {
	m := y.m
	for t := range m.threads {
		tl := &m.threads[t]
		if slot >= tl.regs && slot < tl.regs+tl.nregs {
			return y.regSort(st[tl.pc], slot-tl.regs)
		}
	}
	return y.sorts[slot]
}

// regSort is the sort of a register where a thread rests.
func (y *symmetry) regSort(pc int64, r int) sort {
	if list := y.resting[int(pc)]; list != nil {
		return list[r]
	}
	return sortPlain // the thread has violated something: its registers are cleared
}

// rename is the state after CPUs have changed places.
func (y *symmetry) rename(r *renaming, st state) state {
	m := y.m
	out := slices.Clone(st)
	for c, to := range r.cell {
		out[to] = r.value(y.sorts[c], st[c])
	}
	for t := range m.threads {
		tl := &m.threads[t]
		first, end := m.threadSlots(t)
		to, _ := m.threadSlots(r.thread[t])
		for slot := first; slot < end; slot++ {
			s := y.sorts[slot]
			if slot >= tl.regs {
				s = y.regSort(st[tl.pc], slot-tl.regs)
			}
			out[to+slot-first] = r.value(s, st[slot])
		}
	}
	out[m.doubted] = r.value(sortThreads, st[m.doubted])
	return out
}

// renamings tells, for each slot of a unit that is not the first of its class,
// how the two change places.
func (y *symmetry) renamings(slots int) []*renaming {
	list := make([]*renaming, slots)
	for _, c := range y.classes {
		for i, u := range c.units[1:] {
			for _, slot := range y.unitSlots(u) {
				list[slot] = c.first[i]
			}
		}
	}
	return list
}

// least are the threads, and the cell, as they are if units that are alike are
// called by the first numbers, in the order in which the threads come.
func (y *symmetry) least(threads []int, cell int) ([]int, int) {
	r := y.unchanged()
	given := make([][]int, len(y.classes)) // by class: the units in the order of their new places
	for _, t := range threads {
		if of := y.of[t]; of.class >= 0 && !slices.Contains(given[of.class], of.unit) {
			given[of.class] = append(given[of.class], of.unit)
		}
	}
	for k, c := range y.classes {
		for u := range c.units {
			if !slices.Contains(given[k], u) {
				given[k] = append(given[k], u)
			}
		}
		for place, u := range given[k] {
			y.place(r, &c.units[u], &c.units[place])
		}
	}
	out := make([]int, len(threads))
	for i, t := range threads {
		out[i] = r.thread[t]
	}
	if cell >= 0 {
		cell = r.cell[cell]
	}
	return out, cell
}

// spread adds to a set of threads all that are alike.
func (y *symmetry) spread(set *threadSet) {
	for t := range y.of {
		if set.has(t) {
			for u := range y.of {
				if y.of[u].rep == y.of[t].rep {
					set.add(u)
				}
			}
		}
	}
}
