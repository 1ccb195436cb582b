package checker

import (
	"slices"

	"lastput/spec"
)

// This file draws one schedule: it takes a move at a time on the reference
// interpreter, and looks at no more of the others than it must.

// A walker draws schedules, one after the other. It holds scratch memory and what
// its schedules have seen, and so belongs to one goroutine.
type walker struct {
	m        *machine
	policy   policy
	maxSteps int
	migrates bool // some thread may migrate
	rate     int  // of migrations, in this run; one of migrationRates
	stopped  string
	recorded []Move // of the run, if record is set
	record   bool

	// Of the run being drawn.
	rnd    random
	s      state
	next   state
	atCPU  [][]int // threads by CPU
	ready  []int   // those that may step, if they need not wait
	rested []rest  // by thread: the wait it was last found in
	script []int

	conflicts conflicts
	visits    visits
	blind     bool // nothing is kept of what is seen
	work      *int // if set, what may still be done, in moves of one thread
}

// A rest is a wait that a thread was found in: at an access to a cell that had a
// value. As long as it has, the thread is taken to wait. That is but a way to
// save time: before a run is said to be at its end, all threads are asked.
type rest struct {
	waits bool
	cell  int
	value int64
}

// A scheduleEnd says how a schedule ended.
type scheduleEnd struct {
	number   int
	property spec.Property // "" if nothing was violated
	steps    int           // migrations not counted
	moves    int
	cut      bool // it came to the bound on its steps
}

func newWalker(p *spec.Prog, r rules, cfg *SampleConfig) *walker {
	w := &walker{m: newMachine(p, r), maxSteps: cfg.MaxSteps}
	w.policy = newPolicy(cfg, len(p.Threads))
	w.s, w.next = make(state, w.m.size), make(state, w.m.size)
	w.atCPU = make([][]int, p.NCPU)
	w.rested = make([]rest, len(p.Threads))
	w.conflicts = newConflicts(p)
	for _, t := range p.Threads {
		w.migrates = w.migrates || t.Migrates
	}
	return w
}

// run draws a schedule. length is how long runs are, as far as is known.
func (w *walker) run(rnd random, length int) (e scheduleEnd) {
	w.rnd = rnd
	w.recorded = nil
	if w.migrates {
		w.rate = migrationRates[w.rnd.intN(len(migrationRates))]
	}
	w.policy.begin(&w.rnd, length)
	w.conflicts.begin()
	w.visits.begin()
	w.forget()
	copy(w.s, w.m.start())
	for w.see(); ; w.see() {
		if e.property = w.violated(); e.property != "" {
			break
		}
		if e.cut = e.moves == w.maxSteps; e.cut {
			break
		}
		migrated, moved := w.move(e.steps)
		if !moved {
			e.property = w.end()
			break
		}
		e.moves++
		if !migrated {
			e.steps++
		}
		w.s, w.next = w.next, w.s
	}
	w.visits.end()
	if w.work != nil {
		if *w.work -= e.moves * len(w.m.threads); *w.work <= 0 {
			w.stopped = stoppedByWork
		}
	}
	return e
}

// stoppedByWork ends a sampling that has done the work it may do.
const stoppedByWork = "work"

// see counts the state.
func (w *walker) see() {
	if !w.blind {
		w.visits.see(w.s)
	}
}

// forget forgets which threads wait.
func (w *walker) forget() {
	for t := range w.rested {
		w.rested[t].waits = false
	}
}

// migrationRates: one in so many moves of a schedule is a migration, if any is
// possible; 0 is none without need. Some bugs need several, others show only
// while nobody moves, so each schedule draws a rate.
var migrationRates = [...]int{0, 64, 16, 4}

// move takes a move to w.next; false if none is possible.
func (w *walker) move(step int) (migrated, moved bool) {
	if w.rate > 0 && w.rnd.intN(w.rate) == 0 && w.migrate() {
		return true, true
	}
	if w.step(step) {
		return false, true
	}
	// Only what is remembered of waits may stand in the way.
	if w.forget(); w.step(step) {
		return false, true
	}
	if w.migrates && w.m.stepsAfterMigration(w.s) {
		return true, w.migrate()
	}
	return false, false
}

// end judges a state in which no move leads on.
func (w *walker) end() spec.Property {
	return w.m.terminal(w.s, w.m.successors(w.s, func(Move, state) bool { return true }))
}

