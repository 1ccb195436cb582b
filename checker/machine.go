package checker

import (
	"fmt"
	"slices"

	"lastput/spec"
)

// This file is the reference interpreter: the meaning of a program. It says
// which threads may step in a state and what a step does. It is written to be
// read; anything faster is compared with it. What instructions do is in exec.go,
// what is recorded of references in ghost.go.

// A machine runs one program. It holds scratch memory and so belongs to one
// goroutine.
type machine struct {
	p *spec.Prog
	layout
	ignored [32]bool // by rank of property
	home    state    // the initial state, before mc_init
	dead    [][]int  // by pc: registers to clear when a thread rests there
	awaits  []bool   // by thread: it waits for the calls of others
	views   [viewCount][]bool
	judged  bool // some thread unloads, so a final put needs an attempt
	// What the program has use for at all.
	graces   bool // grace periods
	queueing bool // threads of equal FIFO priority on one CPU
	finals   bool // the end of an object's life is spoken of
	releases bool // and its memory goes
	pins     bool // gets are pinned

	rules
	sym      *symmetry // if set, notes are of the first of the CPUs that are alike
	notes    map[spec.Property]*noteCase
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
	log      *touchLog // if set, told what is touched
	prober   *machine
	scratch  state         // of a prober
	owner    map[int64]int // if set, who took each lock: it is kept while a run is played
	yielded  bool          // the step gives up the thread's place in its queue
	left     bool          // the step may have ended a read-side section
	executed []bool
	covered  []bool
	undo     []func() // takes back what the step has marked or noted
	record   *Step    // if set, events are appended
	inferred *sorts   // see sorts
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
			m.graces = m.graces || in.Op == spec.OpGrace
			m.pins = m.pins || in.Op == spec.OpGhost && spec.GhostKind(in.Sub) == spec.GhostGetBegin
			m.releases = m.releases || in.Op == spec.OpRelease
			m.finals = m.finals || in.Op == spec.OpRelease || in.Op == spec.OpGhost && spec.GhostKind(in.Sub) == spec.GhostFinal
		}
		m.queueing = m.queueing || m.threads[t].rank != m.none
	}
	m.views = viewsOf(p)
	m.notes = map[spec.Property]*noteCase{}
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
		m.set(s, i, c.Init)
	}
	for t, th := range m.p.Threads {
		m.set(s, m.threads[t].pc, int64(m.p.Procs[th.Proc].Entry))
		m.set(s, m.threads[t].cpu, int64(th.CPU))
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
		if m.pruned {
			m.pruned = false
			m.fail(spec.Assertion, -1, &m.p.Code[m.p.Procs[m.p.Init].Entry], false, "mc_init assumes what does not hold: there is no run")
		}
	}
	for t, th := range m.p.Threads {
		if th.Asleep && m.wrong == nil {
			m.ride(s, t)
			m.bornOneWay(s, t)
		}
		if th.Hog && m.wrong == nil {
			m.bornHog(s, t)
		}
	}
	m.settle(s, nobody, nobody)
	if m.wrong == nil {
		m.checkInvariants(s, -1)
	}
	m.convict(s)
	if m.wrong != nil {
		return s
	}
	return m.follow(s)
}

