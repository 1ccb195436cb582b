package checker

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lastput/spec"
)

// This file says what each thing is there for that a model does for safety: it
// checks the model without it.

// A WhyOutcome says what becomes of a model without one of the things it does.
type WhyOutcome string

// The outcomes.
const (
	// WhyNeeded: without it some run does what it must not.
	WhyNeeded WhyOutcome = "needed"
	// WhyLiveness: without it some run comes to no good end, and none does
	// worse: a deadlock, a hang or a leak.
	WhyLiveness WhyOutcome = "liveness"
	// WhyNotNeeded: without it nothing is violated in these scenarios. It is
	// redundant, or they do not exercise it.
	WhyNotNeeded WhyOutcome = "not-needed"
	// WhySame: the programs without it are those with it.
	WhySame WhyOutcome = "same-program"
	// WhyNoProgram: without it there is no program that can be built.
	WhyNoProgram WhyOutcome = "no-program"
	// WhyUnknown: the search was stopped before it could tell.
	WhyUnknown WhyOutcome = "unknown"
)

// A Why is a model about to be taken apart.
type Why struct {
	Model     *spec.Model
	Mutations []spec.Mutation
	// Baseline is what the model itself does in each scenario, in the order
	// given. Scenarios with the same program share a result.
	Baseline []*Result
	// LeftOut are the scenarios that only were to be looked at as well, and in
	// which the model itself does not come to an end soon.
	LeftOut []spec.Scenario

	given     []spec.Scenario
	scenarios []spec.Scenario // in the order in which mutants are checked
	cfg       Config
	results   map[spec.Scenario]*Result // what the model itself does
	programs  map[string]*Result        // the same, by what the program is
}

// A Reason is what becomes of the model without one thing.
type Reason struct {
	Mutation spec.Mutation
	Outcome  WhyOutcome
	// Property is what is violated where Outcome is WhyNeeded or WhyLiveness,
	// Scenario the first in which that was seen, quick ones first.
	Property spec.Property
	Scenario spec.Scenario
	// Steps is the length of a shortest run that does so, where Outcome is
	// WhyNeeded; 0 where the search for it was stopped.
	Steps int
	// Notes are the properties only noted that the model itself does not
	// have noted in the same scenario.
	Notes []spec.Property
	// Err says why there is no program, StoppedBy what ended the search.
	Err       error
	StoppedBy string
}

// WhyScenarios are the scenarios in which a model is taken apart if none are
// named: its own, and for one with roles some more, for the standard battery has
// one unloader only, interrupts neither on an isolated CPU nor while references
// are held in addition nor on the unloader's CPU. What is there for that would
// seem to be there for nothing.
func WhyScenarios(m *spec.Model) (own, more []spec.Scenario) {
	own = m.Scenarios()
	if own[0].Name == spec.ThreadsScenario {
		return own, nil
	}
	for _, s := range []spec.Scenario{
		{Name: "custom", Getters: 1, Gets: 1, Unloaders: 2},
		{Name: "custom", Getters: 1, Gets: 1, Nested: 1, Unloaders: 1, Isolated: 1, IRQ: true},
		{Name: "custom", Getters: 1, Gets: 1, Unloaders: 1, SameCPU: true, IRQ: true},
	} {
		if _, err := m.Build(s); err != nil {
			s.Getters++ // a thread of the model's own wants a CPU that is not there
		}
		more = append(more, s)
	}
	return own, more
}