// migrate moves any thread that may to any CPU it may.
func (w *walker) migrate() bool {
	n, t, cpu := 0, nobody, 0
	for u := range w.m.threads {
		if !w.m.mayMigrate(w.s, u) {
			continue
		}
		for _, c := range w.m.destinations(w.s, u) {
			if n++; w.rnd.intN(n) == 0 {
				t, cpu = u, c
			}
		}
	}
	if t == nobody {
		return false
	}
	copy(w.next, w.s)
	w.m.migrate(w.next, t, cpu)
	w.rested[t].waits = false
	if w.record {
		w.recorded = append(w.recorded, Move{Thread: t, Migrate: true, To: cpu})
	}
	return true
}

// step lets a thread step that the policy picks of those that can.
func (w *walker) step(step int) bool {
	for w.findReady(); len(w.ready) > 0; {
		i := w.policy.pick(w.ready, step)
		t := w.ready[i]
		if w.try(t) {
			w.policy.took(t, step)
			if w.rested[t].waits = false; len(w.m.freed) > 0 {
				w.forget() // who waits on what is gone goes wrong
			}
			return true
		}
		w.ready = slices.Delete(w.ready, i, i+1)
	}
	return false
}

// findReady finds the threads that may step, in order: as mayStep says, but each
// is compared only with those on its CPU.
func (w *walker) findReady() {
	m := w.m
	w.ready = w.ready[:0]
	for cpu := range w.atCPU {
		w.atCPU[cpu] = w.atCPU[cpu][:0]
	}
	for t := range m.threads {
		cpu := m.get(w.s, m.threads[t].cpu)
		w.atCPU[cpu] = append(w.atCPU[cpu], t)
	}
	for t := range m.threads {
		if !m.over(w.s, t) && !w.waits(t) && !w.kept(t) {
			w.ready = append(w.ready, t)
		}
	}
}

func (w *walker) kept(t int) bool {
	for _, u := range w.atCPU[w.m.get(w.s, w.m.threads[t].cpu)] {
		if w.m.keeps(w.s, u, t) {
			return true
		}
	}
	return false
}

// waits reports whether the thread is known to wait.
func (w *walker) waits(t int) bool {
	r := &w.rested[t]
	r.waits = r.waits && (r.cell < 0 || w.s[r.cell] == r.value)
	return r.waits
}

// try takes a step of the thread, with any outcome of its choices that is
// possible. It is false if there is none.
func (w *walker) try(t int) bool {
	w.script = w.script[:0]
	did := w.take(t, nil)
	// How many outcomes a choice has depends on those before it only.
	for i := 0; i < len(w.m.arity); i++ {
		v := w.rnd.intN(w.m.arity[i])
		if w.script = append(w.script, v); v != 0 {
			did = w.take(t, w.script)
		}
	}
	if did != stepped && len(w.m.arity) > 0 {
		did = w.tryAll(t)
	}
	if did != stepped {
		w.remember(t)
		return false
	}
	w.conflicts.step(w, t)
	if w.record {
		mv := Move{Thread: t}
		if w.m.taken > 0 {
			mv.Choices = w.m.outcomes(w.script)
		}
		w.recorded = append(w.recorded, mv)
	}
	return true
}

func (w *walker) take(t int, script []int) outcome {
	copy(w.next, w.s)
	return w.m.step(w.s, w.next, t, script)
}

// tryAll looks at all outcomes, where the one that was drawn is not possible.
func (w *walker) tryAll(t int) outcome {
	var script, chosen []int
	n := 0
	for more := true; more; script, more = w.m.nextScript(script) {
		if w.take(t, script) != stepped {
			continue
		}
		if n++; w.rnd.intN(n) == 0 {
			chosen = w.m.outcomes(script)
		}
	}
	if n == 0 {
		return waiting
	}
	w.script = append(w.script[:0], chosen...)
	return w.take(t, w.script)
}

// remember notes that the thread waits, if it is plain what for.
func (w *walker) remember(t int) {
	in := w.m.at(w.s, t)
	switch {
	case len(w.m.arity) > 0 || w.m.pruned:
	case in.Op == spec.OpHog:
		w.rested[t] = rest{waits: true, cell: -1}
	case in.Op.Info().Access:
		if cell, ok := w.m.restingCell(w.s, t); ok {
			w.rested[t] = rest{waits: true, cell: cell, value: w.s[cell]}
		}
	}
}