// follow plays the moves after which a search begins. Check has seen that they
// can be played.
func (m *machine) follow(s state) state {
	for _, mv := range m.from {
		next := slices.Clone(s)
		if mv.Migrate {
			m.migrate(next, mv.Thread, mv.To)
		} else {
			m.step(s, next, mv.Thread, mv.Choices)
		}
		s = next
	}
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

// bornHog brings a hog to its loop, if nothing precedes it but what makes the
// CPU its own: a hog is already running when the others start.
func (m *machine) bornHog(s state, t int) {
	there := slices.Clone(s)
	for range m.p.Code {
		switch m.at(there, t).Op {
		case spec.OpStart, spec.OpPreempt, spec.OpIRQ:
			if m.visible(there, t); m.ok() {
				m.ride(there, t)
			}
			if !m.ok() {
				m.begin(nil) // it does that as its first step
				return
			}
		case spec.OpHog:
			copy(s, there)
			if rank := m.threads[t].rank; rank != m.none {
				m.set(s, rank, 1)
			}
			return
		default:
			return
		}
	}
}

// begin forgets the step before.
func (m *machine) begin(script []int) {
	m.script, m.taken, m.arity = script, 0, m.arity[:0]
	m.undo = m.undo[:0]
	m.pruned, m.blocked, m.yielded, m.left, m.wrong, m.freed = false, false, false, false, nil, m.freed[:0]
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
		m.settle(next, t, int(m.get(s, m.threads[t].cpu)))
		m.checkInvariants(next, t)
	}
	switch {
	case m.pruned:
		m.takeBack() // what an assumption rules out has not happened
		return pruned
	case m.blocked:
		return waiting
	case m.wrong != nil:
		m.clearRegs(next, t)
		m.convict(next)
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
	m.set(next, m.threads[t].cpu, int64(cpu))
	m.set(next, m.threads[t].rank, 0)
	m.settle(next, t, nobody)
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

// mark notes that something was reached.
func (m *machine) mark(reached *bool) {
	if !*reached {
		*reached = true
		m.undo = append(m.undo, func() { *reached = false })
	}
}

// convict records the violation in the state.
func (m *machine) convict(s state) {
	if m.wrong != nil {
		m.set(s, m.violated, int64(1+m.wrong.Property.Rank()))
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
		m.note(prop, t, in, format)
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

// ride runs the thread on to where it rests next.
func (m *machine) ride(s state, t int) {
	f := m.threadFrame(s, t)
	slot := m.threads[t].pc
	var round lap
	for n := 0; ; n++ {
		pc := m.get(s, slot)
		in := &m.p.Code[pc]
		if m.rests(s, t, in) {
			break
		}
		if in.Held && round.closes(s, m.temps) {
			// It spins, for a lock perhaps: the machine is not stopped before
			// that is free.
			m.takeBack()
			m.blocked = true
			return
		}
		if n == maxRide {
			m.fail(spec.Assertion, t, in, true, "the thread ran %d instructions without a visible operation: a loop that does not end", n)
			return
		}
		m.mark(&m.executed[pc])
		m.line(in)
		m.set(s, slot, m.local(s, f, in, pc))
		if !m.ok() {
			return
		}
	}
	m.mark(&m.executed[m.get(s, slot)])
	m.rest(s, t)
}

// A lap finds out, while something rides on a step, that it is again where it was.
type lap struct {
	n     int
	s     state // what was remembered last
	temps []int64
}

// closes reports whether all is as it was when something was remembered last. Now
// and then it remembers what is (Brent's way to find a cycle).
func (l *lap) closes(s state, temps []int64) bool {
	l.n++
	if l.s != nil && slices.Equal(s, l.s) && slices.Equal(temps, l.temps) {
		return true
	}
	if l.n >= 32 && l.n&(l.n-1) == 0 {
		l.s, l.temps = slices.Clone(s), slices.Clone(temps)
	}
	return false
}

// takeBack undoes what the step has marked and noted.
func (m *machine) takeBack() {
	for _, undo := range slices.Backward(m.undo) {
		undo()
	}
	m.undo = m.undo[:0]
}

// maxRide bounds what rides on one step.
const maxRide = 1 << 16

// rests reports whether the thread rests before the instruction.
func (m *machine) rests(s state, t int, in *spec.Inst) bool {
	switch in.Op {
	case spec.OpEnd:
		return true
	case spec.OpCPU:
		return m.p.Threads[t].Migrates && !in.Held && !m.atomic(s, t)
	}
	return in.Visible()
}

// rest clears what is dead where the thread has come to rest.
func (m *machine) rest(s state, t int) {
	tl := &m.threads[t]
	in := m.at(s, t)
	if in.Op != spec.OpEnd {
		for _, r := range m.dead[m.get(s, tl.pc)] {
			m.set(s, tl.regs+r, 0)
		}
		return
	}
	m.left = true
	m.balance(s, t, in)
	m.applyPending(s, t)
	m.clearRegs(s, t)
	m.set(s, tl.cpu, int64(m.p.Threads[t].CPU))
	m.set(s, tl.inGet, 0)
	m.set(s, tl.news, 0)
}

func (m *machine) clearRegs(s state, t int) {
	if t >= 0 {
		for r := range m.threads[t].nregs {
			m.set(s, m.threads[t].regs+r, 0)
		}
	}
}

// line records that execution has come to another line of the model.
func (m *machine) line(in *spec.Inst) {
	if m.record == nil || in.Op == spec.OpGhost || in.Pos.Line == 0 || m.p.Files[in.Pos.File].Library {
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
