package strategies_test

import (
	"context"
	"flag"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"lastput/checker"
	"lastput/checker/mcrapid"
	"lastput/spec"
	"lastput/spec/specrapid"
	"lastput/strategies"
)

// This file holds the strategies to what they promise in scenarios that are
// drawn, and looks for what breaks the others by random schedules.

// TestMain draws fewer scenarios than rapid would by itself, for there are many
// strategies; -rapid.checks=N draws more.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		if err := flag.Set("rapid.checks", "6"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// violations are the scenarios in which the file expects a violation.
func violations(m *spec.Model) []spec.Scenario {
	return slices.DeleteFunc(m.Scenarios(), func(s spec.Scenario) bool {
		want := m.Expected(s.Name)
		return want == nil || want.Verdict != string(checker.Violated)
	})
}

// supports says whether the strategy is right wherever one of the features of a
// scenario is: the file expects nothing bad of the standard scenarios that have
// one of them. A hog in the kernel keeps its CPU from stoppers and grace
// periods: no strategy that needs either gets by.
func supports(m *spec.Model, s spec.Scenario) bool {
	bad := violations(m)
	has := func(name string) bool {
		return slices.ContainsFunc(bad, func(b spec.Scenario) bool { return b.Name == name })
	}
	return s.Hog != spec.KernelHog && !has("basic") &&
		!(s.SameCPU && has("same-cpu") || s.Migrate && has("migrate") || s.Nested > 0 && has("nested") || s.Handover && has("handover") ||
			s.IRQ && has("irq") || s.Isolated > 0 && has("isolated") || s.Hog != spec.NoHog && has("rt-hog"))
}

// hasOwnThreads reports whether a model has no roles, and so no scenarios but one.
func hasOwnThreads(m *spec.Model) bool { return m.Scenarios()[0].Name == spec.ThreadsScenario }

// TestDrawnScenarios: in drawn scenarios a strategy that is right is safe, to
// random schedules and to a search as far as it goes.
func TestDrawnScenarios(t *testing.T) {
	for _, m := range strategies.All() {
		if slices.ContainsFunc(violations(m), func(s spec.Scenario) bool { return s.Hog == spec.NoHog }) {
			continue // a broken one; some fault may need two features to show
		}
		if hasOwnThreads(m) {
			continue // there is nothing to draw
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			scenarios := specrapid.Scenarios(specrapid.Bounds{Getters: 3, Gets: 3, Unloaders: 2}).Filter(func(s spec.Scenario) bool {
				if !supports(m, s) {
					return false
				}
				p, err := m.Build(s) // some have a thread of their own, which wants a CPU
				return err == nil && !sharesWithHog(p)
			})
			rapid.Check(t, func(t *rapid.T) {
				s := scenarios.Draw(t, "scenario")
				safe := mcrapid.SafeWith(mcrapid.Options{Scenarios: rapid.Just(s)}, m)
				for range 4 {
					safe(t)
				}
				wantNotViolated(t, m, s)
			})
		})
	}
}

// sharesWithHog reports whether a thread that must finish is on the hog's CPU, as a
// model's own thread can be: it never does.
func sharesWithHog(p *spec.Prog) bool {
	for _, hog := range p.Threads {
		for _, th := range p.Threads {
			if hog.Hog && th.MustFinish && th.CPU == hog.CPU {
				return true
			}
		}
	}
	return false
}

// wantNotViolated searches a little.
func wantNotViolated(t *rapid.T, m *spec.Model, s spec.Scenario) {
	p, err := m.Build(s)
	if err != nil {
		t.Fatal(err)
	}
	r, err := checker.Check(context.Background(), p, checker.Config{MaxStates: 3000})
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict == checker.Violated {
		t.Fatalf("%s in %s: violated %v\n%s", m.Name, s, r.Properties, checker.RunText(m, p, r.Trace))
	}
}

// schedules is how many random schedules a broken strategy has to survive at
// most. The rarest of the bugs shows in one of 500 of them: to miss it in 6000
// has a chance of e^-12. As the seeds are always the same, so is what they find,
// until a model or the way schedules are drawn changes.
const schedules = 6000

// tooRare are strategies whose threads go on for ever, so that a schedule is long,
// and whose bug takes several epochs in a certain order.
// That of srcu_one_grace_period takes a reader that is put off between two steps,
// until an unload has read all counts, and then migrates.
var tooRare = []string{"refcache_skips_zero", "refcache_no_dirty", "refcache_review_after_one", "srcu_one_grace_period"}

// TestFoundAtRandom: what breaks a strategy is found by random schedules, in
// the first scenario of which its file expects a violation, or in the smallest
// one with the same features: there is less in it to do something else.
func TestFoundAtRandom(t *testing.T) {
	for _, m := range strategies.All() {
		bad := violations(m)
		if len(bad) == 0 || slices.Contains(tooRare, m.Name) {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			want := m.Expected(bad[0].Name)
			n := firstViolation(m, bad[0], spec.Property(want.Property))
			if n < 0 && !endless(t, m, bad[0]) {
				t.Errorf("%d schedules of %s without a violation of %s", schedules, bad[0].Name, want.Property)
			}
			t.Logf("schedule %d of %s", n+1, bad[0].Name)
		})
	}
}

// firstViolation is the number of the first schedule that violates the property,
// or -1.
func firstViolation(m *spec.Model, s spec.Scenario, want spec.Property) int {
	small := s
	if !hasOwnThreads(m) {
		small.Name, small.Gets, small.Getters = "custom", 1, max(1, s.Isolated)
		if s.Handover {
			small.Getters = 2
		}
	}
	var runs [2]*rapid.Generator[mcrapid.Run]
	for i, s := range []spec.Scenario{s, small} {
		runs[i] = mcrapid.Runs(mcrapid.Options{Scenarios: rapid.Just(s)}, m)
	}
	for i := range schedules {
		if v := runs[i%2].Example(i).Violation(); v != nil && (want == "" || v.Property == want) {
			return i
		}
	}
	return -1
}

// endless reports whether the simplest violation is a run without end: no
// schedule of finite length shows it.
func endless(t *testing.T, m *spec.Model, s spec.Scenario) bool {
	r := checkModel(t, m, s, checker.Config{})
	return r.Trace != nil && r.Trace.CycleStart >= 0
}
