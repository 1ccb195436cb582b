package strategies_test

import (
	"context"
	"slices"
	"testing"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

// TestExpectations holds every strategy, in every scenario of the battery, to
// what its file expects.
func TestExpectations(t *testing.T) {
	for _, m := range strategies.All() {
		for _, s := range m.Scenarios() {
			t.Run(m.Name+"/"+s.Name, func(t *testing.T) {
				t.Parallel()
				want := m.Expected(s.Name)
				if want == nil {
					t.Fatalf("%s expects nothing of %s", m.Name, s.Name)
				}
				r := checkModel(t, m, s)
				if string(r.Verdict) != want.Verdict {
					t.Fatalf("%s %v, expected %s", r.Verdict, r.Properties, want)
				}
				if want.Property != "" && !slices.Contains(r.Properties, spec.Property(want.Property)) {
					t.Errorf("%v violated, expected %s", r.Properties, want)
				}
			})
		}
	}
}

func checkModel(t *testing.T, m *spec.Model, s spec.Scenario) *checker.Result {
	t.Helper()
	p, err := m.Build(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := spec.Sanity(p); err != nil {
		t.Fatal(err)
	}
	r, err := checker.Check(context.Background(), p, checker.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTexts: a strategy says what it is, and from where.
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
