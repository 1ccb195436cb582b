package spec_test

import (
	"testing"

	"lastput/checker"
)

// TestExec checks the models of testdata that say what they expect. Those of
// testdata/exec compute something and assert what C says the results are.
func TestExec(t *testing.T) {
	t.Parallel()
	for path, m := range goldenModels(t) {
		want := m.Expected(m.Scenarios()[0].Name)
		if want == nil {
			continue
		}
		t.Run(path, func(t *testing.T) {
			if want.Verdict == string(checker.Verified) {
				wantVerified(t, m)
			} else if r := check(t, m); string(r.Verdict) != want.Verdict {
				t.Errorf("%s %v, want %s", r.Verdict, r.Properties, want)
			}
		})
	}
}
