package checker

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lastput/spec"
)

// This file counts what a strategy costs where nobody is in the way: it runs a
// get, a put and an unload alone on the reference interpreter and looks at each
// step.

// A Price is what a path costs. Each write to shared memory is counted once,
// among RMWs, Stores, PerCPU and Locks; Barriers, Shared and Halting look at the
// same steps again. What a thread does to its own locals is no write.
type Price struct {
	// Steps are all visible operations but the start of a thread.
	Steps int
	// RMWs are atomic read-modify-writes, successful or not.
	RMWs int
	// Stores are stores.
	Stores int
	// PerCPU are read-modify-writes and stores by this_cpu operations, which
	// are atomic against the own CPU only.
	PerCPU int
	// Locks are locks taken, each with the write that takes it and the one
	// that gives it back.
	Locks int
	// Barriers are full memory barriers: fences, and fully ordered
	// operations other than those of PerCPU.
	Barriers int
	// Shared are the writes, of whichever kind, to lines that a thread on
	// another CPU writes as well: lines that move between caches.
	Shared int
	// Graces are grace periods of RCU waited for.
	Graces int
	// Halting are steps taken while another CPU could not run its getter or
	// unloader, because a thread that is neither kept it.
	Halting int
}

// A Path is a role that was run alone, from the initial state on. Other threads
// step only where it waits for them; their steps count as its own.
type Path struct {
	Price
	Outcome PathOutcome
	Why     string // says more of an outcome that is Waits or Breaks
}

// A PathOutcome says how a path ended. Of one that did not return the price is
// that of what was run.
type PathOutcome string

// The outcomes.
const (
	Returned PathOutcome = "returned" // and did what it is for
	Refused  PathOutcome = "refused"  // it returned, and failed
	NotRun   PathOutcome = "not run"  // a put: the get before it gave no reference
	Waits    PathOutcome = "waits"    // for what nobody does
	Endless  PathOutcome = "endless"  // it takes more than maxPath steps
	Breaks   PathOutcome = "violated" // it violates a property
)

// maxPath is how many steps a path may have.
const maxPath = 10_000

// Prices are what the paths of a strategy cost.
type Prices struct {
	NCPU             int // counted on so many CPUs
	Get, Put, Unload Path
	// On an isolated CPU a get and a put may go another way.
	IsolatedGet, IsolatedPut Path
	// Halts says which CPUs the unload halts.
	Halts Halt
}

// A Halt says which CPUs are kept from their threads at times while an unload
// runs.
type Halt string

// The halts.
const (
	HaltsNone        Halt = "none"
	HaltsNotIsolated Halt = "not isolated" // all but those
	HaltsIsolated    Halt = "isolated"     // only those
	HaltsAll         Halt = "all"
	HaltsUnknown     Halt = "unknown" // none were halted, but the unload did not return
)

// PriceScenario is where prices are counted: one unloader, a getter, and a
// getter on an isolated CPU, so that a stop which spares that CPU can be told
// from one that does not.
func PriceScenario() spec.Scenario {
	return spec.Scenario{Name: "custom", Getters: 2, Gets: 1, Unloaders: 1, Isolated: 1}
}

// Measure counts what a get, a put and an unload cost in a program that was
// built for PriceScenario.
func Measure(p *spec.Prog) *Prices {
	if p.Scenario != PriceScenario() {
		panic("checker: prices are not counted in " + p.Scenario.String())
	}
	c := newCounter(p)
	unloader, getter, isolated := c.roles[0], c.roles[1], c.roles[2]
	get, put := c.getAndPut(getter)
	isoGet, isoPut := c.getAndPut(isolated)
	unload := c.unload(unloader)
	// Only now it is known who writes which line.
	return &Prices{
		NCPU: p.NCPU, Halts: c.halts(unload),
		Get: c.path(get), Put: c.path(put), Unload: c.path(unload),
		IsolatedGet: c.path(isoGet), IsolatedPut: c.path(isoPut),
	}
}

// A counter runs paths of one program.
type counter struct {
	m     *machine
	roles []int // the threads of the harness: the unloader, then the getters
	lines []int // by cell: the cache line it lies in
	// writers is, by line, the set of CPUs whose threads write it in any of
	// the paths.
	writers map[int]uint64
}

func newCounter(p *spec.Prog) *counter {
	c := &counter{m: newMachine(p, rules{}), lines: linesOf(p), writers: map[int]uint64{}}
	for t := range p.Threads {
		if hasGhost(p, t, spec.GhostCall) {
			c.roles = append(c.roles, t)
		}
	}
	return c
}

