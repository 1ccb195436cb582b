package main

import (
	"context"
	"fmt"
	"slices"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

// compareOptions are the flags of mc compare.
type compareOptions struct {
	config   checker.Config
	json     bool
	markdown bool
}

func (o *compareOptions) define(f *flagSet) {
	defineLimits(f, &o.config)
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVar(&o.markdown, "markdown", false, "")
}

// compare puts models beside each other: verdicts, what they do to others, and
// what they cost.
func compare(c *call, args []string) (status, error) {
	f := newFlagSet("compare")
	var o compareOptions
	o.define(f)
	operands, err := f.parse(args)
	if err != nil {
		return failed, err
	}
	if o.json && o.markdown {
		return failed, f.usage("--json and --markdown: one format at a time")
	}
	if len(operands) == 0 {
		operands = comparableNames()
	}
	targets := c.findTargets(operands)
	if targets == nil {
		return failed, nil
	}
	o.config.NoTrace = true
	o.config.Progress = terminal(c.err)
	rows, s := c.prepare(targets)
	if err := c.compareAll(rows, o.config); err != nil {
		return failed, err
	}
	for _, r := range rows {
		s = s.and(r.status())
	}
	switch {
	case o.json:
		c.compareJSON(rows)
	case len(rows) == 0: // nothing to print
	case o.markdown:
		c.compareMarkdown(rows)
	default:
		c.compareText(rows)
	}
	return s, nil
}

// comparableNames are the names of the strategies that have roles.
func comparableNames() []string {
	var names []string
	for _, m := range strategies.All() {
		if hasRoles(m) {
			names = append(names, m.Name)
		}
	}
	return names
}

func hasRoles(m *spec.Model) bool {
	return m.Scenarios()[0].Name != spec.ThreadsScenario
}

// A comparison is what is known of one model.
type comparison struct {
	target
	battery []*spec.Prog
	results []*checker.Result // of battery
	hog     *spec.Prog        // rt-hog with a hog in the kernel
	inHog   *checker.Result
	prices  *checker.Prices
}

// prepare builds the programs of the targets and counts prices; models that
// cannot be compared are reported and left out.
func (c *call) prepare(targets []target) ([]*comparison, status) {
	var rows []*comparison
	s := ok
	for _, t := range targets {
		r, err := newComparison(t)
		if err != nil {
			s = s.and(c.report(atPath(err, t.file)))
			continue
		}
		rows = append(rows, r)
	}
	return rows, s
}

func newComparison(t target) (*comparison, error) {
	if !hasRoles(t.Model) {
		return nil, fmt.Errorf("%s: has threads of its own and no get, put and unload, so there is nothing to compare", t.File)
	}
	r := &comparison{target: t}
	for _, s := range t.Scenarios() {
		p, err := t.Build(s)
		if err != nil {
			return nil, err
		}
		r.battery = append(r.battery, p)
	}
	var err error
	if r.hog, err = t.Build(kernelHog()); err != nil {
		return nil, err
	}
	p, err := t.Build(checker.PriceScenario())
	if err != nil {
		return nil, err
	}
	r.prices = checker.Measure(p)
	return r, nil
}

// The name of the scenario of the battery that has a hog.
const hogScenario = "rt-hog"

// kernelHog is the same with a hog that is in the kernel.
func kernelHog() spec.Scenario {
	s, found := spec.FindScenario(hogScenario)
	if !found {
		panic("there is no scenario " + hogScenario)
	}
	s.Name, s.Hog = "custom", spec.KernelHog
	return s
}

// compareAll checks the models one after the other. The first interrupt stops
// the search and all that follow, and what is known is printed; the second ends
// mc.
func (c *call) compareAll(rows []*comparison, cfg checker.Config) error {
	ctx, stop := untilInterrupt()
	defer stop()
	for i, r := range rows {
		cfg.Label = fmt.Sprintf("%d of %d, %s", i+1, len(rows), r.Name)
		if err := r.check(ctx, cfg); err != nil {
			return err
		}
	}
	return nil
}

func (r *comparison) check(ctx context.Context, cfg checker.Config) (err error) {
	for _, p := range r.battery {
		res, err := checker.Check(ctx, p, cfg)
		if err != nil {
			return err
		}
		r.results = append(r.results, res)
	}
	checker.JudgeWitnesses(r.results)
	r.inHog, err = checker.Check(ctx, r.hog, cfg)
	return err
}

// status is what the comparison makes of the exit code. A violation is what
// models are compared for, and no failure.
func (r *comparison) status() status {
	for _, res := range append(slices.Clone(r.results), r.inHog) {
		if res.Verdict == checker.Inconclusive {
			return undecided
		}
	}
	return ok
}

// unknownAnswer is the answer to a question of which the search knows nothing.
const unknownAnswer = "unknown"

// spurious says whether a get can fail for nothing in some scenario.
func (r *comparison) spurious() string {
	stopped := false
	for _, res := range r.results {
		if slices.ContainsFunc(res.Notes, func(n checker.Note) bool { return n.Property == spec.SpuriousFailure }) {
			return "yes"
		}
		stopped = stopped || res.Stopped()
	}
	if stopped {
		return unknownAnswer
	}
	return "no"
}

// hangs says whom a hog hangs.
func (r *comparison) hangs() (user, kernel checker.Reach) {
	for i, res := range r.results {
		if r.battery[i].Scenario.Name == hogScenario {
			user = checker.HangReach(res)
		}
	}
	return user, checker.HangReach(r.inHog)
}
