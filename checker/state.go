package checker

import "lastput/spec"

// This file fixes where everything lies in a state.

// A state is a vector of numbers of fixed layout: the cells of the program,
// what is recorded of its objects, then a block for each thread.
type state []int64

// A layout says what lies where in the states of a program. What a program has
// no use for lies at none, which holds 0 and is never written.
type layout struct {
	none      int
	final     int // final + o: the final put of object o was decided
	released  int // released + o: object o is gone
	attempted int // an unload attempt has begun
	succeeded int // an unload attempt has succeeded
	// doubted is a set of threads: the unload attempts that a failed get
	// overlapped and that are still under way. If all of them fail, so has
	// the get for nothing.
	doubted  int
	violated int // 1 + the rank of the property this state violates, or 0
	threads  []threadLayout
	size     int
}

// A threadLayout says where a thread's block and its parts lie.
type threadLayout struct {
	pc      int
	cpu     int
	preempt int // preemption count
	irqOff  int // interrupts are off
	readers int // depth of preemptible RCU read-side sections
	rank    int // place in the queue of its FIFO priority, from 1; 0: not in it
	// graceCPUs and graceReaders are sets of CPUs and of threads: those that
	// were inside a read-side section when the thread's grace period began
	// and have not left it since.
	graceCPUs    int
	graceReaders int
	locks        int // locks held
	pending      int // ghosts that come with the next step: the pend… bits
	inGet        int // a pinned get is under way
	attempt      int // an unload attempt is under way
	news         int // a role call of another thread has ended since the attempt began
	held         int // held + o: references to object o
	putting      int // putting + o: those of them that it gives up with its next step
	regs         int // the kept registers
	nregs        int
}

// Bits of threadLayout.pending.
const (
	pendGet    = 1 << iota
	pendUnload // an attempt to unload
	pendPut    // see threadLayout.putting
)

func newLayout(p *spec.Prog) layout {
	n := len(p.Cells)
	take := func(k int) int {
		n += k
		return n - k
	}
	l := layout{none: take(1)}
	takeIf := func(needed bool) int {
		if needed {
			return take(1)
		}
		return l.none
	}
	l.final, l.released = take(len(p.Objects)), take(len(p.Objects))
	l.attempted, l.succeeded, l.doubted, l.violated = take(1), take(1), take(1), take(1)
	for i, t := range p.Threads {
		has := procUses(p, t.Proc)
		tl := threadLayout{
			pc: take(1), cpu: take(1), preempt: takeIf(has.preempt), irqOff: takeIf(has.irq), readers: takeIf(has.rcu),
			rank: takeIf(queues(p, i)), graceCPUs: takeIf(has.graceSched), graceReaders: takeIf(has.gracePreemptible),
			locks: take(1), pending: take(1), inGet: takeIf(p.Pinned), attempt: takeIf(has.unload), news: takeIf(has.await),
			held: take(len(p.Objects)), putting: take(len(p.Objects)),
		}
		tl.nregs = p.Procs[t.Proc].Regs
		tl.regs = take(tl.nregs)
		l.threads = append(l.threads, tl)
	}
	l.size = n
	return l
}

// uses says which operations a proc has.
type uses struct {
	preempt, irq, rcu, graceSched, gracePreemptible, unload, await bool
}

func procUses(p *spec.Prog, proc int) (u uses) {
	for _, in := range p.Code[p.Procs[proc].Entry:p.Procs[proc].End] {
		switch in.Op {
		case spec.OpPreempt:
			u.preempt = true
		case spec.OpIRQ:
			u.irq = true
		case spec.OpRCU:
			u.rcu = true
		case spec.OpGrace:
			u.graceSched = u.graceSched || in.A.Val&spec.FlavourSched != 0
			u.gracePreemptible = u.gracePreemptible || in.A.Val&spec.FlavourPreemptible != 0
		case spec.OpAwait:
			u.await = true
		case spec.OpGhost:
			u.unload = u.unload || spec.GhostKind(in.Sub) == spec.GhostUnload
		}
	}
	return u
}

