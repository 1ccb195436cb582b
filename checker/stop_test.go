package checker

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lastput/spec"
	"lastput/strategies"
)

// This file tests the stop of the machine that is one step.

// stops reports whether the program stops the machine in one step.
func stops(p *spec.Prog) bool {
	return slices.ContainsFunc(p.Code, func(in spec.Inst) bool { return in.Op == spec.OpStop })
}

// TestAbstractStop: the hand-shake of the stoppers and the one step come to the
// same: what the file expects of the one is so with the other, the same
// properties of safety are violated, and an explorer that is told nothing of
// reductions sees as many states.
func TestAbstractStop(t *testing.T) {
	stopping := 0
	for _, m := range strategies.All() {
		for _, s := range m.Scenarios() {
			s.AbstractStop = true
			p, err := m.Build(s)
			if err != nil {
				t.Fatal(err)
			}
			if !stops(p) {
				continue
			}
			stopping++
			t.Run(m.Name+"/"+s.Name, func(t *testing.T) {
				t.Parallel()
				plain := checkPlain(t, p)
				want := m.Expected(s.Name)
				if string(plain.Verdict) != want.Verdict || want.Property != "" && !slices.Contains(plain.Properties, spec.Property(want.Property)) {
					t.Errorf("%s %v, expected %s", plain.Verdict, plain.Properties, want)
				}
				s.AbstractStop = false
				q, err := m.Build(s)
				if err != nil {
					t.Fatal(err)
				}
				if real := check(t, q); safety(real) != safety(plain) {
					t.Errorf("with the hand-shake %v, in one step %v", real.Properties, plain.Properties)
				}
				compareReductions(p, rules{}, plain, t.Fatalf)
				if n, ok := explore(newMachine(p, rules{}), naiveLimit); ok && (len(n.states) != int(plain.States) || n.verdict() != verdictOf(plain)) {
					t.Errorf("%d states, %s; the dumb explorer has %d, %s", plain.States, verdictOf(plain), len(n.states), n.verdict())
				}
			})
		}
	}
	if stopping < 50 {
		t.Errorf("only %d programs stop the machine", stopping)
	}
}

// safety is the first property of safety that is violated. What comes after it may
// take more steps than one of what was stopped.
func safety(r *Result) spec.Property {
	for _, p := range r.Properties {
		if p != spec.Deadlock && p != spec.Hang && p != spec.Leak {
			return p
		}
	}
	return ""
}

// TestCommuting: where one order of CPUs stands for all, all of them lead to the
// same states.
func TestCommuting(t *testing.T) {
	for _, name := range []string{"stop_machine", "isolated_skip"} {
		m, ok := strategies.Find(name)
		if !ok {
			t.Fatal(name)
		}
		s := spec.Battery()[0]
		s.AbstractStop = true
		p, err := m.Build(s)
		if err != nil {
			t.Fatal(err)
		}
		one := checkPlain(t, p)
		marked := 0
		for i := range p.Code {
			if p.Code[i].Commutes {
				marked++
				p.Code[i].Commutes = false
			}
		}
		if marked == 0 {
			t.Errorf("%s: in no loop the order does not matter", name)
		}
		if all := checkPlain(t, p); all.States != one.States || !slices.Equal(all.Properties, one.Properties) {
			t.Errorf("%s: %d states, %v; in one order %d, %v", name, all.States, all.Properties, one.States, one.Properties)
		}
	}
}

