package checker

import (
	"fmt"
	"math/bits"
	"slices"

	"lastput/spec"
)

// This file is the reference interpreter: the meaning of a program. It says
// which threads may step in a state and what a step does. It is written to be
// read; anything faster is compared with it.

// A machine runs one program. It holds scratch memory and so belongs to one
// goroutine.
type machine struct {
	p *spec.Prog
	layout
	ignored [32]bool // by rank of property
	home    state    // the initial state, before mc_init
	dead    [][]int  // by pc: registers to clear when a thread rests there
	awaits  []bool   // by thread: it waits for the calls of others
	judged  bool     // some thread unloads, so a final put needs an attempt

	rules
	notes    map[spec.Property]*Note
	plain    []bool // by pc: a plain access to shared memory
	anyPlain bool

	// Of the step being taken.
	next     state // scratch for a successor
	temps    []int64
	script   []int // outcomes of its choices, those decided so far
	arity    []int // how many outcomes each choice met has
	taken    int   // choices met so far
	pruned   bool  // an assumption does not hold: the run ends unjudged
	blocked  bool  // the operation must wait
	wrong    *Violation
	freed    []int // objects released by the step
	probing  bool
	prober   *machine
	executed []bool
	covered  []bool
	record   *Step // if set, events are appended
	// interrupted, if set, is asked after each attempt to step that leads
	// nowhere: one step can have very many outcomes.
	interrupted func() bool
}

func newMachine(p *spec.Prog, r rules) *machine {
	m := &machine{p: p, layout: newLayout(p), executed: make([]bool, len(p.Code)), covered: make([]bool, len(p.Covers))}
	m.rules = r
	for _, prop := range r.ignore {
		m.ignored[prop.Rank()] = true
	}
	temps := 0
	m.dead = make([][]int, len(p.Code))
	for _, proc := range p.Procs {
		temps = max(temps, proc.Temps+proc.Regs)
		for at := proc.Entry; at < proc.End; at++ {
			if p.Code[at].Visible() {
				m.dead[at] = deadRegs(proc.Regs, p.Code[at].Live)
			}
		}
	}
	// Room for the temporaries of a thread and for all registers of an
	// invariant, which runs when the thread's step is over.
	m.temps = make([]int64, temps)
	m.awaits = make([]bool, len(p.Threads))
	for t, th := range p.Threads {
		proc := p.Procs[th.Proc]
		for _, in := range p.Code[proc.Entry:proc.End] {
			m.awaits[t] = m.awaits[t] || in.Op == spec.OpAwait
			m.judged = m.judged || in.Op == spec.OpGhost && spec.GhostKind(in.Sub) == spec.GhostUnload
		}
	}
	m.notes = map[spec.Property]*Note{}
	m.findPlain()
	m.home = m.initial()
	m.next = make(state, m.size)
	return m
}

func deadRegs(n int, live []int) []int {
	var dead []int
	for r := range n {
		if !slices.Contains(live, r) {
			dead = append(dead, r)
		}
	}
	return dead
}

// initial is the state before mc_init.
func (m *machine) initial() state {
	s := make(state, m.size)
	for i, c := range m.p.Cells {
		s[i] = c.Init
	}
	for t, th := range m.p.Threads {
		s[m.threads[t].pc] = int64(m.p.Procs[th.Proc].Entry)
		s[m.threads[t].cpu] = int64(th.CPU)
	}
	return s
}

// start is the state in which exploration begins: mc_init has run, threads
// that are born asleep rest at their first wait, and the invariants were
// looked at.
func (m *machine) start() state {
	s := slices.Clone(m.home)
	m.begin(nil)
	if m.p.Init >= 0 {
		m.runAtomic(s, m.p.Init)
	}
	for t, th := range m.p.Threads {
		if th.Asleep && m.wrong == nil {
			m.ride(s, t)
			m.bornOneWay(s, t)
		}
	}
	if m.wrong == nil {
		m.checkInvariants(s, -1)
	}
	m.mark(s)
	return s
}