// queues reports whether the thread may have to queue for its CPU: it has a
// FIFO priority, and another thread that may come to its CPU has the same.
func queues(p *spec.Prog, t int) bool {
	a := p.Threads[t]
	for u, b := range p.Threads {
		if u != t && a.Class.FIFO() && a.Class == b.Class && (a.CPU == b.CPU || a.Migrates || b.Migrates) {
			return true
		}
	}
	return false
}

// get and set are how the interpreter reads and changes states, all of it: a
// log, where there is one, then tells what the outcome depends on.
func (m *machine) get(s state, slot int) int64 {
	if m.log != nil {
		m.log.touch(slot)
	}
	return s[slot]
}

func (m *machine) set(s state, slot int, v int64) {
	if m.log != nil {
		m.log.touch(slot)
	}
	s[slot] = v
}

func (m *machine) add(s state, slot int, n int64) { m.set(s, slot, m.get(s, slot)+n) }

// A view is something that is asked of where a thread rests, and is known more
// often than the very place.
type view int

// The views.
const (
	viewFinished view = iota // at its end
	viewAsleep               // at a sleep-wait
	viewStart                // before its first step
	viewWaits                // where it may wait on the memory of an object
	viewCount
)

// viewsOf tells, for each view, at which instructions the answer is yes.
func viewsOf(p *spec.Prog) (views [viewCount][]bool) {
	for v := range views {
		views[v] = make([]bool, len(p.Code))
	}
	for pc := range p.Code {
		in := &p.Code[pc]
		views[viewFinished][pc] = in.Op == spec.OpEnd
		views[viewAsleep][pc] = in.Sleep
		views[viewStart][pc] = in.Op == spec.OpStart
		views[viewWaits][pc] = in.Op.Info().Access && (in.A.Kind != spec.OpdAddr || p.Cells[in.A.Val].Object >= 0)
	}
	return views
}

// restsAt asks where a thread rests.
func (m *machine) restsAt(s state, t int, v view) bool {
	slot := m.threads[t].pc
	if m.log != nil && !m.log.touched[slot] {
		m.log.touch(m.viewSlot(t, v))
	}
	return m.views[v][s[slot]]
}

// viewSlot stands for the view of a thread among the slots that are touched.
func (m *machine) viewSlot(t int, v view) int { return m.size + t*int(viewCount) + int(v) }

// A touchLog lists the slots of a state that were read or changed, in the order
// in which they first were; and views, which are numbered like slots.
type touchLog struct {
	slots   []int
	touched []bool
}

func (m *machine) newTouchLog() touchLog {
	return touchLog{touched: make([]bool, m.viewSlot(len(m.threads), 0))}
}

func (l *touchLog) reset() {
	for _, slot := range l.slots {
		l.touched[slot] = false
	}
	l.slots = l.slots[:0]
}

func (l *touchLog) touch(slot int) {
	if !l.touched[slot] {
		l.touched[slot] = true
		l.slots = append(l.slots, slot)
	}
}

// blockSlots lists the slots that belong to a thread: what is recorded of it,
// its registers and the cells of its locals.
func (m *machine) blockSlots(t int) []int {
	var slots []int
	for _, v := range m.p.Vars {
		for c := v.Cell; v.Thread == t && c < v.Cell+v.Cells; c++ {
			slots = append(slots, c)
		}
	}
	tl := &m.threads[t]
	for _, slot := range []int{tl.pc, tl.cpu, tl.preempt, tl.irqOff, tl.readers, tl.rank, tl.graceCPUs, tl.graceReaders, tl.locks, tl.pending, tl.inGet, tl.attempt, tl.news} {
		if slot != m.none {
			slots = append(slots, slot)
		}
	}
	for o := range m.p.Objects {
		slots = append(slots, tl.held+o, tl.putting+o)
	}
	for r := range tl.nregs {
		slots = append(slots, tl.regs+r)
	}
	return slots
}

// threadSlots is where what is recorded of a thread lies, its registers
// included.
func (m *machine) threadSlots(t int) (first, end int) {
	tl := &m.threads[t]
	return tl.pc, tl.regs + tl.nregs
}
