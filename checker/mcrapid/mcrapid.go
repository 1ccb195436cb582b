// Package mcrapid makes properties for pgregory.net/rapid of models: rapid draws
// the scenario and every choice of the schedule, and shrinks both to a minimal
// run. It is for programs that are too large to exhaust, and for whoever has
// such tests already.
//
//	func TestMyRefcountProperties(t *testing.T) {
//		rapid.Check(t, mcrapid.Safe(m))
//	}
//
//	func FuzzMyRefcount(f *testing.F) {
//		f.Fuzz(rapid.MakeFuzz(mcrapid.Safe(m)))
//	}
//
// What passes is not verified: so many runs were drawn, and nothing was found.
package mcrapid

import (
	"fmt"
	"sync"

	"pgregory.net/rapid"

	"lastput/checker"
	"lastput/spec"
	"lastput/spec/specrapid"
)

// Options direct a property. The zero value is what Safe takes.
type Options struct {
	// Rules say which properties count.
	checker.Rules
	// Scenarios draws the scenario; nil means specrapid.Scenarios within its
	// default bounds, or the threads that the model has itself. A generator's
	// Filter leaves out what a model is not made for.
	Scenarios *rapid.Generator[spec.Scenario]
	// MaxSteps ends a run that is still going, unjudged; 0 means 2000.
	MaxSteps int
}

const defaultMaxSteps = 2000

// Safe is the property that no run of the model violates anything. It fails
// with the run, drawn, and the command that plays it again. A run ends with a
// violation, where nothing can step, at an assumption that does not hold, or
// after 2000 steps. Of hangs it knows those in which nothing can step: a run
// that goes round for ever is only cut short, and Verify finds it.
func Safe(m *spec.Model) func(*rapid.T) { return SafeWith(Options{}, m) }

// SafeWith is Safe with options.
func SafeWith(opt Options, m *spec.Model) func(*rapid.T) {
	runs := Runs(opt, m)
	return func(t *rapid.T) {
		r := runs.Draw(t, "run")
		if v := r.Violation(); v != nil {
			p := r.Prog()
			t.Fatalf("%s in %s: violated %s (%s)\n\n%s", m.Name, p.Scenario, v.Property, p.Scenario.About(), checker.RunText(m, p, r.Trace()))
		}
	}
}

// A Run is a run that was drawn, to its end.
type Run struct{ *checker.Session }

// GoString is the scenario of the run, and what plays it again.
func (r Run) GoString() string {
	return fmt.Sprintf("%q", r.Trace().Replay)
}

// Runs draws runs of the model: a scenario, and every choice of the schedule.
// They shrink to small scenarios, to few switches between threads and to few
// steps.
func Runs(opt Options, m *spec.Model) *rapid.Generator[Run] {
	b := &builds{m: m, progs: map[spec.Scenario]*spec.Prog{}}
	return rapid.Custom(func(t *rapid.T) Run {
		p, err := b.prog(opt.scenario(t, m))
		if err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		return drawRun(t, opt, p)
	})
}

func (o Options) scenario(t *rapid.T, m *spec.Model) spec.Scenario {
	switch own := m.Scenarios(); {
	case o.Scenarios != nil:
		return o.Scenarios.Draw(t, "scenario")
	case own[0].Name == spec.ThreadsScenario:
		return own[0]
	}
	return specrapid.Scenarios(specrapid.Bounds{}).Draw(t, "scenario")
}

// drawRun draws a schedule.
func drawRun(t *rapid.T, opt Options, p *spec.Prog) Run {
	s := checker.NewSession(p, opt.Rules)
	d := schedule{
		s: s, last: -1,
		patience: rapid.IntRange(0, 5).Draw(t, "patience"),
		highest:  rapid.IntRange(0, len(p.Threads)-1).Draw(t, "highest"),
	}
	move := rapid.Custom(d.move)
	for range opt.maxSteps() {
		moves := s.Moves()
		if len(moves) == 0 {
			break
		}
		mv := moves[0]
		if len(moves) > 1 {
			mv = move.Draw(t, "move")
		}
		if _, err := s.Take(mv); err != nil {
			t.Fatalf("mcrapid: internal error: a move that was offered: %v", err)
		}
		d.last = mv.Thread
	}
	return Run{s}
}

func (o Options) maxSteps() int {
	if o.MaxSteps == 0 {
		return defaultMaxSteps
	}
	return o.MaxSteps
}

// A schedule draws the moves of a run. Threads are drawn by number rather than
// by place among those that can move: a move then means the same when rapid
// takes away another.
type schedule struct {
	s    *checker.Session
	last int // the thread that moved last, or -1
	// patience says how much more often than another the same thread goes on:
	// some bugs want many switches, others few. Where a thread cannot go on,
	// the next is the first that can, from thread highest on: a thread that is
	// far from it may be kept waiting for long. That is what priorities do in
	// PCT (Burckhardt, Kothari, Musuvathi, Nagarakatte: "A randomized scheduler
	// with probabilistic guarantees of finding bugs", ASPLOS 2010); its
	// guarantee is not claimed here.
	patience, highest int
}

func (d *schedule) move(t *rapid.T) checker.Move {
	n := len(d.s.Prog().Threads)
	// 0 goes on with the same thread: runs shrink to few switches.
	thread := rapid.IntRange(0, n<<d.patience).Draw(t, "thread") - 1
	if thread < 0 || thread >= n {
		thread = d.last
	}
	own := d.moves(thread)
	for i := 0; len(own) == 0; i++ {
		own = d.moves((d.highest + i) % n)
	}
	return rapid.SampledFrom(own).Draw(t, "outcome")
}

// moves are those of the thread.
func (d *schedule) moves(thread int) []checker.Move {
	var own []checker.Move
	for _, mv := range d.s.Moves() {
		if mv.Thread == thread {
			own = append(own, mv)
		}
	}
	return own
}

// builds keeps the programs that were built: a scenario is drawn many times.
type builds struct {
	m     *spec.Model
	mu    sync.Mutex
	progs map[spec.Scenario]*spec.Prog
}

func (b *builds) prog(s spec.Scenario) (*spec.Prog, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.progs[s]; p != nil {
		return p, nil
	}
	p, err := b.m.Build(s)
	if err == nil {
		b.progs[s] = p
	}
	return p, err
}
