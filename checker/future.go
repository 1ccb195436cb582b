package checker

import (
	"slices"

	"lastput/spec"
)

// This file says, for each place where a thread can be, what it may look at and
// change from there on: slots of the state, and views of where threads rest. It
// says too much rather than too little.

// A slotSet is a set of slots and views.
type slotSet []uint64

func (s slotSet) add(slot int)      { s[slot/64] |= 1 << (slot % 64) }
func (s slotSet) has(slot int) bool { return s[slot/64]>>(slot%64)&1 != 0 }

func (s slotSet) union(t slotSet) (grew bool) {
	for i, w := range t {
		grew = grew || s[i]|w != s[i]
		s[i] |= w
	}
	return grew
}

func (s slotSet) meets(t slotSet) bool {
	for i, w := range t {
		if s[i]&w != 0 {
			return true
		}
	}
	return false
}

// stopGate stands for the cell of a gate that waits for no cell.
const stopGate = -1

// A touch is what some code may look at and change. What is changed counts as
// looked at.
type touch struct{ looks, changes slotSet }

// meets reports whether either changes what the other looks at.
func (tc *touch) meets(other *touch) bool {
	return tc.changes.meets(other.looks) || other.changes.meets(tc.looks)
}

// A gate is an instruction that waits for a cell: at some values of it the thread
// stays where it is. Or it is one that waits until it can stop some CPUs.
type gate struct {
	cell   int              // or stopGate
	closed [gateValues]bool // by value of the cell
	cpus   int64            // those that it wants to stop
}

// gateValues: a gate is closed at some of the values below.
const gateValues = 2

// futures are what the threads of a program may do.
type futures struct {
	m     *machine
	sorts *sorts
	size  int                   // slots and views
	gates []gate                // those that differ; at most 64
	stops bool                  // some of them wait for CPUs
	at    map[int]int           // by pc: the gate there
	insts [][]touch             // by proc's thread and instruction from its entry
	known []map[uint64][]*touch // by thread: for closed gates, by pc
	every touch                 // what each step touches: the invariants
}

// another is the same for a worker of its own.
func (f *futures) another() *futures {
	g := *f
	g.known = make([]map[uint64][]*touch, len(f.known))
	for t := range g.known {
		g.known[t] = map[uint64][]*touch{}
	}
	return &g
}

// newFutures works them out, or says why that cannot be done for the program.
func newFutures(m *machine) (f *futures, why string) {
	for t := range m.threads {
		if m.p.Threads[t].Migrates {
			return nil, "threads migrate"
		}
	}
	if m.queueing {
		return nil, "threads of one priority queue for a CPU"
	}
	f = &futures{m: m, sorts: m.sorts(), size: m.viewSlot(len(m.threads), 0), at: map[int]int{}}
	if f.sorts.lost {
		return nil, "it is not known where pointers point to"
	}
	f.every = f.empty()
	for _, proc := range m.p.Invariants {
		if len(m.p.Procs[proc].Locals) > 0 {
			return nil, "an invariant has variables in memory"
		}
	}
	if len(m.p.Invariants) > 0 {
		for c := range m.p.Cells {
			f.every.looks.add(c)
		}
		for o := range m.p.Objects {
			f.every.looks.add(m.released + o)
		}
	}
	f.findGates()
	for t := range m.threads {
		proc := &m.p.Procs[m.p.Threads[t].Proc]
		list := make([]touch, proc.End-proc.Entry)
		for i := range list {
			list[i] = f.inst(t, proc.Entry+i)
		}
		f.insts = append(f.insts, list)
		f.known = append(f.known, map[uint64][]*touch{})
	}
	return f, ""
}

func (f *futures) empty() touch {
	n := (f.size + 63) / 64
	return touch{make(slotSet, n), make(slotSet, n)}
}

