package checker

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lastput/spec"
)

// This file sees to it that a search that was stopped never looks like a pass.

// A countdown is a context that is cancelled the n-th time it is looked at.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

const (
	// pass has 2 x 19^2 states or so, and no violation.
	pass = `int x, y, z; mc_thread(0, 0) void a(void) { x++; x++; y++; } mc_thread(1, 0) void b(void) { x++; y++; } mc_thread(2, 0) void c(void) { z++; y++; }`
	// endless goes round for ever.
	endless = `unsigned char x, y; mc_thread(0, 0) void a(void) { for (;;) x = (x + 1) & 15; } mc_thread(1, 0) void b(void) { for (;;) y = (y + 1) & 15; }`
	// fail has as many, and one.
	fail = pass + ` mc_thread(0, 0) void d(void) { mc_assert(x != 2 || y != 2 || z != 1); }`
)

func TestStateLimit(t *testing.T) {
	p := program(t, `int x; mc_thread(0, 0) void a(void) { x++; } mc_thread(1, 0) void b(void) { x++; }`) // 19 states
	for limit := int64(1); limit <= 20; limit++ {
		r, err := Check(context.Background(), p, Config{MaxStates: limit, NoPOR: true})
		if err != nil {
			t.Fatal(err)
		}
		want := "inconclusive max-states"
		if limit >= 19 {
			want = "verified"
		}
		if got := verdictOf(r); got != want {
			t.Errorf("limit %d: %s, want %s", limit, got, want)
		}
		if want != "verified" && (r.Reason == "" || !r.Stopped()) {
			t.Errorf("limit %d: no reason", limit)
		}
	}
}

// TestInterrupt interrupts at every occasion: while exploring, while looking
// for endless runs and while looking for the simplest run.
func TestInterrupt(t *testing.T) {
	for _, tt := range []struct{ name, text, full string }{
		{"pass", pass, "verified"}, {"fail", fail, "assertion"}, {"endless", endless, "hang"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := program(t, tt.text)
			seen := map[string]int{}
			for n := 0; ; n++ {
				ctx := &countdown{context.Background(), n}
				r, err := Check(ctx, p, Config{})
				if err != nil {
					t.Fatal(err)
				}
				stopped := ctx.left < 0
				kind := verdictOf(r)
				if r.Verdict == Inconclusive {
					kind = r.Reason
				} else if strings.Contains(r.TraceBound, "ruled out") {
					kind = "bound"
				}
				seen[kind]++
				switch {
				case stopped && r.Verdict == Verified:
					t.Fatalf("interrupted at %d: verified", n)
				case stopped && r.Verdict == Violated && r.TraceBound == "" && r.StoppedBy == "":
					t.Fatalf("interrupted at %d: neither the search nor the run says so", n)
				case r.Verdict == Violated:
					wantReplay(t, p, r)
				}
				if !stopped {
					if kind != tt.full {
						t.Errorf("in full: %s, want %s", kind, tt.full)
					}
					break
				}
			}
			t.Log(seen)
			want := []string{"interrupted"}
			if tt.name == "endless" {
				want = append(want, "interrupted, while looking for endless runs")
			}
			if tt.name != "pass" {
				want = append(want, "bound")
			}
			for _, w := range want {
				if seen[w] == 0 {
					t.Errorf("never ended with %q", w)
				}
			}
		})
	}
}

func TestTimeout(t *testing.T) {
	for _, text := range []string{pass, fail, endless} {
		r, err := Check(context.Background(), program(t, text), Config{Timeout: time.Nanosecond})
		if err != nil {
			t.Fatal(err)
		}
		if r.StoppedBy != StoppedByTime || r.Verdict == Verified {
			t.Errorf("%s, stopped by %q", verdictOf(r), r.StoppedBy)
		}
	}
}

// TestMemoryLimit goes up through all limits that end the search in different
// places.
func TestMemoryLimit(t *testing.T) {
	p := program(t, pass)
	seen := map[string]bool{}
	for limit := int64(1); limit < 64<<20; limit += max(limit/64, 1) {
		r, err := Check(context.Background(), p, Config{MaxMemory: limit})
		if err != nil {
			t.Fatal(err)
		}
		kind := verdictOf(r) + " " + r.Reason
		if seen[kind] = true; r.Verdict == Verified {
			return
		}
		if r.StoppedBy != StoppedByMemory {
			t.Fatalf("limit %d: %s", limit, kind)
		}
	}
	t.Errorf("never verified: %v", seen)
}

// TestManyOutcomes: one step may have more outcomes than can ever be tried.
func TestManyOutcomes(t *testing.T) {
	choices := strings.Repeat("r = r * 3 + mc_choose(64); ", 10)
	for name, text := range map[string]string{
		"states":  `int x; mc_thread(0, 0) void a(void) { unsigned r = 0; ` + choices + `x = r; }`,
		"nowhere": `int x; mc_thread(0, 0) void a(void) { unsigned r = 0; ` + choices + `mc_assume(0); x = r; }`,
		"waiting": `int x; mc_thread(0, 0) void a(void) { while (!READ_ONCE(x)) { unsigned r = 0; ` + choices + `if (r == 1) break; } }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := program(t, text)
			r, err := Check(context.Background(), p, Config{Timeout: 200 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			if got := verdictOf(r); got != "inconclusive timeout" {
				t.Errorf("got %s", got)
			}
			if r.Elapsed > 20*time.Second {
				t.Errorf("took %v", r.Elapsed)
			}
		})
	}
}

// TestStoppedBeforeWideValues: where the first search is stopped at once, the
// search for the simplest run meets values that the first has not, nor the
// random walks that come before: a goes on with a probability of 1/64 for each
// value.
func TestStoppedBeforeWideValues(t *testing.T) {
	p := program(t, `long x, y;
mc_thread(0, 0) void a(void) { for (int i = 0; i < 12; i++) { if (mc_choose(64)) return; x = x * 16 + 1; } }
mc_thread(1, 0) void b(void) { y = 1; }
mc_thread(2, 0) void c(void) { mc_assert(y == 0); }`)
	want := check(t, p)
	stopped, err := Check(context.Background(), p, Config{MaxStates: 40})
	if err != nil {
		t.Fatal(err)
	}
	if stopped.StoppedBy != StoppedByStates || stopped.Verdict != Violated {
		t.Fatalf("%s, stopped by %q", verdictOf(stopped), stopped.StoppedBy)
	}
	if d := cmp.Diff(want.Trace, stopped.Trace); d != "" {
		t.Errorf("another run after a stop (-full +stopped):\n%s", d)
	}
}

// TestDeterminism: twice is the same, to the byte.
func TestDeterminism(t *testing.T) {
	for _, text := range append([]string{pass, fail, endless}, wide...) {
		p := program(t, text)
		a, b := check(t, p), check(t, p)
		if d := cmp.Diff(a, b, cmpopts.IgnoreFields(Result{}, "Elapsed", "Prog")); d != "" {
			t.Errorf("%s\n(-first +second)\n%s", text, d)
		}
	}
}

func TestConfig(t *testing.T) {
	p := program(t, pass)
	for _, c := range []Config{{MaxStates: -1}, {MaxMemory: -1}, {Timeout: -1}, {Ignore: []spec.Property{"deadlok"}}} {
		if r, err := Check(context.Background(), p, c); err == nil || r != nil {
			t.Errorf("%+v: no error", c)
		}
	}
}