// hasGhost reports whether the code of the thread has a ghost of the kind: only
// role calls have a GhostCall, only unloads a GhostUnload.
func hasGhost(p *spec.Prog, t int, kind spec.GhostKind) bool {
	proc := p.Procs[p.Threads[t].Proc]
	return slices.ContainsFunc(p.Code[proc.Entry:proc.End], func(in spec.Inst) bool {
		return in.Op == spec.OpGhost && spec.GhostKind(in.Sub) == kind
	})
}

// A walk is a path as it was run.
type walk struct {
	steps   []footstep
	outcome PathOutcome
	why     string
}

// A footstep is a step, as far as it costs anything.
type footstep struct {
	in     *spec.Inst
	cpu    int
	cell   int    // the shared memory it writes, or -1
	locks  int    // 1: it takes a lock; -1: it gives one back
	halted uint64 // CPUs that could not run meanwhile
}

// getAndPut runs a getter alone, from its start to its end: a get and a put.
func (c *counter) getAndPut(t int) (get, put *walk) {
	s, get := c.begin()
	got := false
	c.run(&s, t, get, func(e []Event) bool {
		got = slices.ContainsFunc(e, func(e Event) bool { return e.Kind == EventGot })
		return got
	})
	if get.outcome != Returned || !got {
		if get.outcome == Returned {
			get.outcome = Refused
		}
		return get, &walk{outcome: NotRun}
	}
	put = &walk{outcome: Returned}
	c.run(&s, t, put, nil)
	return get, put
}

// unload runs the unloader alone, until its first attempt has returned.
func (c *counter) unload(t int) *walk {
	s, w := c.begin()
	c.run(&s, t, w, func([]Event) bool { return c.m.at(s, t).Op == spec.OpAwait })
	if w.outcome == Returned && s[c.m.succeeded] == 0 {
		w.outcome = Refused
	}
	return w
}

func (c *counter) begin() (state, *walk) {
	c.m.owner = map[int64]int{}
	s, w := c.m.start(), &walk{outcome: Returned}
	c.broken(w)
	return s, w
}

// broken notes that the last step violated something.
func (c *counter) broken(w *walk) bool {
	if c.m.wrong != nil {
		w.outcome, w.why = Breaks, string(c.m.wrong.Property)
	}
	return c.m.wrong != nil
}

// run lets the thread step until it has ended, or done says so of the events of
// its last step. Where it has to wait, the first other thread that can step
// and is no getter or unloader does.
func (c *counter) run(s *state, t int, w *walk, done func([]Event) bool) {
	for w.outcome == Returned && !c.m.over(*s, t) {
		by, st := c.stepAny(*s, t)
		switch {
		case by == nobody:
			wait := c.m.waiting(*s, t, nil)
			w.outcome, w.why = Waits, c.m.p.Threads[t].Name+" "+wait.Why(c.m.p)
			return
		case len(w.steps) == maxPath:
			w.outcome = Endless
			return
		}
		if f := c.footstep(*s, c.m.next, by); f.in.Op != spec.OpStart {
			f.halted = c.halted(*s, t)
			w.steps = append(w.steps, f)
		}
		copy(*s, c.m.next)
		if c.broken(w) || by == t && done != nil && done(st.Events) {
			return
		}
	}
}

// stepAny steps the thread, or the first that can of those which may step for
// it; nobody if there is none. A handler need not come, so none begins.
func (c *counter) stepAny(s state, t int) (by int, st *Step) {
	if st = c.step(s, t); st != nil {
		return t, st
	}
	for u, th := range c.m.p.Threads {
		if slices.Contains(c.roles, u) || th.Class == spec.IRQ && !c.m.begun(s, u) {
			continue
		}
		if st = c.step(s, u); st != nil {
			return u, st
		}
	}
	return nobody, nil
}

// step takes a step of the thread with the first outcomes of its choices that
// are possible, to the machine's next state; nil if it has to wait.
func (c *counter) step(s state, t int) *Step {
	if !c.m.mayStep(s, t) {
		return nil
	}
	var script []int
	for more := true; more; script, more = c.m.nextScript(script) {
		st := &Step{}
		copy(c.m.next, s)
		c.m.record = st
		did := c.m.step(s, c.m.next, t, script)
		c.m.record = nil
		if did == stepped {
			return st
		}
	}
	return nil
}

// footstep is what the step of the thread from s to next costs. The step began
// with the visible operation that the thread rested at; if it took or gave back
// a lock, that was by this operation.
func (c *counter) footstep(s, next state, t int) footstep {
	tl := &c.m.threads[t]
	f := footstep{in: c.m.at(s, t), cpu: int(s[tl.cpu]), cell: -1, locks: int(next[tl.locks] - s[tl.locks])}
	if !c.m.writes(s, t) {
		return f
	}
	cell, ok := c.m.restingCell(s, t)
	if v := c.m.p.Vars[c.m.p.Cells[max(cell, 0)].Var]; ok && v.Thread != t {
		f.cell = cell
		c.writers[c.lines[cell]] |= 1 << f.cpu
	}
	return f
}

