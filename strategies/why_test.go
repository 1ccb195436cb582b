package strategies_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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
var quick = []string{"rcu", "module_base", "lookup_lock", "atomic_dec_and_lock", "file_ref"}

// right are the strategies of which all is expected to be verified, but for a
// scenario named apart; and of the variants of another those of which all is.
func right() []*spec.Model {
	return slices.DeleteFunc(strategies.All(), func(m *spec.Model) bool {
		star := m.Expected("*")
		return star == nil || star.Verdict != string(checker.Verified) || strategies.Parent(m) != "" && !strategies.Right(m)
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
			w, err := checker.NewWhy(context.Background(), m, nil, nil, checker.Config{})
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
// what is not needed is explained in the file, and nothing else is. What a file
// explains holds of itself or of a variant that includes it.
func TestWhyCurrent(t *testing.T) {
	var mu sync.Mutex
	holds := map[string]bool{} // whether what is said in "FILE: ID" is so in any
	t.Run("all", func(t *testing.T) {
		for _, m := range right() {
			t.Run(m.Name, func(t *testing.T) {
				t.Parallel()
				for at, so := range wantCurrent(t, m) {
					mu.Lock()
					holds[at] = holds[at] || so
					mu.Unlock()
				}
			})
		}
	})
	for at, so := range holds {
		if !so {
			t.Errorf("%s is explained as if it were not needed, and is", at)
		}
	}
	for _, m := range right() {
		notes := strings.Count(m.Text, "// mc: why")
		for at := range holds {
			if strings.HasPrefix(at, m.File+": ") {
				notes--
			}
		}
		if notes > 0 {
			t.Errorf("%s: %d lines \"// mc: why\" speak of nothing that can be taken away", m.File, notes)
		}
	}
}

// wantCurrent compares a strategy with its table, and returns which of its
// mutations are explained, and whether they are not needed.
func wantCurrent(t *testing.T, m *spec.Model) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(whyFile(m))
	if err != nil {
		t.Fatalf("%v; go test ./strategies -run TestWhy -long -update writes it", err)
	}
	own, more := checker.WhyScenarios(m)
	list, err := m.Mutations(slices.Concat(own, more)...)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(lines) != len(list) {
		t.Fatalf("%s has %d mutations, %s %d", m.Name, len(list), whyFile(m), len(lines))
	}
	explained := map[string]bool{}
	for i, mu := range list {
		f := strings.Fields(lines[i])
		if f[0] != mu.ID {
			t.Fatalf("%s where the strategy has %s; go test ./strategies -run TestWhy -long -update", f[0], mu.ID)
		}
		redundant := strings.TrimSuffix(f[1], ";") == string(checker.WhyNotNeeded)
		if redundant && mu.Note == "" && mu.Kind != spec.MutBarrier {
			t.Errorf("%s:%d: not needed, %s, and not explained: say why in a line \"// mc: why %s ...\" above, or find the scenario that needs it", mu.File, mu.Line, mu.Text, mu.Kind)
		}
		if mu.Note != "" {
			explained[mu.File+": "+strings.TrimPrefix(mu.ID, mu.File+":")] = redundant
		}
	}
	return explained
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
		{"percpu_ref_confirm", "percpu_ref_unconfirmed", "basic", spec.MutWait, "wait_for_completion(&confirmed)"},
		{"percpu_ref_reinit", "percpu_ref_resurrect_early", "handover", spec.MutWait, "!READ_ONCE(obj.switching)"},
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
