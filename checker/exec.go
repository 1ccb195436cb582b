package checker

import (
	"math/bits"

	"lastput/spec"
)

// This file is what instructions do: visible operations, and what rides on
// them.

// A frame is where an instruction finds its registers and its thread.
type frame struct {
	m      *machine
	thread int   // -1 for mc_init and invariants
	s      state // has the kept registers, from slot regs on
	regs   int
	kept   int
	local  int64 // first cell of its locals
}

func (m *machine) threadFrame(s state, t int) frame {
	tl := &m.threads[t]
	return frame{m: m, thread: t, s: s, regs: tl.regs, kept: tl.nregs, local: int64(m.p.Threads[t].LocalBase)}
}

func (f *frame) reg(r int) int64 {
	if r < f.kept {
		return f.m.get(f.s, f.regs+r)
	}
	return f.m.temps[r-f.kept]
}

func (f *frame) setReg(r int, v int64) {
	if r < f.kept {
		f.m.set(f.s, f.regs+r, v)
		return
	}
	f.m.temps[r-f.kept] = v
}

func (f *frame) value(o spec.Operand) int64 {
	switch o.Kind {
	case spec.OpdReg:
		return f.reg(int(o.Val))
	case spec.OpdAddr, spec.OpdFunc:
		return o.Val + 1
	case spec.OpdLocal:
		return f.local + o.Val + 1
	}
	return o.Val
}

// runAtomic runs a proc that belongs to no thread and returns its result.
func (m *machine) runAtomic(s state, proc int) int64 {
	p := &m.p.Procs[proc]
	clear(m.temps)
	f := frame{m: m, thread: -1, local: int64(p.LocalBase)}
	pc := int64(p.Entry)
	for n := 0; m.ok(); n++ {
		in := &m.p.Code[pc]
		m.mark(&m.executed[pc])
		switch {
		case in.Op == spec.OpEnd:
			return f.value(in.A)
		case n == maxRide:
			m.fail(spec.Assertion, -1, in, true, "%s ran %d instructions: a loop that does not end", p.Name, n)
		case in.Visible():
			m.operate(s, f, in)
			pc++
		default:
			pc = m.local(s, f, in, pc)
		}
	}
	return 0
}

// checkInvariants looks at the invariants in a state that a step of t made.
func (m *machine) checkInvariants(s state, t int) {
	for _, i := range m.p.Invariants {
		rec := m.record
		if rec != nil {
			m.record = &Step{} // what an invariant reads is not part of the step
		}
		holds := m.runAtomic(s, i)
		m.record = rec
		if m.ok() && holds == 0 {
			m.fail(spec.Invariant, t, &m.p.Code[m.p.Procs[i].Entry], false, "%s does not hold", m.p.Procs[i].Name)
		}
	}
}

// visible does the visible operation the thread rests at.
func (m *machine) visible(s state, t int) {
	slot := m.threads[t].pc
	pc := m.get(s, slot)
	in := &m.p.Code[pc]
	if m.record != nil {
		m.record.Pos, m.record.Frame = in.Pos, in.Frame
	}
	m.mark(&m.executed[pc])
	m.operate(s, m.threadFrame(s, t), in)
	if m.ok() {
		m.set(s, slot, pc+1)
	}
}

// operate does a visible operation.
func (m *machine) operate(s state, f frame, in *spec.Inst) {
	if in.Sleep {
		m.maySleep(s, f.thread, in)
		if !m.ok() {
			return
		}
	}
	switch in.Op {
	case spec.OpLoad, spec.OpStore, spec.OpRMW, spec.OpUse:
		m.access(s, f, in)
	case spec.OpPreempt:
		m.preemptOp(s, f.thread, in)
	case spec.OpCPU:
		f.setReg(in.Dst, m.cpu(s, f.thread))
	case spec.OpAwait:
		m.await(s, f.thread)
	case spec.OpRelease:
		m.release(s, f, in)
	case spec.OpHog:
		m.blocked = true
	case spec.OpYield:
		m.yielded = !in.Sleep
	case spec.OpIRQ:
		m.irqOp(s, f, in)
	case spec.OpRCU:
		m.rcuOp(s, f.thread, in)
	case spec.OpGrace:
		m.grace(s, f.thread, in)
	case spec.OpStop:
		m.blocked = f.thread >= 0 && m.withholder(s, f.thread, f.value(in.A), spec.Class(in.B.Val)) != nobody
	}
}

func (m *machine) cpu(s state, t int) int64 {
	if t < 0 {
		return 0
	}
	return m.get(s, m.threads[t].cpu)
}

func (m *machine) preemptOp(s state, t int, in *spec.Inst) {
	if t < 0 {
		return
	}
	n := m.get(s, m.threads[t].preempt) + in.A.Val
	if n < 0 {
		m.fail(spec.Unbalanced, t, in, false, "preemption is turned on that was not off")
		n = 0
	}
	m.left = m.left || n == 0
	m.set(s, m.threads[t].preempt, n)
}

