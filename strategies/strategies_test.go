package strategies_test

import (
	"context"
	"slices"
	"testing"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

// refusers are the right strategies, and those that are no worse than them,
// whose gets may fail for nothing.
var refusers = []string{"rcu", "module_base_readd", "mount"}

// TestExpectations holds every strategy, in every scenario of the battery, to
// what its file expects; a witness has to be reached in one of them. No runs are
// drawn: docs/zoo.md has one of each that is broken, and its test plays them.
func TestExpectations(t *testing.T) {
	for _, m := range strategies.All() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			var results []*checker.Result
			for _, s := range m.Scenarios() {
				results = append(results, checkModel(t, m, s, checker.Config{NoTrace: true}))
			}
			checker.JudgeWitnesses(results)
			for _, r := range results {
				wantExpected(t, m, r)
			}
		})
	}
}

// wantExpected compares a result with what the model expects. Where it is
// verified there are no plain races either: strategies use READ_ONCE() and
// WRITE_ONCE() as later kernels do.
func wantExpected(t *testing.T, m *spec.Model, r *checker.Result) {
	t.Helper()
	scenario := r.Prog.Scenario.Name
	want := m.Expected(scenario)
	if want == nil {
		t.Errorf("%s: the file expects nothing", scenario)
		return
	}
	if string(r.Verdict) != want.Verdict {
		t.Errorf("%s: %s %v %s, expected %s", scenario, r.Verdict, r.Properties, r.Reason, want)
		return
	}
	if want.Property != "" && !slices.Contains(r.Properties, spec.Property(want.Property)) {
		t.Errorf("%s: %v violated, expected %s", scenario, r.Properties, want)
	}
	if r.Verdict != checker.Verified {
		return
	}
	for _, n := range r.Notes {
		switch {
		case n.Property == spec.PlainRace:
			t.Errorf("%s: plain race in what is right: %s", scenario, n.Message)
		case n.Property == spec.SpuriousFailure && !slices.Contains(refusers, m.Name):
			t.Errorf("%s: a get fails for nothing: %s", scenario, n.Message)
		}
	}
}

// TestSpuriousFailures: in strict mode a get that fails for nothing counts. It
// is what distinguishes schemes that are equally safe.
func TestSpuriousFailures(t *testing.T) {
	basic := spec.Battery()[0]
	for _, name := range append([]string{"stop_machine", "isolated_slow_path", "wait_zero", "module_base"}, refusers...) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, ok := strategies.Find(name)
			if !ok {
				t.Fatal("not found")
			}
			// A get that fails before the final put may still fail for a reason.
			r := checkModel(t, m, basic, checker.Config{Strict: true, NoTrace: true, Ignore: []spec.Property{spec.EarlyFailure}})
			want := checker.Verified
			if slices.Contains(refusers, name) {
				want = checker.Violated
			}
			if r.Verdict != want || want == checker.Violated && r.Property != spec.SpuriousFailure {
				t.Errorf("%s %v, want %s", r.Verdict, r.Properties, want)
			}
		})
	}
}

func checkModel(t *testing.T, m *spec.Model, s spec.Scenario, config checker.Config) *checker.Result {
	t.Helper()
	p, err := m.Build(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := spec.Sanity(p); err != nil {
		t.Fatal(err)
	}
	r, err := checker.Check(context.Background(), p, config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTexts: a strategy says what it is, from where, and what to learn from it.
func TestTexts(t *testing.T) {
	for _, m := range strategies.All() {
		if m.Title == "" || len(m.Source) == 0 || len(m.Learn) == 0 || len(m.Expect) == 0 {
			t.Errorf("%s lacks a title, a source, what to learn or what to expect", m.Name)
		}
		if found, ok := strategies.Find(m.Name); !ok || found != m {
			t.Errorf("%s is not found by its name", m.Name)
		}
	}
}

// TestKin: who is a variant of whom is read from the files, and each parent is a
// strategy of the same family.
func TestKin(t *testing.T) {
	for _, m := range strategies.All() {
		name := strategies.Parent(m)
		if name == "" {
			continue
		}
		parent, found := strategies.Find(name)
		if !found || strategies.Family(name) != strategies.Family(m.Name) {
			t.Errorf("%s is a variant of %s, which is not in its family", m.Name, name)
			continue
		}
		if !slices.Contains(strategies.Variants(name), m) {
			t.Errorf("%s is not among the variants of %s", m.Name, parent.Name)
		}
	}
	for _, c := range []struct {
		name, parent, family string
		right                bool
	}{
		{"stop_machine", "", "module", true},
		{"isolated_skip", "stop_machine", "module", false},
		{"module_base_readd", "module_base", "module", true},
		{"refcache_skips_zero", "refcache", "percpu", false},
		{"no_such_strategy", "", "", false},
	} {
		m, found := strategies.Find(c.name)
		if got := strategies.Family(c.name); got != c.family {
			t.Errorf("%s: family %q, want %q", c.name, got, c.family)
		}
		if found && (strategies.Parent(m) != c.parent || strategies.Right(m) != c.right) {
			t.Errorf("%s: parent %q, right %t", c.name, strategies.Parent(m), strategies.Right(m))
		}
	}
}