// bornOneWay refuses a choice, or an assumption that fails, on the way to where
// a thread sleeps at birth: there is one start, so outcomes would be missed.
func (m *machine) bornOneWay(s state, t int) {
	if m.taken > 0 || m.pruned {
		m.pruned = false
		m.fail(spec.Assertion, t, m.at(s, t), false, "%s makes a choice or an assumption before it sleeps for the first time: that is not supported", m.p.Threads[t].Name)
	}
}

// begin forgets the step before.
func (m *machine) begin(script []int) {
	m.script, m.taken, m.arity = script, 0, m.arity[:0]
	m.pruned, m.blocked, m.wrong, m.freed = false, false, nil, m.freed[:0]
}

// at is the instruction the thread rests at.
func (m *machine) at(s state, t int) *spec.Inst { return &m.p.Code[s[m.threads[t].pc]] }

func (m *machine) finished(s state, t int) bool { return m.at(s, t).Op == spec.OpEnd }

// retired reports whether the thread was about to begin a pinned get of an
// object that is gone: no get starts any more, so it is done.
func (m *machine) retired(s state, t int) bool {
	if s[m.threads[t].pending]&pendGet == 0 || len(m.p.Objects) == 0 {
		return false
	}
	for o := range m.p.Objects {
		if s[m.released+o] == 0 {
			return false
		}
	}
	return true
}

// hasCPU reports whether the scheduler lets the thread run: no other thread
// keeps its CPU by having preemption off, and none of a higher class runs
// there. A thread that rests at a sleep-wait has given its CPU up.
func (m *machine) hasCPU(s state, t int) bool {
	tl := &m.threads[t]
	if s[tl.preempt] > 0 {
		return true
	}
	for u := range m.threads {
		ul := &m.threads[u]
		if u == t || s[ul.cpu] != s[tl.cpu] || m.finished(s, u) {
			continue
		}
		if s[ul.preempt] > 0 {
			return false
		}
		if m.p.Threads[u].Class > m.p.Threads[t].Class && !m.at(s, u).Sleep && !m.retired(s, u) {
			return false
		}
	}
	return true
}

// mayStep reports whether the thread has a step to try in the state; the step
// may still find that it has to wait.
func (m *machine) mayStep(s state, t int) bool {
	return s[m.violated] == 0 && !m.finished(s, t) && !m.retired(s, t) && m.hasCPU(s, t)
}

// mayMigrate reports whether the thread may move to another CPU.
func (m *machine) mayMigrate(s state, t int) bool {
	return m.p.Threads[t].Migrates && s[m.violated] == 0 && s[m.threads[t].preempt] == 0 &&
		!m.finished(s, t) && !m.retired(s, t)
}

// An outcome says what became of an attempt to step.
type outcome int

const (
	stepped outcome = iota
	waiting         // the step cannot be taken: a guard is false, or nothing would change
	pruned          // an assumption does not hold
)

// step takes a step of the thread, changing next, which begins as a copy of s.
// m.wrong tells whether it violated something; then next is a violating state.
func (m *machine) step(s, next state, t int, script []int) outcome {
	m.begin(script)
	m.applyPending(next, t)
	m.visible(next, t)
	if m.ok() {
		m.ride(next, t)
	}
	for _, o := range m.freed {
		if m.ok() && !m.probing {
			m.checkWaiters(next, t, o)
		}
	}
	if m.ok() && !m.probing {
		m.checkInvariants(next, t)
	}
	switch {
	case m.pruned:
		return pruned
	case m.blocked:
		return waiting
	case m.wrong != nil:
		m.clearRegs(next, t)
		m.mark(next)
		return stepped
	case slices.Equal(s, next):
		// It spins: a turn of a loop that finds everything as it was.
		return waiting
	}
	return stepped
}