// halted is the set of CPUs, other than that of thread t, whose getter or
// unloader could not run in the state because another thread keeps the CPU: one
// of the model's own or of the library, for each CPU has one of the harness.
func (c *counter) halted(s state, t int) (cpus uint64) {
	for _, r := range c.roles {
		cpu := s[c.m.threads[r].cpu]
		if cpu == s[c.m.threads[t].cpu] || c.m.over(s, r) {
			continue
		}
		if c.m.keeper(s, r) != nobody {
			cpus |= 1 << cpu
		}
	}
	return cpus
}

// halts says which CPUs the unload halts.
func (c *counter) halts(unload *walk) Halt {
	var cpus uint64
	for _, f := range unload.steps {
		cpus |= f.halted
	}
	switch isolated := cpus & c.m.p.Isolated; {
	case cpus == 0 && unload.outcome != Returned && unload.outcome != Refused:
		return HaltsUnknown
	case cpus == 0:
		return HaltsNone
	case isolated == 0:
		return HaltsNotIsolated
	case isolated == cpus:
		return HaltsIsolated
	}
	return HaltsAll
}

// path adds up what a walk cost.
func (c *counter) path(w *walk) Path {
	p := Path{Outcome: w.outcome, Why: w.why, Price: Price{Steps: len(w.steps)}}
	for _, f := range w.steps {
		c.add(&p.Price, f)
	}
	return p
}

func (c *counter) add(p *Price, f footstep) {
	op := f.in.Op
	full := f.in.Order == spec.Full && f.in.ThisCPU == 0
	switch {
	case op == spec.OpFence && full:
		p.Barriers++
	case op == spec.OpGrace && spec.GraceKind(f.in.Sub) == spec.GraceWait:
		p.Graces++
	}
	if f.halted != 0 {
		p.Halting++
	}
	if f.cell < 0 {
		return
	}
	switch {
	case f.locks > 0:
		p.Locks++
	case f.locks < 0:
	case f.in.ThisCPU != 0:
		p.PerCPU++
	case op == spec.OpRMW:
		p.RMWs++
	default:
		p.Stores++
	}
	if full {
		p.Barriers++
	}
	if c.writers[c.lines[f.cell]]&^(1<<f.cpu) != 0 {
		p.Shared++
	}
}

// linesOf numbers the cache lines that the cells lie in. A variable is a line,
// but for what it has in arrays with an element for each CPU: of that, what is
// one CPU's is a line.
func linesOf(p *spec.Prog) []int {
	length := map[string]int{} // of arrays, by variable and place in it
	for i := range p.Cells {
		for _, ix := range indices(p, i) {
			length[ix.array] = max(length[ix.array], ix.at+1)
		}
	}
	numbers := map[string]int{}
	lines := make([]int, len(p.Cells))
	for i := range p.Cells {
		line := strconv.Itoa(p.Cells[i].Var)
		for _, ix := range indices(p, i) {
			if length[ix.array] == p.NCPU {
				line += fmt.Sprintf(" %s[%d]", ix.array, ix.at)
			}
		}
		n, known := numbers[line]
		if !known {
			n = len(numbers)
			numbers[line] = n
		}
		lines[i] = n
	}
	return lines
}

// An elementIndex is one index on the way from a variable to a cell.
type elementIndex struct {
	array string // the way to the array
	at    int
}

// indices takes a cell's name apart: "mod.stat[1].ref[2]" is in element 1 of
// mod.stat, and in element 2 of an array that all elements of mod.stat have.
func indices(p *spec.Prog, cell int) []elementIndex {
	c := &p.Cells[cell]
	way := strconv.Itoa(c.Var) + ":"
	var out []elementIndex
	for _, part := range strings.SplitAfter(c.Name, "]") {
		name, index, found := strings.Cut(part, "[")
		way += name
		at, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
		if !found || err != nil {
			continue
		}
		out = append(out, elementIndex{way, at})
		way += "[]"
	}
	return out
}

// A Reach says who hangs.
type Reach string

// The reaches.
const (
	HangsNobody   Reach = "no"
	HangsUnloader Reach = "unloader" // nobody else
	HangsBox      Reach = "box"      // others, too
	HangsUnknown  Reach = "unknown"  // none was seen, but not all was
)

// HangReach says who hangs in the runs of a program.
func HangReach(r *Result) Reach {
	if !slices.Contains(r.Properties, spec.Hang) {
		if r.Stopped() {
			return HangsUnknown
		}
		return HangsNobody
	}
	for _, t := range r.Stuck {
		if !hasGhost(r.Prog, t, spec.GhostUnload) {
			return HangsBox
		}
	}
	return HangsUnloader
}