// TestStopWaits: who can be stopped, and who cannot.
func TestStopWaits(t *testing.T) {
	const stop = `int in, stopped; DEFINE_SPINLOCK(l);
mc_thread(0, MC_OTHER) void stopper(void) { __mc_stop(2, %s); stopped = 1; %s __mc_go_on(); }
`
	tests := []struct {
		name, class, inside, other, want string
	}{
		{"preemption off", "MC_STOP", "mc_assert(!in);", `mc_thread(1, MC_OTHER) void a(void) { preempt_disable(); in = 1; in = 0; preempt_enable(); }`, "verified"},
		{"interrupts off", "MC_STOP", "mc_assert(!in);", `mc_thread(1, MC_OTHER) void a(void) { local_irq_disable(); in = 1; in = 0; local_irq_enable(); }`, "verified"},
		{"preemptible", "MC_STOP", "mc_assert(!in);", `mc_thread(1, MC_OTHER) void a(void) { in = 1; in = 0; }`, "assertion"},
		{"a handler", "MC_STOP", "mc_assert(!in);", `mc_irq(1) void a(void) { in = 1; in = 0; }`, "verified"},
		{"another CPU", "MC_STOP", "mc_assert(!in);", `mc_thread(2, MC_OTHER) void a(void) { preempt_disable(); in = 1; in = 0; preempt_enable(); }`, "assertion"},
		{"for ever", "MC_STOP", "", `mc_thread(1, MC_OTHER) void a(void) { preempt_disable(); mc_hog(); }`, "hang"},
		{"a FIFO thread below", "MC_STOP", "", `mc_thread(1, 99) void a(void) { mc_hog(); }`, "verified"},
		{"a FIFO thread of the same class", "99", "", `mc_thread(1, 99) void a(void) { mc_hog(); }`, "hang"},
		{"a FIFO thread above", "50", "", `mc_thread(1, 99) void a(void) { mc_hog(); }`, "hang"},
		{"an ordinary thread of the same class", "MC_OTHER", "mc_assert(!in);", `mc_thread(1, MC_OTHER) void a(void) { in = 1; in = 0; }`, "assertion"},
		{"a FIFO thread asleep", "50", "", `mc_thread(1, 99) void a(void) { mc_sleep_until(READ_ONCE(stopped)); }`, "verified"},
		{"a FIFO thread at work", "50", "mc_assert(!in);", `mc_thread(1, 99) void a(void) { in = 1; in = 0; }`, "verified"},
		{"a lock on another CPU", "MC_STOP", "spin_lock(&l); mc_assert(!in); spin_unlock(&l);", `mc_thread(2, MC_OTHER) void a(void) { spin_lock(&l); in = 1; in = 0; spin_unlock(&l); }`, "verified"},
		{"all is one step", "MC_STOP", "in = 1; in = 0;", `mc_thread(2, MC_OTHER) void a(void) { mc_assert(!READ_ONCE(in)); }`, "verified"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := program(t, fmt.Sprintf(stop, tt.class, tt.inside)+tt.other)
			if n, ok := explore(newMachine(p, rules{}), naiveLimit); !ok || n.verdict() != tt.want {
				t.Errorf("the dumb explorer: %s, want %s", n.verdict(), tt.want)
			}
			r := check(t, p)
			if got := verdictOf(r); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			compareReductions(p, rules{}, checkPlain(t, p), t.Fatalf)
		})
	}
	p := program(t, `
mc_thread(0, MC_OTHER) void a(void) { preempt_disable(); __mc_stop(1, MC_STOP); __mc_go_on(); preempt_enable(); }`)
	if r := check(t, p); r.Property != spec.SleepInAtomic {
		t.Errorf("a stop with preemption off: %s %v, want %s", r.Verdict, r.Properties, spec.SleepInAtomic)
	}
}

// TestStopIsOneStep: what runs while the machine is stopped may not wait.
func TestStopIsOneStep(t *testing.T) {
	for _, inside := range []string{"mutex_lock(&m);", "schedule();", "mc_sleep_until(READ_ONCE(x));", "synchronize_rcu();", "mc_hog();", "__mc_stop(1, MC_STOP);"} {
		_, err := loadText(headers + "int x; DEFINE_MUTEX(m);\n" +
			"mc_thread(0, MC_OTHER) void a(void) { __mc_stop(1, MC_STOP); " + inside + " __mc_go_on(); }")
		if err == nil || !strings.Contains(err.Error(), "stopped") {
			t.Errorf("%s while the machine is stopped is not refused: %v", inside, err)
		}
	}
}