// migrate moves the thread to a CPU.
func (m *machine) migrate(next state, t, cpu int) {
	m.begin(nil)
	next[m.threads[t].cpu] = int64(cpu)
}

// nextScript advances to the next combination of outcomes of the choices that
// the last step met, in counting order; ok is false after the last.
func (m *machine) nextScript(script []int) (_ []int, ok bool) {
	for len(script) < len(m.arity) {
		script = append(script, 0)
	}
	script = script[:len(m.arity)]
	for i := len(script) - 1; i >= 0; i-- {
		if script[i]++; script[i] < m.arity[i] {
			return script[:i+1], true
		}
	}
	return nil, false
}

// mark records the violation in the state.
func (m *machine) mark(s state) {
	if m.wrong != nil {
		s[m.violated] = int64(1 + m.wrong.Property.Rank())
	}
}

func (m *machine) ok() bool { return m.wrong == nil && !m.blocked && !m.pruned }

// fail reports a violation; unless the property is ignored, the step ends.
// Where the step cannot go on the caller says so with stuck.
func (m *machine) fail(prop spec.Property, t int, in *spec.Inst, stuck bool, format string, args ...any) {
	switch {
	case m.ignored[prop.Rank()]:
		m.pruned = m.pruned || stuck
		return
	case m.wrong != nil:
		return
	case prop.IsNote() && !m.strict:
		m.note(prop, in, format, args...)
		return
	}
	m.wrong = &Violation{Property: prop, Thread: t}
	if in != nil {
		m.wrong.Pos, m.wrong.Frame = in.Pos, in.Frame
	}
	if m.record != nil {
		m.wrong.Message = fmt.Sprintf(format, args...)
	}
}

// applyPending does what was to come with the thread's next step, or, where a
// role call is over or the thread ends without one, at once.
func (m *machine) applyPending(s state, t int) {
	tl := &m.threads[t]
	pend := s[tl.pending]
	if pend == 0 {
		return
	}
	s[tl.pending] = 0
	if pend&pendGet != 0 {
		s[tl.inGet] = 1
	}
	if pend&pendUnload != 0 {
		s[m.attempted] = 1
		s[tl.news] = 0
	}
	for o := 0; pend&pendPut != 0 && o < len(m.p.Objects); o++ {
		for ; s[tl.putting+o] > 0; s[tl.putting+o]-- {
			s[tl.held+o]--
			m.event(Event{Kind: EventPutting, Object: o}, m.at(s, t))
		}
	}
}

// ride runs the thread on to where it rests next.
func (m *machine) ride(s state, t int) {
	f := m.threadFrame(s, t)
	pc := &s[m.threads[t].pc]
	for n := 0; ; n++ {
		in := &m.p.Code[*pc]
		if m.rests(s, t, in) {
			break
		}
		if n == maxRide {
			m.fail(spec.Assertion, t, in, true, "the thread ran %d instructions without a visible operation: a loop that does not end", n)
			return
		}
		m.executed[*pc] = true
		m.line(in)
		m.local(s, f, in, pc)
		if !m.ok() {
			return
		}
	}
	m.executed[*pc] = true
	m.rest(s, t)
}

// maxRide bounds what rides on one step.
const maxRide = 1 << 16

// rests reports whether the thread rests before the instruction.
func (m *machine) rests(s state, t int, in *spec.Inst) bool {
	switch in.Op {
	case spec.OpEnd:
		return true
	case spec.OpCPU:
		return m.p.Threads[t].Migrates && s[m.threads[t].preempt] == 0
	}
	return in.Visible()
}

// rest clears what is dead where the thread has come to rest.
func (m *machine) rest(s state, t int) {
	tl := &m.threads[t]
	in := m.at(s, t)
	if in.Op != spec.OpEnd {
		for _, r := range m.dead[s[tl.pc]] {
			s[tl.regs+r] = 0
		}
		return
	}
	m.balance(s, t, in)
	m.applyPending(s, t)
	m.clearRegs(s, t)
	s[tl.cpu] = int64(m.p.Threads[t].CPU)
	s[tl.inGet], s[tl.news] = 0, 0
}

