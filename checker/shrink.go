package checker

import (
	"slices"
	"time"

	"lastput/spec"
)

// This file makes a violating run that was sampled small: fewer threads and
// rounds first, since nothing else makes a run so much easier to read, then
// fewer context switches, then fewer steps. What is left violates the same
// property. All of it is bounded by the work it may do, not by the clock, so that
// it comes out the same everywhere.

// Bounds of the work. A unit is a move of a program of one thread.
const (
	scenarioWork = 1 << 22 // to look for the violation in smaller scenarios
	runWork      = 1 << 22 // to make the run itself smaller
	// A scenario of so few threads is first searched exhaustively, up to so many
	// states: where that succeeds the run is one of the simplest there are.
	exhaustThreads = 9
	exhaustStates  = 1 << 14
	// So many times the number of schedules that it took are drawn in a smaller
	// scenario, but not fewer than leastProbes or more than mostProbes.
	probeFactor = 4
	leastProbes = 256
	mostProbes  = 1024
)

// A shrinker makes one violation small.
type shrinker struct {
	s        *sampler
	property spec.Property
	work     int // that may still be done
	p        *spec.Prog
	moves    []Move
	trace    *Trace // of the moves, where a search has made it
	bound    string // says how simple the trace is
	player   *walker
}

// explain finds a small run that violates the property found.
func (s *sampler) explain(r *Result) {
	k := &shrinker{s: s, property: r.Property, p: s.p, work: scenarioWork, bound: "shrunk; there may be simpler ones"}
	k.moves = s.movesFound()
	if s.cfg.Rebuild != nil && s.p.Scenario.Name != spec.ThreadsScenario {
		k.scenarios()
	}
	if k.trace == nil {
		k.work = runWork
		k.exhaust(k.p)
	}
	if k.trace == nil {
		k.run()
		k.trace = mustRun(k.p, s.rules, k.moves, nobody)
	}
	if v := k.trace.Violation; v == nil || v.Property != r.Property {
		panic("checker: internal error: a run that was sampled and violates " + string(r.Property) + " does not when replayed")
	}
	r.Prog, r.Trace, r.TraceBound = k.p, k.trace, k.bound
}

// movesFound draws the schedule found again and tells its moves.
func (s *sampler) movesFound() []Move {
	w := newWalker(s.p, s.rules, s.cfg)
	w.record, w.blind = true, true
	w.run(newRandom(s.cfg.Seed, uint64(s.found.number-1)), s.length)
	return w.recorded
}

// stopped reports whether there is no more time.
func (k *shrinker) stopped() bool {
	if k.s.lim.now() != "" {
		k.bound = "not shrunk to the end, for want of time"
		return true
	}
	return false
}

// scenarios looks for the violation in smaller and smaller scenarios.
func (k *shrinker) scenarios() {
	for again := true; again; {
		again = false
		for _, sc := range smaller(k.p.Scenario) {
			if k.work <= 0 || k.stopped() {
				return
			}
			p, err := k.s.cfg.Rebuild(sc)
			if err != nil {
				continue // the model may have no use for it
			}
			if again = k.find(p); again {
				break
			}
		}
	}
}