// NewWhy checks the model as it is in the scenarios, or in WhyScenarios without
// any, and lists what can be taken away from it. Violations of the model
// itself are looked past in its mutants, so that what is said of them is theirs
// alone. What is there more to look at is left out where the model itself does
// not come to an end soon: with two unloaders that refuse each other some count
// may go up for ever.
func NewWhy(ctx context.Context, m *spec.Model, scenarios, more []spec.Scenario, cfg Config) (*Why, error) {
	if len(scenarios) == 0 {
		scenarios, more = WhyScenarios(m)
	}
	w := &Why{Model: m, cfg: cfg, results: map[spec.Scenario]*Result{}, programs: map[string]*Result{}}
	w.cfg.NoTrace = true
	soon := int64(mutantStates)
	for _, s := range scenarios {
		r, err := w.baseline(ctx, s, cfg)
		if err != nil {
			return nil, err
		}
		w.given, w.Baseline = append(w.given, s), append(w.Baseline, r)
		soon = max(soon, mutantFactor*r.States+mutantStates)
	}
	asked := cfg.MaxStates > 0
	if !asked {
		cfg.MaxStates = soon
	}
	for _, s := range more {
		r, err := w.baseline(ctx, s, cfg)
		if err != nil {
			return nil, err
		}
		if r.StoppedBy == StoppedByStates && !asked {
			w.LeftOut = append(w.LeftOut, s)
			continue
		}
		w.given, w.Baseline = append(w.given, s), append(w.Baseline, r)
	}
	w.scenarios = slices.Clone(w.given)
	slices.SortStableFunc(w.scenarios, func(a, b spec.Scenario) int { return load(a) - load(b) })
	var err error
	w.Mutations, err = m.Mutations(w.given...)
	return w, err
}

// Scenarios are those it is checked in, in the order given.
func (w *Why) Scenarios() []spec.Scenario { return w.given }

// Source is the text of a file of the model, by lines.
func (w *Why) Source(file string) []string {
	for _, f := range w.Baseline[0].Prog.Files {
		if f.Name == file {
			return f.Lines
		}
	}
	return nil
}

// baseline checks the model as it is.
func (w *Why) baseline(ctx context.Context, s spec.Scenario, cfg Config) (*Result, error) {
	p, err := w.Model.Build(s)
	if err != nil {
		return nil, err
	}
	id := programKey(p)
	r := w.programs[id]
	if r == nil {
		cfg.NoTrace = true
		cfg.Ignore = w.ignored(s)
		cfg.Label = strings.TrimSpace(cfg.Label + " as it is, " + s.String())
		if r, err = Check(ctx, p, cfg); err != nil {
			return nil, err
		}
		w.programs[id] = r
	}
	w.results[s] = r
	return r, nil
}

// load is how much goes on in a scenario, which tells roughly how long it takes.
func load(s spec.Scenario) int {
	n := s.Getters * s.Gets * (1 + s.Nested) * max(s.Unloaders, 1)
	if s.IRQ {
		n++
	}
	return n
}

// programKey is what makes a program behave as it does: two with the same key
// have the same runs. Which CPUs are isolated only matters to who may migrate.
func programKey(p *spec.Prog) string {
	_, body, _ := strings.Cut(p.String(), "\nmemory\n")
	isolated := uint64(0)
	if slices.ContainsFunc(p.Threads, func(t spec.Thread) bool { return t.Migrates }) {
		isolated = p.Isolated
	}
	return fmt.Sprintf("%d cpus, isolated %b, pinned %t\n%s", p.NCPU, isolated, p.Pinned, body)
}

// Judge says what becomes of the model without one of its Mutations. It looks at
// one scenario after the other until something is violated that is worse than
// not to come to an end. The label is that of the progress.
func (w *Why) Judge(ctx context.Context, mu spec.Mutation, label string) (*Reason, error) {
	w.cfg.Label = label
	r, err := w.judge(ctx, mu, mutantStates)
	if err == nil && r.Outcome == WhyUnknown && r.StoppedBy == StoppedByStates && w.cfg.MaxStates == 0 {
		r, err = w.judge(ctx, mu, patientStates)
	}
	return r, err
}

// judge is Judge, with so many states for a mutant beside those in proportion to
// the states of the model.
func (w *Why) judge(ctx context.Context, mu spec.Mutation, states int64) (*Reason, error) {
	r := &Reason{Mutation: mu, Outcome: WhySame}
	mutant := w.Model.Without(mu)
	var done []string
	for _, s := range w.scenarios {
		base := w.results[s]
		if base.Verdict == Inconclusive {
			r.unknown(base.StoppedBy)
			continue
		}
		p, err := mutant.Build(s)
		if err != nil {
			return &Reason{Mutation: mu, Outcome: WhyNoProgram, Err: err}, nil
		}
		id := programKey(p)
		if w.programs[id] != nil || slices.Contains(done, id) {
			continue
		}
		done = append(done, id)
		res, err := Check(ctx, p, w.mutantConfig(s, states))
		if err != nil {
			return nil, err
		}
		if r.add(res, base); r.Outcome == WhyNeeded {
			return r, w.shorten(ctx, r, p)
		}
	}
	return r, nil
}