func (m *machine) clearRegs(s state, t int) {
	if t >= 0 {
		clear(s[m.threads[t].regs : m.threads[t].regs+m.threads[t].nregs])
	}
}

// A frame is where an instruction finds its registers and its thread.
type frame struct {
	thread int // -1 for mc_init and invariants
	kept   []int64
	temps  []int64
	local  int64 // first cell of its locals
}

func (m *machine) threadFrame(s state, t int) frame {
	tl := &m.threads[t]
	return frame{thread: t, kept: s[tl.regs : tl.regs+tl.nregs], temps: m.temps, local: int64(m.p.Threads[t].LocalBase)}
}

func (f *frame) reg(r int) *int64 {
	if r < len(f.kept) {
		return &f.kept[r]
	}
	return &f.temps[r-len(f.kept)]
}

func (f *frame) value(o spec.Operand) int64 {
	switch o.Kind {
	case spec.OpdReg:
		return *f.reg(int(o.Val))
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
	f := frame{thread: -1, kept: m.temps[:p.Regs], temps: m.temps[p.Regs:], local: int64(p.LocalBase)}
	pc := int64(p.Entry)
	for n := 0; m.ok(); n++ {
		in := &m.p.Code[pc]
		m.executed[pc] = true
		switch {
		case in.Op == spec.OpEnd:
			return f.value(in.A)
		case n == maxRide:
			m.fail(spec.Assertion, -1, in, true, "%s ran %d instructions: a loop that does not end", p.Name, n)
		case in.Visible():
			m.operate(s, f, in)
			pc++
		default:
			m.local(s, f, in, &pc)
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
	pc := &s[m.threads[t].pc]
	in := &m.p.Code[*pc]
	if m.record != nil {
		m.record.Pos, m.record.Frame = in.Pos, in.Frame
	}
	m.executed[*pc] = true
	m.operate(s, m.threadFrame(s, t), in)
	if m.ok() {
		*pc++
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
		*f.reg(in.Dst) = m.cpu(s, f.thread)
	case spec.OpAwait:
		m.await(s, f.thread)
	case spec.OpRelease:
		m.release(s, f, in)
	}
}

func (m *machine) cpu(s state, t int) int64 {
	if t < 0 {
		return 0
	}
	return s[m.threads[t].cpu]
}

func (m *machine) preemptOp(s state, t int, in *spec.Inst) {
	if t < 0 {
		return
	}
	n := &s[m.threads[t].preempt]
	if *n += in.A.Val; *n < 0 {
		m.fail(spec.Unbalanced, t, in, false, "preemption is turned on that was not off")
		*n = 0
	}
}

func (m *machine) maySleep(s state, t int, in *spec.Inst) {
	if t >= 0 && s[m.threads[t].preempt] > 0 {
		m.fail(spec.SleepInAtomic, t, in, false, "%s may sleep here, with preemption off", m.p.Threads[t].Name)
	}
}

func (m *machine) await(s state, t int) {
	if s[m.threads[t].news] == 0 {
		m.blocked = true
		return
	}
	s[m.threads[t].news] = 0
}

// access reads or writes memory.
func (m *machine) access(s state, f frame, in *spec.Inst) {
	cell, ok := m.address(s, f, in)
	if !ok {
		return
	}
	old := s[cell]
	t := &m.p.Types[m.p.Cells[cell].Type]
	switch in.Op {
	case spec.OpLoad:
		*f.reg(in.Dst) = old
		m.event(Event{Kind: EventRead, Cell: cell, Old: old, New: old}, in)
		return
	case spec.OpUse:
		m.event(Event{Kind: EventRead, Cell: cell, Old: old, New: old}, in)
		return
	case spec.OpStore:
		s[cell] = t.Normalize(f.value(in.B))
	case spec.OpRMW:
		s[cell] = spec.EvalRMW(spec.RMWKind(in.Sub), t, old, f.value(in.B), f.value(in.C))
		*f.reg(in.Dst) = old
	}
	m.event(Event{Kind: EventWrite, Cell: cell, Old: old, New: s[cell]}, in)
}

// address is the cell an access goes to, if it may go there.
func (m *machine) address(s state, f frame, in *spec.Inst) (cell int, ok bool) {
	cell, bad := m.locate(s, f, in)
	if bad != "" {
		m.fail(spec.InvalidAccess, f.thread, in, true, "%s", bad)
		return 0, false
	}
	c := &m.p.Cells[cell]
	if c.Object >= 0 && s[m.released+c.Object] != 0 && f.thread >= 0 {
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
	if v := &m.p.Vars[m.p.Cells[cell].Var]; v.Scoped && s[v.Cell] == 0 {
		return 0, v.Name + " is used after the end of its scope"
	}
	return cell, ""
}

// local does what rides on a step and moves pc on.
func (m *machine) local(s state, f frame, in *spec.Inst, pc *int64) {
	at := *pc
	*pc++
	switch in.Op {
	case spec.OpMov:
		*f.reg(in.Dst) = f.value(in.A)
	case spec.OpConv:
		*f.reg(in.Dst) = m.p.Types[in.Type].Normalize(f.value(in.A))
	case spec.OpBin:
		m.bin(f, in)
	case spec.OpUn:
		*f.reg(in.Dst) = spec.EvalUn(spec.UnOp(in.Sub), &m.p.Types[in.Type], f.value(in.A))
	case spec.OpIndex:
		m.index(f, in)
	case spec.OpJump:
		*pc = int64(in.To)
	case spec.OpBr:
		if f.value(in.A) == 0 {
			*pc = int64(in.To)
		}
	case spec.OpChoose:
		*f.reg(in.Dst) = int64(m.choose(int(in.A.Val)))
	case spec.OpPick:
		m.pick(f, in)
	case spec.OpAssert:
		if f.value(in.A) == 0 {
			m.fail(spec.Assertion, f.thread, in, false, "%s", m.p.Msgs[in.To])
		}
	case spec.OpAssume:
		m.pruned = f.value(in.A) == 0
	case spec.OpCover:
		m.covered[in.To] = m.covered[in.To] || f.value(in.A) != 0
	case spec.OpScope:
		m.scope(s, f, in)
	case spec.OpGhost:
		m.ghost(s, f, in)
	default: // accesses to private locals, OpCPU and OpRelease where they are no steps
		m.operate(s, f, in)
	}
	if m.wrong != nil {
		*pc = at // a violating state shows where it happened
	}
}

func (m *machine) bin(f frame, in *spec.Inst) {
	v, what := spec.EvalBin(spec.BinOp(in.Sub), &m.p.Types[in.Type], f.value(in.A), f.value(in.B))
	if what != "" {
		m.fail(spec.InvalidAccess, f.thread, in, true, "%s", what)
		return
	}
	*f.reg(in.Dst) = v
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
	*f.reg(in.Dst) = ptr
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

// pick chooses a bit that is set. Outside a thread the order of CPUs cannot
// matter, and it takes the lowest.
func (m *machine) pick(f frame, in *spec.Inst) {
	mask := uint64(f.value(in.A))
	if mask == 0 {
		m.fail(spec.InvalidAccess, f.thread, in, true, "a CPU is taken from an empty set")
		return
	}
	n := 0
	if f.thread >= 0 {
		n = m.choose(bits.OnesCount64(mask))
	}
	for ; n > 0 && mask&(mask-1) != 0; n-- {
		mask &= mask - 1
	}
	*f.reg(in.Dst) = int64(bits.TrailingZeros64(mask))
}

// scope makes a local's cells come alive, or dead, and zero.
func (m *machine) scope(s state, f frame, in *spec.Inst) {
	first := f.local + in.B.Val
	clear(s[first : first+in.C.Val])
	s[first] = in.A.Val
}

// ghost records what the model says of its references.
func (m *machine) ghost(s state, f frame, in *spec.Inst) {
	t := f.thread
	if t < 0 {
		return
	}
	tl := &m.threads[t]
	switch kind := spec.GhostKind(in.Sub); kind {
	case spec.GhostGot, spec.GhostPutting, spec.GhostFinal:
		if o, ok := m.object(f, in); ok {
			m.lifetime(s, t, kind, o, in)
		}
	case spec.GhostGetBegin:
		s[tl.pending] |= pendGet
	case spec.GhostGetEnd:
		// A get without a step of its own has never begun.
		s[tl.pending] &^= pendGet
		s[tl.inGet] = 0
	case spec.GhostUnload:
		s[tl.pending] |= pendUnload
	case spec.GhostCall:
		m.applyPending(s, t)
		for u := range m.threads {
			if u != t && m.awaits[u] && !m.finished(s, u) {
				s[m.threads[u].news] = 1
			}
		}
	case spec.GhostBalance:
		m.balance(s, t, in)
	case spec.GhostLock:
		s[tl.locks]++
	case spec.GhostUnlock:
		s[tl.locks]--
	case spec.GhostMaySleep:
		m.maySleep(s, t, in)
	case spec.GhostRefused:
		m.refused(s, t, in)
	}
}

// object is the object that an operand points to; NULL means the only one.
func (m *machine) object(f frame, in *spec.Inst) (int, bool) {
	ptr := f.value(in.A)
	if ptr == 0 && len(m.p.Objects) == 1 {
		return 0, true
	}
	if ptr > 0 && ptr <= int64(len(m.p.Cells)) {
		if o := m.p.Cells[ptr-1].Object; o >= 0 {
			return o, true
		}
	}
	m.fail(spec.InvalidAccess, f.thread, in, true, "the pointer given is to no object with a lifetime")
	return 0, false
}

func (m *machine) lifetime(s state, t int, kind spec.GhostKind, o int, in *spec.Inst) {
	tl := &m.threads[t]
	switch kind {
	case spec.GhostGot:
		if s[m.final+o] != 0 {
			m.fail(spec.GetAfterFinalPut, t, in, false, "%s got a reference to %s after the final put", m.p.Threads[t].Name, m.p.Objects[o].Name)
		}
		s[tl.held+o]++
		m.event(Event{Kind: EventGot, Object: o}, in)
	case spec.GhostPutting:
		s[tl.pending] |= pendPut
		s[tl.putting+o]++
	case spec.GhostFinal:
		m.finalPut(s, t, o, in)
	}
}

// finalPut records that the last put of the object was decided.
func (m *machine) finalPut(s state, t, o int, in *spec.Inst) {
	m.event(Event{Kind: EventFinal, Object: o}, in)
	if u := m.holder(s, o); u >= 0 {
		m.fail(spec.FinalPutWhileHeld, t, in, false, "the final put of %s was decided while %s held a reference", m.p.Objects[o].Name, m.p.Threads[u].Name)
	}
	if m.judged && s[m.attempted] == 0 && s[m.threads[t].pending]&pendUnload == 0 {
		m.fail(spec.FinalPutWhileHeld, t, in, false, "the final put of %s was decided before any unload began", m.p.Objects[o].Name)
	}
	s[m.final+o] = 1
}

// holder is a thread that holds a reference to the object, or -1. One thread
// may put what another got, so only the sum over all threads tells.
func (m *machine) holder(s state, o int) int {
	sum, holder := int64(0), -1
	for u := range m.threads {
		n := s[m.threads[u].held+o]
		sum += n
		if n > 0 && holder < 0 {
			holder = u
		}
	}
	if sum <= 0 {
		return -1
	}
	return holder
}

// release ends the life of an object. Where gets are pinned it waits for those
// in flight.
func (m *machine) release(s state, f frame, in *spec.Inst) {
	o, ok := m.object(f, in)
	if !ok || f.thread < 0 {
		return
	}
	for u := range m.threads {
		if m.p.Pinned && u != f.thread && s[m.threads[u].inGet] != 0 {
			m.blocked = true
			return
		}
	}
	if s[m.released+o] != 0 {
		m.fail(spec.DoubleRelease, f.thread, in, false, "%s was released twice", m.p.Objects[o].Name)
		return
	}
	if s[m.final+o] == 0 {
		m.finalPut(s, f.thread, o, in)
	}
	s[m.released+o] = 1
	m.freed = append(m.freed, o)
	m.event(Event{Kind: EventRelease, Object: o}, in)
}

func (m *machine) balance(s state, t int, in *spec.Inst) {
	tl := &m.threads[t]
	switch {
	case s[tl.preempt] != 0:
		m.fail(spec.Unbalanced, t, in, false, "%s comes back with preemption off", m.p.Threads[t].Name)
	case s[tl.locks] > 0:
		m.fail(spec.Unbalanced, t, in, false, "%s comes back with a lock held", m.p.Threads[t].Name)
	case s[tl.locks] < 0:
		m.fail(spec.Unbalanced, t, in, false, "%s comes back having given up a lock it did not take", m.p.Threads[t].Name)
	}
}

// checkWaiters looks for threads that wait on memory of an object that t has
// just released.
func (m *machine) checkWaiters(s state, t, o int) {
	for u := range m.threads {
		if u == t || m.finished(s, u) || m.retired(s, u) || !m.at(s, u).Op.Info().Access {
			continue
		}
		before := slices.Clone(s)
		before[m.released+o] = 0
		if m.prober == nil {
			m.prober = newMachine(m.p, rules{})
			m.prober.probing = true
		}
		f := m.threadFrame(before, u)
		cell, ok := m.prober.address(before, f, m.at(before, u))
		if !ok || m.p.Cells[cell].Object != o {
			continue
		}
		if m.prober.step(before, slices.Clone(before), u, nil) == waiting {
			m.fail(spec.UseAfterRelease, t, m.at(s, u), false, "%s was released while %s waits on its memory", m.p.Objects[o].Name, m.p.Threads[u].Name)
		}
	}
}

// stuck reports whether the state, in which nothing can step, is a deadlock:
// a thread that must finish has neither finished nor given up waiting for
// calls that cannot come any more.
func (m *machine) stuck(s state) bool {
	return len(m.stuckThreads(s)) > 0
}

func (m *machine) stuckThreads(s state) []int {
	var out []int
	for t, th := range m.p.Threads {
		if th.MustFinish && !m.finished(s, t) && !m.retired(s, t) && !m.givenUp(s, t) {
			out = append(out, t)
		}
	}
	return out
}

// givenUp reports whether the thread, in a state in which nothing can step,
// waits for a call that cannot come any more. If one has come it wants its CPU.
func (m *machine) givenUp(s state, t int) bool {
	return m.at(s, t).Op == spec.OpAwait && s[m.threads[t].news] == 0
}

// line records that execution has come to another line of the model.
func (m *machine) line(in *spec.Inst) {
	if m.record == nil || in.Pos.Line == 0 || m.p.Files[in.Pos.File].Library {
		return
	}
	m.record.Events = append(m.record.Events, Event{Kind: EventLine, Pos: in.Pos, Frame: in.Frame})
}

// event records something worth showing.
func (m *machine) event(e Event, in *spec.Inst) {
	if m.record == nil {
		return
	}
	e.Pos, e.Frame = in.Pos, in.Frame
	m.record.Events = append(m.record.Events, e)
}
