package strategies_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

// This file holds every right strategy to why it is as it is: what becomes of it
// without each of the things it does for safety, in why/NAME.txt. All of it is
// checked again by
//
//	go test ./strategies -run TestWhy -long
//
// and written by the same with -update, too.

var (
	update = flag.Bool("update", false, "with -long, write why/*.txt")
	long   = flag.Bool("long", false, "check all mutants of all strategies again, which takes minutes")
)

// quick are those that are checked again each time.
var quick = []string{"rcu", "module_base", "lookup_lock", "atomic_dec_and_lock"}

// unexamined are those of which what is not needed has not been gone through line
// by line yet: each such line wants an explanation in the file, or a scenario
// that needs it. Some of them have no table, as it takes too long to make.
var unexamined = []string{"mount"}

// right are the strategies of which all is expected to be verified, a scenario
// named apart, and which are no variants of another.
func right() []*spec.Model {
	return slices.DeleteFunc(strategies.All(), func(m *spec.Model) bool {
		star := m.Expected("*")
		return star == nil || star.Verdict != string(checker.Verified) || strings.Contains(m.Text, "#include \"")
	})
}

func whyFile(m *spec.Model) string { return filepath.Join("why", m.Name+".txt") }

func TestWhy(t *testing.T) {
	for _, m := range right() {
		if !*long && !slices.Contains(quick, m.Name) {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			w, err := checker.NewWhy(context.Background(), m, nil, checker.Config{})
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, mu := range w.Mutations {
				r, err := w.Judge(context.Background(), mu, "")
				if err != nil {
					t.Fatal(err)
				}
				got.WriteString(reasonLine(r) + "\n")
			}
			if *update {
				if err := os.WriteFile(whyFile(m), []byte(got.String()), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(whyFile(m))
			if err != nil || string(want) != got.String() {
				t.Errorf("%s differs (%v); go test ./strategies -run TestWhy -long -update writes\n%s", whyFile(m), err, got.String())
			}
		})
	}
}

// reasonLine is a line of why/NAME.txt.
func reasonLine(r *checker.Reason) string {
	s := fmt.Sprintf("%-16s %s", r.Mutation.ID, r.Outcome)
	switch r.Outcome {
	case checker.WhyNeeded:
		s += fmt.Sprintf(" %s in %s, %d steps", r.Property, r.Scenario, r.Steps)
	case checker.WhyLiveness:
		s += fmt.Sprintf(" %s in %s", r.Property, r.Scenario)
	case checker.WhyNoProgram:
		s += " " + r.Err.Error()
	}
	for _, p := range r.Notes {
		s += "; noted: " + string(p)
	}
	return s
}

// TestWhyCurrent: the tables have the mutations that the strategies have, and
// what is not needed is explained in the strategy's file, and nothing else is.
func TestWhyCurrent(t *testing.T) {
	for _, m := range right() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(whyFile(m))
			examined := !slices.Contains(unexamined, m.Name)
			if err != nil && !examined {
				t.Skip("there is no table of it")
			}
			if err != nil {
				t.Fatalf("%v; go test ./strategies -run TestWhy -long -update writes it", err)
			}
			list, err := m.Mutations(checker.WhyScenarios(m)...)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(string(data)), "\n")
			if len(lines) != len(list) {
				t.Fatalf("%s has %d mutations, %s %d", m.Name, len(list), whyFile(m), len(lines))
			}
			notes := strings.Count(m.Text, "// mc: why")
			for i, mu := range list {
				f := strings.Fields(lines[i])
				if f[0] != mu.ID {
					t.Fatalf("%s where the strategy has %s; go test ./strategies -run TestWhy -long -update", f[0], mu.ID)
				}
				outcome := strings.TrimSuffix(f[1], ";")
				redundant := outcome == string(checker.WhyNotNeeded)
				switch {
				case redundant && examined && mu.Note == "" && mu.Kind != spec.MutBarrier:
					t.Errorf("%s:%d: not needed, %s, and not explained: say why in a line \"// mc: why %s ...\" above, or find the scenario that needs it", m.File, mu.Line, mu.Text, mu.Kind)
				case !redundant && mu.Note != "":
					t.Errorf("%s:%d: %s is explained as if it were not needed, and is %s", m.File, mu.Line, mu.ID, outcome)
				}
				if mu.Note != "" {
					notes--
				}
			}
			if notes > 0 {
				t.Errorf("%d lines \"// mc: why\" speak of nothing that can be taken away", notes)
			}
		})
	}
}

// TestBrokenVariants: what a broken variant lacks is found by taking the same
// away from the right one, with the same property.
func TestBrokenVariants(t *testing.T) {
	for _, c := range []struct {
		parent, variant, scenario string
		kind                      spec.MutationKind
		text                      string // part of what the mutation says
	}{
		{"rcu", "rcu_no_grace_period", "basic", spec.MutGrace, "synchronize_sched()"},
		{"rcu", "rcu_reader_outside", "basic", spec.MutPreempt, "preempt_disable()"},
		{"rcu_callback", "rcu_no_barrier", "basic", spec.MutWait, "rcu_barrier()"},
		{"module_base", "module_base_read_then_inc", "basic", spec.MutSplit, "atomic_inc_not_zero"},
		{"module_base", "module_base_no_grace_period", "basic", spec.MutGrace, "synchronize_sched()"},
		{"lookup_lock", "lookup_lock_plain", "irq", spec.MutIRQ, "spin_lock_irqsave"},
		{"stop_machine", "no_stop", "migrate", spec.MutAtOnce, "try_stop_module()"},
		{"stop_machine", "stop_machine_unchecked_get", "handover", spec.MutCheck, "READ_ONCE(mod.state) != GOING"},
		{"stop_machine", "stop_machine_plain_inc", "irq", spec.MutSplit, "this_cpu_inc"},
		{"isolated_slow_path", "isolated_slow_path_lockless_put", "isolated", spec.MutLock, "isolated_lock"},
		{"wait_zero", "wait_zero_no_grace_period", "migrate", spec.MutGrace, "synchronize_sched()"},
		{"wait_zero", "wait_zero_free_at_once", "migrate", spec.MutAtOnce, "unlink_module()"},
	} {
		t.Run(c.variant, func(t *testing.T) {
			t.Parallel()
			parent, _ := strategies.Find(c.parent)
			variant, found := strategies.Find(c.variant)
			s, known := spec.FindScenario(c.scenario)
			if !found || !known {
				t.Fatal("not found")
			}
			first := checker.Config{NoTrace: true, FirstViolation: true, NoPOR: true}
			want := checkModel(t, variant, s, first).Property
			list, err := parent.Mutations(s)
			if err != nil {
				t.Fatal(err)
			}
			var got []spec.Property
			for _, mu := range list {
				if mu.Kind == c.kind && strings.Contains(mu.Text, c.text) {
					got = append(got, checkModel(t, parent.Without(mu), s, first).Property)
				}
			}
			if want == "" || !slices.Contains(got, want) {
				t.Errorf("the variant violates %q, the mutants %q", want, got)
			}
		})
	}
}
