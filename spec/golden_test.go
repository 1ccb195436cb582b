package spec_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lastput/spec"
)

// TestGolden compares the programs made of the models of testdata/golden, each
// for the first of its scenarios, with what stands beside them.
func TestGolden(t *testing.T) {
	t.Parallel()
	for path, m := range goldenModels(t) {
		if !strings.HasPrefix(path, "testdata/golden/") {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			got := build(t, m, m.Scenarios()[0]).String()
			file := filepath.FromSlash(strings.TrimSuffix(path, ".c") + ".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(lines(string(want)), lines(got)); diff != "" {
				t.Errorf("(-want +got; -update if this is meant)\n%s", diff)
			}
		})
	}
}

// TestBuild makes every model's program in every scenario: it is sane. The
// first and the last are made twice, and are the same to the byte.
func TestBuild(t *testing.T) {
	t.Parallel()
	for path, m := range allModels(t) {
		t.Run(path, func(t *testing.T) {
			scenarios := m.Scenarios()
			if len(scenarios) > 1 {
				scenarios = append(scenarios, spec.Scenario{Name: "custom", Getters: 3, Gets: 1, Nested: 2, Unloaders: 2, Isolated: 1, Migrate: true})
			}
			for i, s := range scenarios {
				a := build(t, m, s).String()
				if i > 0 && i < len(scenarios)-1 {
					continue
				}
				if b := build(t, m, s).String(); a != b {
					t.Errorf("%s: two programs\n%s", s, cmp.Diff(lines(a), lines(b)))
				}
			}
		})
	}
}