// inst is what an instruction touches when thread t executes it, with all that
// the scheduler and the judges look at for it.
func (f *futures) inst(t, pc int) touch {
	m, out := f.m, f.empty()
	in := &m.p.Code[pc]
	out.looks.union(f.every.looks)
	look := func(slot int) {
		if slot != m.none {
			out.looks.add(slot)
		}
	}
	change := func(slot int) {
		if slot != m.none {
			out.looks.add(slot)
			out.changes.add(slot)
		}
	}
	f.scheduler(t, look, change)
	objects := func(do func(int), first int) {
		for o := range m.p.Objects {
			do(first + o)
		}
	}
	switch in.Op {
	case spec.OpLoad, spec.OpStore, spec.OpRMW, spec.OpUse:
		f.access(t, pc, look, change)
	case spec.OpScope:
		for c := range int(in.C.Val) {
			change(m.p.Threads[t].LocalBase + int(in.B.Val) + c)
		}
	case spec.OpGrace:
		if spec.GraceKind(in.Sub) == spec.GraceBegin {
			f.inside(look)
		}
	case spec.OpStop:
		f.inside(look)
	case spec.OpPreempt, spec.OpIRQ, spec.OpRCU, spec.OpEnd:
		f.leaves(change)
	case spec.OpRelease:
		for c := range m.p.Cells {
			if m.p.Cells[c].Object >= 0 {
				look(c)
			}
		}
		for u := range m.threads {
			look(m.threads[u].inGet)
			look(m.threads[u].pending)
			look(m.viewSlot(u, viewFinished))
			look(m.viewSlot(u, viewWaits))
			objects(look, m.threads[u].held)
		}
		objects(change, m.final)
		objects(change, m.released)
		// Of a thread that may wait on the memory it is asked what its step
		// would do, with all that rides on it.
		look(m.attempted)
		look(m.succeeded)
		look(m.doubted)
		f.leaves(change)
		if m.graces {
			f.inside(look) // those who were about to begin a get
		}
	case spec.OpGhost:
		f.ghost(t, spec.GhostKind(in.Sub), look, change)
	}
	return out
}

// scheduler is what every step of the thread looks at, and what it changes of
// itself.
func (f *futures) scheduler(t int, look, change func(int)) {
	m := f.m
	first, end := m.threadSlots(t)
	for slot := first; slot < end; slot++ {
		if slot == m.threads[t].cpu {
			look(slot) // nobody migrates
			continue
		}
		change(slot)
	}
	for v := range viewCount {
		change(m.viewSlot(t, v))
	}
	for u := range m.threads {
		look(m.threads[u].cpu)
	}
	for o := range m.p.Objects {
		look(m.released + o) // if somebody is about to begin a get
	}
	for u := range m.threads {
		if u == t || m.p.Threads[u].CPU != m.p.Threads[t].CPU {
			continue
		}
		ul := &m.threads[u]
		for _, slot := range []int{ul.preempt, ul.irqOff, ul.pending, ul.rank} {
			look(slot)
		}
		for v := range viewCount {
			look(m.viewSlot(u, v))
		}
	}
	// What was to come with the next step.
	change(m.attempted)
}

// inside is what says who is in a read-side section.
func (f *futures) inside(look func(int)) {
	m := f.m
	for u := range m.threads {
		ul := &m.threads[u]
		for _, slot := range []int{ul.preempt, ul.irqOff, ul.readers, ul.pending, ul.cpu} {
			look(slot)
		}
		for v := range viewCount {
			look(m.viewSlot(u, v))
		}
	}
}

// leaves is what the end of a read-side section touches, but for what the
// scheduler looks at on the CPU of the thread: all grace periods.
func (f *futures) leaves(change func(int)) {
	for u := range f.m.threads {
		change(f.m.threads[u].graceCPUs)
		change(f.m.threads[u].graceReaders)
	}
}

// access is what a load or a store touches.
func (f *futures) access(t, pc int, look, change func(int)) {
	m := f.m
	in := &m.p.Code[pc]
	cells := cellSet(nil)
	switch in.A.Kind {
	case spec.OpdAddr:
		cells = cells.with(int(in.A.Val))
	case spec.OpdLocal:
		cells = cells.with(m.p.Threads[t].LocalBase + int(in.A.Val))
	case spec.OpdReg:
		if f.sorts.regs[pc] == nil {
			return // never reached
		}
		cells = f.sorts.regs[pc][in.A.Val].cells
	}
	cells.each(func(c int) {
		if in.ThisCPU != 0 {
			c += int(in.ThisCPU) * m.p.Threads[t].CPU
			if c >= len(m.p.Cells) {
				return
			}
		}
		if o := m.p.Cells[c].Object; o >= 0 {
			look(m.released + o)
		}
		if v := &m.p.Vars[m.p.Cells[c].Var]; v.Scoped {
			look(v.Cell)
		}
		if look(c); in.Op == spec.OpStore || in.Op == spec.OpRMW {
			change(c)
		}
	})
}

