package checker

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"time"

	"lastput/spec"
)

// This file is Sample: runs drawn at random, for programs that are too large to
// exhaust. Runs, here called schedules, have numbers, and each draws from a
// source of its own, so that what is found does not depend on how many workers
// there are.

// A SampleEngine is a way to draw schedules.
type SampleEngine string

// The engines.
const (
	// Uniform takes a thread at random at each step, each that can step being as
	// likely as another.
	Uniform SampleEngine = "uniform"
	// PCT gives threads priorities at random, lets the highest that can step do
	// so, and lowers a priority at a few steps; see the type pct.
	PCT SampleEngine = "pct"
	// PreemptionBounded preempts a few times at most; see the type bounded.
	PreemptionBounded SampleEngine = "preemption-bounded"
)

// SampleEngines lists the engines.
var SampleEngines = []SampleEngine{Uniform, PCT, PreemptionBounded}

// A SampleConfig bounds and directs a sampling. Its zero value is one with the
// default engine and limits.
type SampleConfig struct {
	Engine SampleEngine // "" is DefaultSampleEngine
	// Depth is the depth of the bugs that PCT has a guarantee for: how many
	// priorities there are below the threads' own, and one. From 1 on; 0 means
	// DefaultDepth. Other engines refuse it.
	Depth int
	// Preemptions is how many preemptions PreemptionBounded has at most, from 1
	// on; 0 means DefaultPreemptions. Other engines refuse it.
	Preemptions int
	// Schedules is how many are drawn; 0 means DefaultSchedules.
	Schedules int
	// MaxSteps cuts a schedule that has so many moves; 0 means DefaultMaxSteps.
	// One that was cut has violated nothing, whatever it would have done next.
	MaxSteps int
	// Seed directs all choices.
	Seed uint64
	// Rebuild, if set, builds the program for a smaller scenario: a violation is
	// then looked for there as well, and shown there if it is found.
	Rebuild func(spec.Scenario) (*spec.Prog, error)

	// The rest is as in Config. NoTrace leaves out the shrinking, too.
	Timeout  time.Duration
	Ignore   []spec.Property
	Strict   bool
	NoTrace  bool
	Workers  int
	Progress io.Writer
	Label    string
}

// Defaults of a SampleConfig.
const (
	DefaultSampleEngine = PCT
	// DefaultDepth is far beyond the depth of most bugs: the guarantee is then next
	// to nothing, but more bugs are found; see docs/sampling.md.
	DefaultDepth       = 16
	DefaultPreemptions = 2
	DefaultSchedules   = 1000
	DefaultMaxSteps    = 10_000

	// MaxDepth is how deep a bug may be for PCT, and how many preemptions
	// PreemptionBounded may have.
	MaxDepth = 100
	// MaxSchedules and MaxMaxSteps bound what can be asked for.
	MaxSchedules = 1_000_000_000
	MaxMaxSteps  = maxMoves
)

// A Sampling says how a program was sampled.
type Sampling struct {
	Prog        *spec.Prog // the program that was sampled; Result.Prog may be a smaller one
	Engine      SampleEngine
	Seed        uint64
	Depth       int // of PCT
	Preemptions int // of PreemptionBounded
	Wanted      int // schedules that were asked for
	Schedules   int // those that were done
	MaxSteps    int
	Cut         int   // schedules that came to MaxSteps
	Moves       int64 // of all schedules
	Longest     int   // steps of the longest schedule that came to an end
	// Found is the number of the first schedule that violates something, from 1
	// on; 0 if none does.
	Found int
	// Guarantee is what PCT promises.
	Guarantee *Guarantee
	Coverage  Coverage
}

// Sample draws schedules until one violates a property or all are done. Its
// verdict is never verified. A violation is shrunk; see shrink. When ctx ends, or
// the time is up, before all schedules were done, the verdict is inconclusive.
// The error is about cfg.
func Sample(ctx context.Context, p *spec.Prog, cfg SampleConfig) (*Result, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg.fill()
	begin := time.Now()
	lim := &limits{ctx: ctx, cfg: &Config{Timeout: cfg.Timeout, Progress: cfg.Progress, Label: cfg.Label}, begin: begin}
	s := newSampler(p, &cfg, lim)
	s.run()
	r := s.result()
	if r.Verdict == Violated && !cfg.NoTrace {
		s.explain(r)
	}
	r.Elapsed = time.Since(begin)
	lim.clearProgress()
	return r, nil
}

func (c *SampleConfig) validate() error {
	shared := Config{Timeout: c.Timeout, Ignore: c.Ignore, Workers: c.Workers}
	switch {
	case c.Engine != "" && !slices.Contains(SampleEngines, c.Engine):
		return fmt.Errorf("unknown engine %q", c.Engine)
	case c.Depth < 0 || c.Depth > MaxDepth:
		return fmt.Errorf("depth %d: want 1 to %d, or 0 for the default", c.Depth, MaxDepth)
	case c.Depth != 0 && c.engine() != PCT:
		return fmt.Errorf("depth %d: the engine %s has no depth, only %s has", c.Depth, c.engine(), PCT)
	case c.Preemptions < 0 || c.Preemptions > MaxDepth:
		return fmt.Errorf("preemptions %d: want 1 to %d, or 0 for the default", c.Preemptions, MaxDepth)
	case c.Preemptions != 0 && c.engine() != PreemptionBounded:
		return fmt.Errorf("preemptions %d: the engine %s does not bound them, only %s does", c.Preemptions, c.engine(), PreemptionBounded)
	case c.Schedules < 0 || c.Schedules > MaxSchedules:
		return fmt.Errorf("schedules %d: want 1 to %d, or 0 for the default", c.Schedules, MaxSchedules)
	case c.MaxSteps < 0 || c.MaxSteps > MaxMaxSteps:
		return fmt.Errorf("max steps %d: want 1 to %d, or 0 for the default", c.MaxSteps, MaxMaxSteps)
	}
	return shared.validate()
}

