package checker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lastput/spec"
)

// This file checks models in go test. It asks of a test only what *testing.T
// has, so that nothing but tests links package testing.

// A Tester is what Verify and Refute need of a test: T is *testing.T.
type Tester[T any] interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Run(name string, f func(T)) bool
	Parallel()
	Context() context.Context
	Deadline() (time.Time, bool)
}

// Verify checks the model in the scenarios, exhaustively, and fails the test
// unless it is verified in all of them: with the simplest run that breaks it,
// drawn, and the command that plays that run again. Without scenarios it takes
// those that mc check takes: the battery, or the model's own threads.
//
// Each scenario is a parallel subtest, "TestMyRefcount/my_refcount/basic". All
// have ended when Verify returns. A check that the test's deadline or context
// stops is inconclusive, and fails the test: it never passes what it has not
// seen. So does a witness (mc_cover) that no run of any of the scenarios
// reaches, unless -run has left some of them out.
func Verify[T Tester[T]](t T, m *spec.Model, scenarios ...spec.Scenario) {
	t.Helper()
	VerifyWith(t, Config{}, m, scenarios...)
}

// VerifyWith is Verify with options.
func VerifyWith[T Tester[T]](t T, cfg Config, m *spec.Model, scenarios ...spec.Scenario) {
	t.Helper()
	if len(scenarios) == 0 {
		scenarios = m.Scenarios()
	}
	results := make([]*Result, len(scenarios))
	passed := t.Run(m.Name, func(t T) {
		for i, s := range scenarios {
			t.Run(s.String(), func(t T) {
				t.Parallel()
				results[i] = verify(t, cfg, m, s)
			})
		}
	})
	if !passed || slices.Contains(results, nil) {
		return
	}
	JudgeWitnesses(results)
	reported := map[string]bool{}
	for _, r := range results {
		if r.Verdict != Verified && !reported[r.Reason] {
			reported[r.Reason] = true
			t.Errorf("%s: %s: %s", m.Name, r.Verdict, r.Reason)
		}
	}
}

func verify[T Tester[T]](t T, cfg Config, m *spec.Model, s spec.Scenario) *Result {
	t.Helper()
	r := checkWithin(t, cfg, m, s)
	if r == nil || r.Verdict == Verified {
		return r
	}
	t.Errorf("%s", report(r, m))
	return r
}

// Refute checks the model in the scenario and fails the test unless the
// property is violated: beside others, or alone. The run that shows what is
// violated is logged, so that go test -v draws it.
func Refute[T Tester[T]](t T, m *spec.Model, s spec.Scenario, p spec.Property) {
	t.Helper()
	RefuteWith(t, Config{}, m, s, p)
}

// RefuteWith is Refute with options.
func RefuteWith[T Tester[T]](t T, cfg Config, m *spec.Model, s spec.Scenario, p spec.Property) {
	t.Helper()
	if !p.Valid() {
		t.Fatalf("unknown property %q: want one of %v", p, spec.Properties)
		return
	}
	r := checkWithin(t, cfg, m, s)
	switch {
	case r == nil:
	case slices.Contains(r.Properties, p):
		t.Logf("%s", report(r, m))
	default:
		t.Errorf("want a violation of %s\n%s", p, report(r, m))
	}
}

// checkWithin checks within the time that the test has, less a part of it to
// say what came out. It is nil where there was nothing to check; the test has
// failed then.
func checkWithin[T Tester[T]](t T, cfg Config, m *spec.Model, s spec.Scenario) *Result {
	t.Helper()
	p, err := m.Build(s)
	if err != nil {
		t.Fatalf("%s in %s: %v", m.Name, s, err)
		return nil
	}
	byTest := false
	if deadline, has := t.Deadline(); has {
		left := max(time.Until(deadline)*9/10, 1)
		if byTest = cfg.Timeout == 0 || left < cfg.Timeout; byTest {
			cfg.Timeout = left
		}
	}
	r, err := Check(t.Context(), p, cfg)
	if err != nil {
		t.Fatalf("%s in %s: %v", m.Name, s, err)
		return nil
	}
	switch {
	case r.StoppedBy == StoppedByInterrupt && r.Verdict == Inconclusive:
		r.Reason = "the test's context has ended"
	case r.StoppedBy == StoppedByTime && byTest && r.Verdict == Inconclusive:
		r.Reason = "the test's deadline leaves no more time (go test -timeout allows more)"
	}
	return r
}

// report is what a test says of a result: of a violation, the run that shows
// it.
func report(r *Result, m *spec.Model) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s in %s: %s", m.Name, r.Prog.Scenario, r.Verdict)
	if r.Verdict == Violated {
		for i, p := range r.Properties {
			fmt.Fprintf(&b, "%s%s", [2]string{" ", ", "}[min(i, 1)], p)
		}
	}
	fmt.Fprintf(&b, " (%s)\n", r.Prog.Scenario.About())
	if r.Reason != "" {
		fmt.Fprintf(&b, "%s\n", r.Reason)
	}
	if r.Trace != nil && r.Trace.Violation != nil {
		fmt.Fprintf(&b, "\n%s", RunText(m, r.Prog, r.Trace))
	}
	return strings.TrimRight(b.String(), "\n")
}
