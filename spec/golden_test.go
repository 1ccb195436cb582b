package spec_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lastput/spec"
)

// TestGolden compares the programs made of the models of testdata/golden, each
// for the scenario it is named after, or else the first of its scenarios, with
// what stands beside them.
func TestGolden(t *testing.T) {
	t.Parallel()
	for path, m := range goldenModels(t) {
		if !strings.HasPrefix(path, "testdata/golden/") {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			s, ok := spec.FindScenario(m.Name)
			if !ok {
				s = m.Scenarios()[0]
			}
			got := build(t, m, s).String()
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

// TestBuild makes programs for scenarios put together by hand, and those of the
// models of testdata for the standard ones, too, as the tests of the strategies
// do for theirs: they are sane. The last is made twice, and is the same to the
// byte.
func TestBuild(t *testing.T) {
	t.Parallel()
	for path, m := range allModels(t) {
		t.Run(path, func(t *testing.T) {
			scenarios := m.Scenarios()
			if len(scenarios) > 1 {
				if !strings.HasPrefix(path, "testdata/") {
					scenarios = nil
				}
				scenarios = append(scenarios,
					spec.Scenario{Name: "custom", Getters: 3, Gets: 1, Unloaders: 1, Handover: true, IRQ: true, Hog: spec.KernelHog, SameCPU: true},
					spec.Scenario{Name: "custom", Getters: 3, Gets: 1, Nested: 2, Unloaders: 2, Isolated: 1, Migrate: true})
			}
			for i, s := range scenarios {
				a := build(t, m, s).String()
				if i < len(scenarios)-1 {
					continue
				}
				if b := build(t, m, s).String(); a != b {
					t.Errorf("%s: two programs\n%s", s, cmp.Diff(lines(a), lines(b)))
				}
			}
		})
	}
}

// TestTaskNames: a pointer to a task is printed as the thread, and its members
// are named after it; a variable of the model is not, whatever its name.
func TestTaskNames(t *testing.T) {
	m, err := load("#include <linux/sched.h>\nstruct task_struct *p;\nmc_thread(0, 0) void first(void) { p = NULL; }\nmc_thread(0, 0) void waiter(void) { p = current; set_current_state(1); }\n")
	if err != nil {
		t.Fatal(err)
	}
	p := build(t, m, m.Scenarios()[0])
	cell := func(name string) int {
		return slices.IndexFunc(p.Cells, func(c spec.Cell) bool { return c.Name == name })
	}
	at, ptr := cell("waiter.__state"), cell("p")
	if at < 0 || ptr < 0 {
		t.Fatalf("no such cells\n%s", p)
	}
	if got := p.Value(p.Cells[ptr].Type, int64(at)+1); got != "&waiter" {
		t.Errorf("a pointer to the task of waiter is printed as %s", got)
	}
	m, err = load("#include <mc.h>\nint __mc_tasks[2];\nmc_thread(0, 0) void t(void) { __mc_tasks[0] = 1; }\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := build(t, m, m.Scenarios()[0]).String(); !strings.Contains(got, "__mc_tasks[1]") {
		t.Errorf("a variable of the model was renamed:\n%s", got)
	}
}
