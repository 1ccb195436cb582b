package checker

import (
	"context"
	"testing"
	"testing/fstest"

	"lastput/spec"
	"lastput/spec/specrapid"
)

// This file is what the other tests build their programs with.

// loadText loads a model from C text.
func loadText(text string) (*spec.Model, error) {
	return spec.Load(fstest.MapFS{"model.c": {Data: []byte(text)}}, "model.c")
}

// headers are those that the models in tests use.
const headers = specrapid.Headers

// program builds the model in C text, after headers, for a scenario; without
// one, for its own threads.
func program(t testing.TB, text string, scenario ...spec.Scenario) *spec.Prog {
	t.Helper()
	s := spec.Scenario{Name: spec.ThreadsScenario}
	if len(scenario) > 0 {
		s = scenario[0]
	}
	m, err := loadText(headers + text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.Build(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := spec.Sanity(p); err != nil {
		t.Fatal(err)
	}
	return p
}

// check checks a program with a full search.
func check(t testing.TB, p *spec.Prog, ignore ...spec.Property) *Result {
	t.Helper()
	r, err := Check(context.Background(), p, Config{Ignore: ignore})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// checkPlain checks the program without reductions, where states are counted.
func checkPlain(t testing.TB, p *spec.Prog) *Result {
	t.Helper()
	r, err := Check(context.Background(), p, Config{NoSymmetry: true, NoPOR: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wantVerdict checks the program; a property is one of those violated, and
// none means verified.
func wantVerdict(t *testing.T, p *spec.Prog, want spec.Property) *Result {
	t.Helper()
	r := check(t, p)
	if got := verdictOf(r); got != string(want) && !(want == "" && got == "verified") {
		t.Errorf("got %s, want %q", got, want)
	}
	return r
}

// verdictOf is the property violated, or the verdict and what stopped it.
func verdictOf(r *Result) string {
	switch r.Verdict {
	case Violated:
		return string(r.Property)
	case Inconclusive:
		return "inconclusive " + r.StoppedBy
	}
	return string(r.Verdict)
}