// shorten finds the length of a shortest run of a mutant that was seen to violate
// something, and what that violates. Levels tell lengths only where steps were
// taken in every order.
func (w *Why) shorten(ctx context.Context, r *Reason, p *spec.Prog) error {
	cfg := w.mutantConfig(r.Scenario, patientStates)
	cfg.NoPOR = true
	if w.cfg.MaxStates == 0 {
		cfg.MaxStates *= mutantFactor
	}
	res, err := Check(ctx, p, cfg)
	if err == nil && res.Verdict == Violated && !liveness(res.Property) {
		r.Property, r.Steps = res.Property, res.Depth
	}
	return err
}

// ignored are the properties looked past in a scenario. Unloaders that refuse each
// other may do so for ever, which is no fault of the model and long to look for.
func (w *Why) ignored(s spec.Scenario) []spec.Property {
	if s.Unloaders > 1 {
		return append(slices.Clone(w.cfg.Ignore), spec.Hang)
	}
	return w.cfg.Ignore
}

// Without something, there may be no end to what a model does: a list that has
// itself as its tail, a count that only goes up. If no limit is given, the search
// of a mutant ends at so many times the states of the model, and some; where that
// tells nothing, some more.
const (
	mutantFactor  = 10
	mutantStates  = 50_000
	patientStates = 1_000_000
)

// LookedPast are the properties of which violations say nothing in the scenario:
// those ignored, and those that the model violates itself.
func (w *Why) LookedPast(s spec.Scenario) []spec.Property {
	return slices.Concat(w.ignored(s), w.results[s].Properties)
}

func (w *Why) mutantConfig(s spec.Scenario, states int64) Config {
	cfg := w.cfg
	cfg.FirstViolation = true
	if cfg.MaxStates == 0 {
		cfg.MaxStates = mutantFactor*w.results[s].States + states
	}
	cfg.Ignore = w.LookedPast(s)
	return cfg
}

// unknown makes the outcome unknown, if no more is known.
func (r *Reason) unknown(stoppedBy string) {
	if r.Outcome != WhyLiveness {
		r.Outcome = WhyUnknown
	}
	if r.StoppedBy == "" {
		r.StoppedBy = stoppedBy
	}
}

// add puts in what became of it in one more scenario.
func (r *Reason) add(res, base *Result) {
	switch {
	case res.Verdict == Violated && !liveness(res.Property):
		*r = Reason{Mutation: r.Mutation, Outcome: WhyNeeded, Property: res.Property, Scenario: res.Prog.Scenario}
		return
	case res.Verdict == Violated:
		if r.Outcome != WhyLiveness {
			r.Outcome, r.Property, r.Scenario = WhyLiveness, res.Property, res.Prog.Scenario
		}
	case res.Verdict == Inconclusive:
		r.unknown(res.StoppedBy)
	case r.Outcome == WhySame:
		r.Outcome = WhyNotNeeded
	}
	if res.Stopped() {
		r.StoppedBy = res.StoppedBy
	}
	for _, n := range res.Notes {
		had := slices.ContainsFunc(base.Notes, func(o Note) bool { return o.Property == n.Property })
		if !had && !slices.Contains(r.Notes, n.Property) {
			r.Notes = append(r.Notes, n.Property)
		}
	}
	slices.SortFunc(r.Notes, func(a, b spec.Property) int { return a.Rank() - b.Rank() })
}

// liveness reports whether a property is about how runs end.
func liveness(p spec.Property) bool {
	return p == spec.Deadlock || p == spec.Hang || p == spec.Leak
}

// Show checks the mutant of the reason once more, where it was seen to violate
// something, for the run to draw.
func (w *Why) Show(ctx context.Context, r *Reason) (*Result, error) {
	p, err := w.Model.Without(r.Mutation).Build(r.Scenario)
	if err != nil {
		return nil, err
	}
	cfg := w.mutantConfig(r.Scenario, patientStates)
	cfg.NoTrace, cfg.NoPOR = false, true // to draw a run of the same property
	return Check(ctx, p, cfg)
}