// ghost is what a ghost statement touches of others.
func (f *futures) ghost(t int, kind spec.GhostKind, look, change func(int)) {
	m := f.m
	for o := range m.p.Objects {
		switch kind {
		case spec.GhostGot, spec.GhostRefused:
			look(m.final + o)
		case spec.GhostFinal:
			change(m.final + o)
			for u := range m.threads {
				look(m.threads[u].held + o)
			}
		}
	}
	switch kind {
	case spec.GhostGetBegin:
		f.leaves(change) // if there is nothing left to get
	case spec.GhostFinal:
		look(m.attempted)
	case spec.GhostCall:
		for u := range m.threads {
			if u != t && m.awaits[u] {
				look(m.viewSlot(u, viewFinished))
				change(m.threads[u].news)
			}
		}
	case spec.GhostRefused:
		look(m.succeeded)
		change(m.doubted)
		for u := range m.threads {
			look(m.threads[u].attempt)
		}
	case spec.GhostAttempted:
		change(m.succeeded)
		change(m.doubted)
	}
}

// findGates finds the instructions that wait for a cell whose address the program
// names: those from which the thread comes back to where it was, changing
// nothing, as long as the cell has a certain value.
//
// Where a step may bring with it what a ghost statement has announced, the state
// changes though the thread does not come further: that is no gate.
func (f *futures) findGates() {
	p := f.m.p
	announced := f.announced()
	for pc := range p.Code {
		in := &p.Code[pc]
		if in.Op == spec.OpStop && !announced[pc] && in.A.Kind == spec.OpdConst && len(f.gates) < 64 {
			f.at[pc] = len(f.gates)
			f.gates = append(f.gates, gate{cell: stopGate, cpus: in.A.Val})
			f.stops = true
			continue
		}
		if announced[pc] || (in.Op != spec.OpRMW && in.Op != spec.OpLoad) || in.Private || in.A.Kind != spec.OpdAddr || in.ThisCPU != 0 {
			continue
		}
		g := gate{cell: int(in.A.Val)}
		for v := range g.closed {
			g.closed[v] = f.comesBack(pc, int64(v))
		}
		if g.closed == [gateValues]bool{} {
			continue
		}
		i := slices.Index(f.gates, g)
		if i < 0 {
			if len(f.gates) == 64 {
				return
			}
			i = len(f.gates)
			f.gates = append(f.gates, g)
		}
		f.at[pc] = i
	}
}

// announced tells, for each instruction, whether a thread can come to it with
// something that is to happen with its next step.
func (f *futures) announced() []bool {
	p := f.m.p
	out := make([]bool, len(p.Code)+1)
	for changed := true; changed; {
		changed = false
		for pc := range p.Code {
			in := &p.Code[pc]
			is := out[pc] && !in.Visible()
			if in.Op == spec.OpGhost {
				switch spec.GhostKind(in.Sub) {
				case spec.GhostGetBegin, spec.GhostUnload, spec.GhostPutting:
					is = true
				}
			}
			to := []int{pc + 1}
			switch in.Op {
			case spec.OpEnd:
				to = nil
			case spec.OpJump:
				to = []int{in.To}
			case spec.OpBr:
				to = append(to, in.To)
			}
			for _, next := range to {
				if is && !out[next] {
					out[next], changed = true, true
				}
			}
		}
	}
	return out
}

// comesBack reports whether a thread that rests at the instruction, and finds the
// value in its cell, comes back there without having changed or met anything.
func (f *futures) comesBack(pc int, v int64) bool {
	p := f.m.p
	first := &p.Code[pc]
	t := &p.Types[p.Cells[first.A.Val].Type]
	if t.Normalize(v) != v {
		return false
	}
	regs := map[int64]int64{}
	value := func(o spec.Operand) (int64, bool) {
		switch o.Kind {
		case spec.OpdReg:
			v, known := regs[o.Val]
			return v, known
		case spec.OpdConst, spec.OpdNone:
			return o.Val, true
		}
		return 0, false
	}
	if first.Op == spec.OpRMW {
		b, ok := value(first.B)
		c, also := value(first.C)
		if !ok || !also || spec.EvalRMW(spec.RMWKind(first.Sub), t, v, b, c) != v {
			return false
		}
	}
	if slices.Contains(first.Live, first.Dst) {
		return false // the register it loads would not be as it was
	}
	regs[int64(first.Dst)] = v
	for at, n := pc+1, 0; n < 64; n++ {
		in := &p.Code[at]
		if at == pc {
			return true
		}
		if in.Dst >= 0 && in.Op.Info().HasDst && slices.Contains(first.Live, in.Dst) {
			return false
		}
		a, known := value(in.A)
		at++
		switch in.Op {
		case spec.OpNop:
		case spec.OpMov:
			if !known {
				return false
			}
			regs[int64(in.Dst)] = a
		case spec.OpConv:
			if !known {
				return false
			}
			regs[int64(in.Dst)] = p.Types[in.Type].Normalize(a)
		case spec.OpUn:
			if !known {
				return false
			}
			regs[int64(in.Dst)] = spec.EvalUn(spec.UnOp(in.Sub), &p.Types[in.Type], a)
		case spec.OpBin:
			b, also := value(in.B)
			r, bad := int64(0), ""
			if known && also {
				r, bad = spec.EvalBin(spec.BinOp(in.Sub), &p.Types[in.Type], a, b)
			}
			if !known || !also || bad != "" {
				return false
			}
			regs[int64(in.Dst)] = r
		case spec.OpJump:
			at = in.To
		case spec.OpBr:
			if !known {
				return false
			}
			if a == 0 {
				at = in.To
			}
		default:
			return false
		}
	}
	return false
}

