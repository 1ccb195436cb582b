package checker

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"lastput/spec"
)

// judged are the properties that decide on a verdict.
func judged() []spec.Property {
	return slices.DeleteFunc(slices.Clone(spec.Properties), spec.Property.IsNote)
}

const propertyDir = "testdata/properties"

// TestProperties holds, for every property, the smallest model that violates it
// and the nearest one that does not to what they expect.
func TestProperties(t *testing.T) {
	for _, prop := range judged() {
		t.Run(string(prop), func(t *testing.T) {
			bad := propertyResult(t, fmt.Sprintf("%s_bad.c", prop))
			if bad.Verdict != Violated || !slices.Equal(bad.Properties, []spec.Property{prop}) {
				t.Errorf("bad: %s %v, want it violated and nothing else", bad.Verdict, bad.Properties)
			}
			if bad.Trace == nil || bad.Trace.Violation.Message == "" {
				t.Error("bad: no run with a message")
			}
			if good := propertyResult(t, fmt.Sprintf("%s_good.c", prop)); good.Verdict != Verified {
				t.Errorf("good: %s", verdictOf(good))
			}
		})
	}
}

// propertyResult checks a model of propertyDir, which expects one thing of one
// scenario, and holds it to that.
func propertyResult(t *testing.T, file string) *Result {
	t.Helper()
	m, err := spec.Load(os.DirFS(propertyDir), file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.Build(m.Scenarios()[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := spec.Sanity(p); err != nil {
		t.Fatal(err)
	}
	r := check(t, p)
	want := m.Expected(p.Scenario.Name)
	if want == nil {
		t.Fatalf("%s expects nothing", file)
	}
	if string(r.Verdict) != want.Verdict || want.Property != "" && !slices.Contains(r.Properties, spec.Property(want.Property)) {
		t.Errorf("%s: %s %v, expected %s", file, r.Verdict, r.Properties, want)
	}
	return r
}

// TestPropertyFiles finds files that no property has asked for.
func TestPropertyFiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(propertyDir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2*len(judged()) {
		t.Errorf("%d files for %d properties, want a bad and a good one for each", len(files), len(judged()))
	}
}