// irqOp turns interrupts off or on, on the CPU of the thread.
func (m *machine) irqOp(s state, f frame, in *spec.Inst) {
	turnOff := f.value(in.A) != 0
	if f.thread < 0 {
		f.setReg(in.Dst, 0)
		return
	}
	if m.p.Threads[f.thread].Class == spec.IRQ {
		// A handler has them off from its begin to its end.
		f.setReg(in.Dst, 1)
		if !turnOff {
			m.fail(spec.Unbalanced, f.thread, in, false, "the handler %s turns interrupts on", m.p.Threads[f.thread].Name)
		}
		return
	}
	slot := m.threads[f.thread].irqOff
	f.setReg(in.Dst, m.get(s, slot))
	m.left = m.left || !turnOff
	m.set(s, slot, bit(turnOff))
}

func (m *machine) rcuOp(s state, t int, in *spec.Inst) {
	if t < 0 {
		return
	}
	n := m.get(s, m.threads[t].readers) + in.A.Val
	if n < 0 {
		m.fail(spec.Unbalanced, t, in, false, "a read-side section ends that was not begun")
		n = 0
	}
	m.left = m.left || n == 0
	m.set(s, m.threads[t].readers, n)
}

// grace begins a grace period, or waits for its end.
func (m *machine) grace(s state, t int, in *spec.Inst) {
	if t < 0 {
		return
	}
	tl := &m.threads[t]
	if spec.GraceKind(in.Sub) == spec.GraceWait {
		m.blocked = m.get(s, tl.graceCPUs) != 0 || m.get(s, tl.graceReaders) != 0
		return
	}
	if in.A.Val&spec.FlavourSched != 0 {
		cpus := int64(0)
		for c := range m.p.NCPU {
			cpus |= bit(m.heldUp(s, c)) << c
		}
		m.set(s, tl.graceCPUs, cpus)
	}
	if in.A.Val&spec.FlavourPreemptible != 0 {
		readers := int64(0)
		for u := range m.threads {
			readers |= bit(m.reads(s, u)) << u
		}
		m.set(s, tl.graceReaders, readers)
	}
}

// maySleep refuses a call that may sleep where that is not allowed.
func (m *machine) maySleep(s state, t int, in *spec.Inst) {
	if t < 0 {
		return
	}
	why := ""
	switch tl := &m.threads[t]; {
	case m.p.Threads[t].Class == spec.IRQ:
		why = "in an interrupt handler"
	case m.get(s, tl.preempt) > 0:
		why = "with preemption off"
	case m.get(s, tl.irqOff) != 0:
		why = "with interrupts off"
	case m.get(s, tl.readers) > 0:
		why = "inside a read-side section of RCU"
	default:
		return
	}
	m.fail(spec.SleepInAtomic, t, in, false, "%s may sleep here, %s", m.p.Threads[t].Name, why)
}

func (m *machine) await(s state, t int) {
	if m.get(s, m.threads[t].news) == 0 {
		m.blocked = true
		return
	}
	m.set(s, m.threads[t].news, 0)
}

// access reads or writes memory.
func (m *machine) access(s state, f frame, in *spec.Inst) {
	cell, ok := m.address(s, f, in)
	if !ok {
		return
	}
	old := m.get(s, cell)
	t := &m.p.Types[m.p.Cells[cell].Type]
	if as := &m.p.Types[in.Type]; in.Op != spec.OpUse && as != t && !as.SameValues(t) {
		m.fail(spec.InvalidAccess, f.thread, in, true, "%s is a %s and is accessed as a %s", m.p.Cells[cell].Name, t.Name, as.Name)
		return
	}
	switch in.Op {
	case spec.OpLoad:
		f.setReg(in.Dst, old)
		m.event(Event{Kind: EventRead, Cell: cell, Old: old, New: old}, in)
		return
	case spec.OpUse:
		m.event(Event{Kind: EventRead, Cell: cell, Old: old, New: old}, in)
		return
	case spec.OpStore:
		m.set(s, cell, t.Normalize(f.value(in.B)))
	case spec.OpRMW:
		m.set(s, cell, spec.EvalRMW(spec.RMWKind(in.Sub), t, old, f.value(in.B), f.value(in.C)))
		f.setReg(in.Dst, old)
	}
	m.event(Event{Kind: EventWrite, Cell: cell, Old: old, New: m.get(s, cell)}, in)
}

// address is the cell an access goes to, if it may go there.
func (m *machine) address(s state, f frame, in *spec.Inst) (cell int, ok bool) {
	cell, bad := m.locate(s, f, in)
	if bad != "" {
		m.fail(spec.InvalidAccess, f.thread, in, true, "%s", bad)
		return 0, false
	}
	c := &m.p.Cells[cell]
	if c.Object >= 0 && m.get(s, m.released+c.Object) != 0 && f.thread >= 0 {
		m.fail(spec.UseAfterRelease, f.thread, in, false, "%s is used after %s was released", c.Name, m.p.Objects[c.Object].Name)
	}
	return cell, m.ok()
}