// A waypoint is an instruction on the way of a thread, and what is known of one
// register, if reg is not -1.
type waypoint struct {
	pc, reg int
	value   int64
}

// next appends where the way goes on.
func (at waypoint) next(in *spec.Inst, work []waypoint) []waypoint {
	to := at
	to.pc++
	switch {
	case in.Op == spec.OpEnd:
		return work
	case in.Op == spec.OpJump:
		to.pc = in.To
		return append(work, to)
	case in.Op == spec.OpBr:
		known := at.reg >= 0 && in.A.Kind == spec.OpdReg && int(in.A.Val) == at.reg
		if !known || at.value != 0 {
			work = append(work, to)
		}
		if to.pc = in.To; !known || at.value == 0 {
			work = append(work, to)
		}
		return work
	case in.Op == spec.OpMov && in.A.Kind == spec.OpdConst:
		to.reg, to.value = in.Dst, in.A.Val
	case in.Op.Info().HasDst && in.Dst == at.reg, in.Visible() && !slices.Contains(in.Live, at.reg):
		to.reg, to.value = -1, 0
	}
	return append(work, to)
}

// of is what the thread may touch from an instruction on, where some gates are
// closed and stay so.
func (f *futures) of(t int, pc int, closed uint64) *touch {
	proc := &f.m.p.Procs[f.m.p.Threads[t].Proc]
	list := f.known[t][closed]
	if list == nil {
		list = make([]*touch, proc.End-proc.Entry)
		f.known[t][closed] = list
	}
	if tc := list[pc-proc.Entry]; tc != nil {
		return tc
	}
	// A path is followed with the last constant that was put in a register, so
	// that what a function has just returned decides what its caller does.
	out := f.empty()
	seen := map[waypoint]bool{}
	work := []waypoint{{pc: pc, reg: -1}}
	for len(work) > 0 {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		if at.pc >= proc.End || seen[at] {
			continue
		}
		seen[at] = true
		if g, is := f.at[at.pc]; is && closed>>g&1 != 0 {
			continue
		}
		tc := &f.insts[t][at.pc-proc.Entry]
		out.looks.union(tc.looks)
		out.changes.union(tc.changes)
		work = at.next(&f.m.p.Code[at.pc], work)
	}
	list[pc-proc.Entry] = &out
	return &out
}

// predicts reports whether a step of the thread that looked at some slots, and
// changed some, is one of those that are reckoned with.
func (f *futures) predicts(t, pc int, looked []int, changes []slotChange) bool {
	tc := f.of(t, pc, 0)
	for _, slot := range looked {
		if !tc.looks.has(slot) && !f.ofWaiter(tc, slot) {
			return false
		}
	}
	for _, c := range changes {
		if !tc.changes.has(c.slot) {
			return false
		}
	}
	return true
}

// ofWaiter reports whether the slot belongs to a thread of which it is asked
// whether it waits on the memory of an object: if it may, that depends on all of
// it. A step of such a thread counts as a change of that view.
func (f *futures) ofWaiter(tc *touch, slot int) bool {
	for u := range f.m.threads {
		first, end := f.m.threadSlots(u)
		if slot >= first && slot < end {
			return tc.looks.has(f.m.viewSlot(u, viewWaits))
		}
	}
	return false
}