func (c *SampleConfig) engine() SampleEngine {
	if c.Engine == "" {
		return DefaultSampleEngine
	}
	return c.Engine
}

// fill puts the defaults in.
func (c *SampleConfig) fill() {
	or := func(n *int, def int) {
		if *n == 0 {
			*n = def
		}
	}
	c.Engine = c.engine()
	or(&c.Schedules, DefaultSchedules)
	or(&c.MaxSteps, DefaultMaxSteps)
	or(&c.Workers, min(runtime.GOMAXPROCS(0), MaxWorkers))
	switch c.Engine {
	case PCT:
		or(&c.Depth, DefaultDepth)
	case PreemptionBounded:
		or(&c.Preemptions, DefaultPreemptions)
	}
}

// A sampler draws the schedules of one program.
type sampler struct {
	p       *spec.Prog
	cfg     *SampleConfig
	lim     *limits
	rules   rules
	workers []*walker
	out     *Sampling
	visited visited
	length  int           // of a run: the mean of some that were drawn before
	sought  spec.Property // if set, only its violations count
	found   *scheduleEnd
	stopped string
}

func newSampler(p *spec.Prog, cfg *SampleConfig, lim *limits) *sampler {
	s := &sampler{p: p, cfg: cfg, lim: lim, rules: rules{ignore: cfg.Ignore, strict: cfg.Strict}}
	s.out = &Sampling{
		Prog: p, Engine: cfg.Engine, Seed: cfg.Seed, Depth: cfg.Depth, Preemptions: cfg.Preemptions,
		Wanted: cfg.Schedules, MaxSteps: cfg.MaxSteps,
	}
	for range min(cfg.Workers, cfg.Schedules) {
		s.workers = append(s.workers, newWalker(p, s.rules, cfg))
	}
	return s
}

// Rounds are small at first, for most bugs are found soon.
const (
	firstRound   = 16
	largestRound = 256
)

func (s *sampler) run() {
	s.pilot()
	for done, size := 0, firstRound; done < s.cfg.Schedules && s.found == nil && s.stopped == ""; size = min(2*size, largestRound) {
		n := min(size, s.cfg.Schedules-done)
		s.round(done, n)
		done += n
		s.lim.progress("sampling, schedules drawn", done, s.cfg.Schedules-done, s.out.Longest, s.visited.memory())
	}
}

// pilotRuns is how many uniform schedules tell how long runs are, for engines
// that have to know. They are not judged.
const pilotRuns = 32

func (s *sampler) pilot() {
	if s.cfg.Engine == Uniform {
		return
	}
	w := newWalker(s.p, s.rules, &SampleConfig{Engine: Uniform, MaxSteps: s.cfg.MaxSteps})
	w.blind = true
	steps := 0
	for i := range pilotRuns {
		if s.stopped = s.lim.now(); s.stopped != "" {
			return
		}
		steps += w.run(newRandom(s.cfg.Seed, ^uint64(i)), 0).steps
	}
	s.length = max(steps/pilotRuns, 1)
}

// round does n schedules, from number first on. All of them are done, also where
// one violates something: what is counted must not depend on who was faster.
func (s *sampler) round(first, n int) {
	ends := make([]scheduleEnd, n)
	var wg sync.WaitGroup
	for i, w := range s.workers {
		wg.Go(func() {
			for k := i; k < n && w.stopped == ""; k += len(s.workers) {
				if w.stopped = s.lim.now(); w.stopped == "" {
					ends[k] = w.run(newRandom(s.cfg.Seed, uint64(first+k)), s.length)
					ends[k].number = first + k + 1
				}
			}
		})
	}
	wg.Wait()
	for _, w := range s.workers {
		s.visited.merge(&w.visits)
		if w.stopped != "" {
			s.stopped = w.stopped
		}
	}
	s.visited.thin()
	for _, w := range s.workers {
		w.visits.zeros = s.visited.zeros
	}
	for i := range ends {
		s.count(&ends[i])
	}
}

// count takes in how a schedule ended.
func (s *sampler) count(e *scheduleEnd) {
	if e.number == 0 {
		return // it was not done
	}
	s.out.Schedules++
	s.out.Moves += int64(e.moves)
	switch {
	case e.property != "" && s.found == nil && (s.sought == "" || e.property == s.sought):
		s.found, s.out.Found = e, e.number
	case e.cut:
		s.out.Cut++
		return
	}
	s.out.Longest = max(s.out.Longest, e.steps)
}

// result says what was found out.
func (s *sampler) result() *Result {
	w := s.workers[0]
	for _, o := range s.workers[1:] {
		w.join(o)
	}
	s.out.Guarantee = s.guarantee()
	s.out.Coverage = s.coverage(w)
	r := &Result{
		Prog: s.p, Engine: "sample", Verdict: NotFound, Sampling: s.out,
		Notes: noteList(w.m.notes), Executed: w.m.executed, Covered: w.m.covered,
		States: s.out.Coverage.States, Transitions: s.out.Moves, Depth: s.out.Longest,
	}
	switch {
	case s.found != nil:
		r.Verdict, r.Property, r.Properties = Violated, s.found.property, []spec.Property{s.found.property}
	case s.stopped != "":
		r.Verdict, r.StoppedBy, r.Reason = Inconclusive, s.stopped, stopReason(s.stopped)+fmt.Sprintf(", after %d of %d schedules, in which nothing was found", s.out.Schedules, s.out.Wanted)
	}
	return r
}