// locate is the cell an access goes to; bad says why there is none.
func (m *machine) locate(s state, f frame, in *spec.Inst) (cell int, bad string) {
	ptr := f.value(in.A)
	if ptr <= 0 || ptr > int64(len(m.p.Cells)) {
		return 0, "NULL is dereferenced"
	}
	cell = int(ptr - 1)
	if in.ThisCPU != 0 {
		v := m.p.Vars[m.p.Cells[cell].Var]
		cell += int(in.ThisCPU) * int(m.cpu(s, f.thread))
		if cell >= v.Cell+v.Cells {
			return 0, v.Name + " has no element for this CPU"
		}
	}
	if v := &m.p.Vars[m.p.Cells[cell].Var]; v.Scoped && m.get(s, v.Cell) == 0 {
		return 0, v.Name + " is used after the end of its scope"
	}
	return cell, ""
}

// local does what rides on a step and returns where execution goes on.
func (m *machine) local(s state, f frame, in *spec.Inst, at int64) (pc int64) {
	pc = at + 1
	switch in.Op {
	case spec.OpMov:
		f.setReg(in.Dst, f.value(in.A))
	case spec.OpConv:
		f.setReg(in.Dst, m.p.Types[in.Type].Normalize(f.value(in.A)))
	case spec.OpBin:
		m.bin(f, in)
	case spec.OpUn:
		f.setReg(in.Dst, spec.EvalUn(spec.UnOp(in.Sub), &m.p.Types[in.Type], f.value(in.A)))
	case spec.OpIndex:
		m.index(f, in)
	case spec.OpJump:
		pc = int64(in.To)
	case spec.OpBr:
		if f.value(in.A) == 0 {
			pc = int64(in.To)
		}
	case spec.OpChoose:
		f.setReg(in.Dst, int64(m.choose(int(in.A.Val))))
	case spec.OpPick:
		m.pick(f, in)
	case spec.OpAssert:
		if f.value(in.A) == 0 {
			m.fail(spec.Assertion, f.thread, in, false, "%s", m.p.Msgs[in.To])
		}
	case spec.OpAssume:
		m.pruned = f.value(in.A) == 0
	case spec.OpCover:
		if f.value(in.A) != 0 {
			m.mark(&m.covered[in.To])
		}
	case spec.OpScope:
		m.scope(s, f, in)
	case spec.OpGhost:
		m.ghost(s, f, in)
	case spec.OpSelf:
		f.setReg(in.Dst, int64(f.thread))
	default: // accesses to private locals, OpCPU and OpRelease where they are no steps
		m.operate(s, f, in)
	}
	if m.wrong != nil {
		return at // a violating state shows where it happened
	}
	return pc
}

func (m *machine) bin(f frame, in *spec.Inst) {
	v, what := spec.EvalBin(spec.BinOp(in.Sub), &m.p.Types[in.Type], f.value(in.A), f.value(in.B))
	if what != "" {
		m.fail(spec.InvalidAccess, f.thread, in, true, "%s", what)
		return
	}
	f.setReg(in.Dst, v)
}

// index computes the address of an element or a member.
func (m *machine) index(f frame, in *spec.Inst) {
	base, i := f.value(in.A), f.value(in.B)
	switch {
	case base <= 0 || base > int64(len(m.p.Cells)):
		m.fail(spec.InvalidAccess, f.thread, in, true, "NULL is dereferenced")
		return
	case in.C.Kind != spec.OpdNone && (i < 0 || i >= f.value(in.C)):
		m.fail(spec.InvalidAccess, f.thread, in, true, "index %d is out of range: the array has %d elements", i, f.value(in.C))
		return
	}
	v := m.p.Vars[m.p.Cells[base-1].Var]
	ptr := base + i*int64(in.To)
	if cell := ptr - 1; cell < int64(v.Cell) || cell >= int64(v.Cell+v.Cells) {
		m.fail(spec.InvalidAccess, f.thread, in, true, "a pointer is moved out of %s", v.Name)
		return
	}
	f.setReg(in.Dst, ptr)
}

// choose is the outcome of a choice among n.
func (m *machine) choose(n int) int {
	m.arity = append(m.arity, n)
	v := 0
	if m.taken < len(m.script) {
		v = m.script[m.taken]
	}
	m.taken++
	return v
}

// pick chooses a bit that is set. Outside a thread, and where nobody could tell,
// the order of CPUs does not matter, and it takes the lowest.
func (m *machine) pick(f frame, in *spec.Inst) {
	mask := uint64(f.value(in.A))
	if mask == 0 {
		m.fail(spec.InvalidAccess, f.thread, in, true, "a CPU is taken from an empty set")
		return
	}
	n := 0
	if f.thread >= 0 && !in.Commutes {
		n = m.choose(bits.OnesCount64(mask))
	}
	for ; n > 0 && mask&(mask-1) != 0; n-- {
		mask &= mask - 1
	}
	f.setReg(in.Dst, int64(bits.TrailingZeros64(mask)))
}

// scope makes a local's cells come alive, or dead, and zero.
func (m *machine) scope(s state, f frame, in *spec.Inst) {
	first := int(f.local + in.B.Val)
	for c := range int(in.C.Val) {
		m.set(s, first+c, 0)
	}
	m.set(s, first, in.A.Val)
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