// smaller lists the scenarios to try instead of one, the greatest steps first.
func smaller(sc spec.Scenario) (list []spec.Scenario) {
	try := func(change func(*spec.Scenario)) {
		x := sc
		change(&x)
		x.Isolated = min(x.Isolated, x.Getters)
		x.Name = x.StandardName()
		if x != sc && x.Validate() == nil && !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	number := func(field func(*spec.Scenario) *int, least int) {
		n := *field(&sc)
		for _, to := range []int{least, n / 2, n - 1} {
			if least <= to && to < n {
				try(func(x *spec.Scenario) { *field(x) = to })
			}
		}
	}
	number(func(x *spec.Scenario) *int { return &x.Getters }, 1)
	number(func(x *spec.Scenario) *int { return &x.Unloaders }, 1)
	number(func(x *spec.Scenario) *int { return &x.Gets }, 1)
	number(func(x *spec.Scenario) *int { return &x.Nested }, 0)
	try(func(x *spec.Scenario) { x.IRQ = false })
	try(func(x *spec.Scenario) { x.Hog = spec.NoHog })
	try(func(x *spec.Scenario) { x.Handover = false })
	try(func(x *spec.Scenario) { x.Migrate = false })
	try(func(x *spec.Scenario) { x.SameCPU = false })
	number(func(x *spec.Scenario) *int { return &x.Isolated }, 0)
	return list
}

// find looks for the violation in another program and goes on with that if it
// is there.
func (k *shrinker) find(p *spec.Prog) bool {
	if found, known := k.exhaust(p); known {
		return found
	}
	cfg := *k.s.cfg
	cfg.Schedules = min(max(probeFactor*k.s.found.number, leastProbes), mostProbes)
	s := newSampler(p, &cfg, k.s.lim)
	s.sought = k.property
	s.workers = s.workers[:1]
	s.workers[0].blind, s.workers[0].work = true, &k.work
	s.run()
	if s.found == nil {
		return false
	}
	k.p, k.trace = p, nil
	k.moves = s.movesFound()
	return true
}

// exhaust searches a small program exhaustively. If it comes to an end it is
// known whether the violation is there. Properties that come before it in order
// are looked past.
func (k *shrinker) exhaust(p *spec.Prog) (found, known bool) {
	if len(p.Threads) > exhaustThreads {
		return false, false
	}
	cfg := Config{MaxStates: exhaustStates, Ignore: k.s.cfg.Ignore, Strict: k.s.cfg.Strict, Workers: 1}
	if k.s.cfg.Timeout > 0 {
		cfg.Timeout = max(1, k.s.cfg.Timeout-time.Since(k.s.lim.begin))
	}
	r, err := Check(k.s.lim.ctx, p, cfg)
	switch {
	case err != nil || r.Stopped():
		return false, false
	case !slices.Contains(r.Properties, k.property):
		return false, true
	}
	if r.Property != k.property {
		cfg.Ignore = slices.Concat(cfg.Ignore, r.Properties[:slices.Index(r.Properties, k.property)])
		if r, err = Check(k.s.lim.ctx, p, cfg); err != nil || r.Stopped() || r.Property != k.property {
			return false, false
		}
	}
	return k.adopt(p, r)
}

// adopt takes the run of a result, if it violates the property also where nothing
// is looked past. It is then one of the simplest that do: all others were in the
// search, too.
func (k *shrinker) adopt(p *spec.Prog, r *Result) (found, known bool) {
	var moves []Move
	for i := range r.Trace.Steps {
		moves = append(moves, r.Trace.Steps[i].Move)
	}
	t, err := run(p, k.s.rules, moves, r.Trace.CycleStart)
	if err != nil || t.Violation == nil || t.Violation.Property != k.property {
		return false, false
	}
	k.p, k.trace, k.bound = p, t, r.TraceBound
	return true, true
}

// run makes the run itself smaller, until nothing that is tried makes it so.
func (k *shrinker) run() {
	for better := true; better && k.work > 0 && !k.stopped(); {
		better = k.dropThreads()
		better = k.dropChunks() || better
		better = k.joinSegments() || better
	}
}

// dropThreads leaves out all steps of a thread.
func (k *shrinker) dropThreads() (better bool) {
	for t := range k.p.Threads {
		rest := slices.DeleteFunc(slices.Clone(k.moves), func(mv Move) bool { return mv.Thread == t })
		better = len(rest) < len(k.moves) && k.try(rest) || better
	}
	return better
}

// dropChunks leaves out parts of the run, large ones first: Zeller and
// Hildebrandt, "Simplifying and isolating failure-inducing input" (2002).
func (k *shrinker) dropChunks() (better bool) {
	for size := len(k.moves) / 2; size > 0; size /= 2 {
		for at := 0; at < len(k.moves) && k.work > 0; {
			rest := slices.Concat(k.moves[:at], k.moves[min(at+size, len(k.moves)):])
			if k.try(rest) {
				better = true
			} else {
				at += size
			}
		}
	}
	return better
}

// joinSegments brings what a thread does in two parts together, earlier or
// later.
func (k *shrinker) joinSegments() (better bool) {
	for again := true; again && k.work > 0; {
		again = false
		segs := segments(k.moves)
		for i := range segs {
			j := i + 1
			for j < len(segs) && segs[j].thread != segs[i].thread {
				j++
			}
			if j == len(segs) {
				continue
			}
			a, b := segs[i], segs[j]
			between := k.moves[a.end:b.begin]
			sooner := slices.Concat(k.moves[:a.end], k.moves[b.begin:b.end], between, k.moves[b.end:])
			later := slices.Concat(k.moves[:a.begin], between, k.moves[a.begin:a.end], k.moves[b.begin:])
			if k.try(sooner) || k.try(later) {
				again, better = true, true
				break
			}
		}
	}
	return better
}

// A segment is a part of a run in which one thread moves.
type segment struct{ thread, begin, end int }

func segments(moves []Move) (segs []segment) {
	for i, mv := range moves {
		if n := len(segs); n > 0 && segs[n-1].thread == mv.Thread {
			segs[n-1].end = i + 1
			continue
		}
		segs = append(segs, segment{mv.Thread, i, i + 1})
	}
	return segs
}

// try plays moves as far as they are possible, and goes on with the run they
// make if that violates the property and is simpler.
func (k *shrinker) try(moves []Move) bool {
	run, property := k.play(moves)
	if property != k.property || !costOfMoves(run).less(costOfMoves(k.moves)) {
		return false
	}
	k.moves = run
	return true
}

func costOfMoves(moves []Move) (c cost) {
	last := nobody
	for _, mv := range moves {
		if c = c.after(mv, last); !mv.Migrate {
			last = mv.Thread
		}
	}
	return c
}

// play makes the moves that are possible, and leaves out the others. Where the
// property is one of how a run ends, it then goes on to an end.
func (k *shrinker) play(moves []Move) (run []Move, property spec.Property) {
	w := k.walker()
	copy(w.s, w.m.start())
	for i := 0; ; i++ {
		if property = w.violated(); property != "" {
			return run, property
		}
		did, mv := false, Move{}
		switch {
		case i < len(moves):
			did, mv = w.follow(moves[i])
		case k.property != spec.Deadlock && k.property != spec.Hang && k.property != spec.Leak || len(run) >= k.s.cfg.MaxSteps:
			return run, ""
		default:
			if did, mv = w.onward(run); !did {
				return run, w.end()
			}
		}
		if k.work -= len(k.p.Threads); did {
			run = append(run, mv)
		}
	}
}

// walker is one for the program.
func (k *shrinker) walker() *walker {
	if k.player == nil || k.player.m.p != k.p {
		k.player = newWalker(k.p, k.s.rules, &SampleConfig{Engine: Uniform})
	}
	return k.player
}

// violated is the property that the state, or the step to it, violates.
func (w *walker) violated() spec.Property {
	if w.m.wrong != nil {
		return w.m.wrong.Property
	}
	if v := w.m.checkRaces(w.s); v != nil {
		return v.Property
	}
	return ""
}

// follow makes a move if it is possible. Outcomes of choices that there are not,
// or no more, are the first.
func (w *walker) follow(mv Move) (did bool, made Move) {
	if w.m.canPlay(w.s, mv) != nil {
		return false, mv
	}
	if mv.Migrate {
		copy(w.next, w.s)
		w.m.migrate(w.next, mv.Thread, mv.To)
		w.s, w.next = w.next, w.s
		return true, mv
	}
	script := mv.Choices
	if len(script) > 0 {
		w.take(mv.Thread, script)
		script = script[:min(len(script), w.m.taken)]
		for i, c := range script {
			if c >= w.m.arity[i] {
				script = nil
				break
			}
		}
	}
	if w.take(mv.Thread, script) != stepped {
		w.m.wrong = nil // what could not be done has done no wrong
		return false, mv
	}
	made = Move{Thread: mv.Thread}
	if w.m.taken > 0 {
		made.Choices = w.m.outcomes(script)
	}
	w.s, w.next = w.next, w.s
	return true, made
}

// onward goes on with the thread that took the last step, or the first that can.
func (w *walker) onward(run []Move) (did bool, mv Move) {
	if n := len(run); n > 0 {
		if did, mv = w.follow(Move{Thread: run[n-1].Thread}); did {
			return did, mv
		}
	}
	for t := range w.m.threads {
		if did, mv = w.follow(Move{Thread: t}); did {
			return did, mv
		}
	}
	return false, mv
}
