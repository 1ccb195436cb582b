package checker_test

import (
	"context"
	"slices"
	"testing"
	"testing/fstest"

	"lastput/checker"
	"lastput/spec"
)

// whyModel has something of each outcome.
const whyModel = `#include <linux/atomic.h>
#include <linux/spinlock.h>
static int a, b, x;
static DEFINE_SPINLOCK(l);
static void swap_in(int v)
{
	int same;

	spin_lock(&l);
	WRITE_ONCE(a, v);
	WRITE_ONCE(b, v);
	mc_assert(READ_ONCE(a) == READ_ONCE(b));
	spin_unlock(&l);
	same = READ_ONCE(x);
	if (same)
		same = 0;
}
mc_thread(0, MC_OTHER) void one(void)
{
	smp_mb();
	swap_in(1);
	while (READ_ONCE(x) != 1)
		if (READ_ONCE(a) == 3)
			continue;
}
mc_thread(1, MC_OTHER) void two(void)
{
	swap_in(2);
	if (READ_ONCE(a))
		WRITE_ONCE(x, 1);
}
mc_thread(0, MC_OTHER) void three(void)
{
	if (xchg(&x, 1) == 5)
		for (;;)
			if (READ_ONCE(b) == 7)
				break;
}
`

func whyOf(t *testing.T, text string, cfg checker.Config) (*checker.Why, map[string]*checker.Reason) {
	t.Helper()
	m, err := spec.Load(fstest.MapFS{"m.c": {Data: []byte(text)}}, "m.c")
	if err != nil {
		t.Fatal(err)
	}
	w, err := checker.NewWhy(context.Background(), m, nil, nil, cfg)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*checker.Reason{}
	for _, mu := range w.Mutations {
		if out[mu.ID], err = w.Judge(context.Background(), mu, ""); err != nil {
			t.Fatal(err)
		}
	}
	return w, out
}

func TestWhyOutcomes(t *testing.T) {
	w, got := whyOf(t, whyModel, checker.Config{})
	for id, want := range map[string]struct {
		outcome  checker.WhyOutcome
		property spec.Property
	}{
		"lock@9:2":     {checker.WhyNeeded, spec.Assertion},
		"check@15:6":   {checker.WhySame, ""},
		"barrier@20:2": {checker.WhyNotNeeded, ""},
		"check@29:6":   {checker.WhyNotNeeded, ""},
		"check@34:6":   {checker.WhyLiveness, spec.Deadlock},
	} {
		r := got[id]
		if r == nil {
			t.Fatalf("nothing is called %s", id)
		}
		if r.Outcome != want.outcome || r.Property != want.property {
			t.Errorf("%s: %s %s, want %s %s", id, r.Outcome, r.Property, want.outcome, want.property)
		}
		if (r.Steps > 0) != (want.outcome == checker.WhyNeeded) {
			t.Errorf("%s: %d steps", id, r.Steps)
		}
		if want.property == "" {
			continue
		}
		res, err := w.Show(context.Background(), r)
		if err != nil || res.Property != want.property || res.Trace == nil {
			t.Errorf("%s: the run shown is of %q: %v", id, res.Property, err)
		}
		if want.outcome == checker.WhyNeeded && len(res.Trace.Steps) < r.Steps {
			t.Errorf("%s: a run of %d steps is shown, the shortest is said to have %d", id, len(res.Trace.Steps), r.Steps)
		}
	}
}

// TestFirstViolation: the search ends at the level of the first violation, which
// is the length of a shortest run.
func TestFirstViolation(t *testing.T) {
	m := spec.MustLoad(fstest.MapFS{"m.c": {Data: []byte(`#include <linux/compiler.h>
static int x;
mc_thread(0, MC_OTHER) void one(void)
{
	WRITE_ONCE(x, 1);
	WRITE_ONCE(x, 2);
	mc_assert(READ_ONCE(x) != 2);
	WRITE_ONCE(x, 3);
}
mc_thread(1, MC_OTHER) void two(void)
{
	for (int i = 0; i < 50; i++)
		WRITE_ONCE(x, 4);
	mc_assert(READ_ONCE(x) != 4);
}
`)}}, "m.c")
	p, err := m.Build(m.Scenarios()[0])
	if err != nil {
		t.Fatal(err)
	}
	full, err := checker.Check(context.Background(), p, checker.Config{NoTrace: true, NoPOR: true})
	if err != nil {
		t.Fatal(err)
	}
	first, err := checker.Check(context.Background(), p, checker.Config{NoTrace: true, FirstViolation: true, NoPOR: true})
	if err != nil {
		t.Fatal(err)
	}
	// The start of the thread, two stores and a load.
	if first.Verdict != checker.Violated || first.Depth != 4 || first.States >= full.States {
		t.Errorf("%s at depth %d with %d states, want violated at 4 with less than %d", first.Verdict, first.Depth, first.States, full.States)
	}
}

// TestWhyLooksPast: what the model violates itself says nothing of its mutants.
func TestWhyLooksPast(t *testing.T) {
	w, got := whyOf(t, `#include <linux/compiler.h>
static int x;
mc_thread(0, MC_OTHER) void one(void)
{
	if (READ_ONCE(x) == 0)
		mc_assert(READ_ONCE(x) == 1);
}
`, checker.Config{})
	if b := w.Baseline[0]; b.Property != spec.Assertion {
		t.Fatalf("the model itself: %s", b.Property)
	}
	if r := got["check@5:6"]; r.Outcome != checker.WhyNotNeeded {
		t.Errorf("check@5:6: %s %s, want not needed, as the model fails so itself", r.Outcome, r.Property)
	}
}

// TestWhyStopped: a search that is stopped says neither needed nor not needed.
func TestWhyStopped(t *testing.T) {
	m := spec.MustLoad(fstest.MapFS{"m.c": {Data: []byte(whyModel)}}, "m.c")
	w, err := checker.NewWhy(context.Background(), m, nil, nil, checker.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, mu := range w.Mutations {
		r, err := w.Judge(ctx, mu, "")
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains([]checker.WhyOutcome{checker.WhyUnknown, checker.WhySame}, r.Outcome) {
			t.Errorf("%s: %s after an interrupt", mu.ID, r.Outcome)
		}
	}
}

// TestWhyLeftOut: two unloaders that refuse each other count their attempts for
// ever. That scenario is left out, and what it would have told is not unknown;
// under a limit of one's own it is.
func TestWhyLeftOut(t *testing.T) {
	const text = `#include <linux/atomic.h>
#include <linux/mutex.h>
static atomic_t tries, count;
static bool gone;
static int obj;
static DEFINE_MUTEX(l);
mc_get bool get(void)
{
	bool ok;

	mutex_lock(&l);
	ok = !gone;
	if (ok)
		atomic_inc(&count);
	mutex_unlock(&l);
	return ok;
}
mc_put void put(void) { atomic_dec(&count); }
mc_unload bool unload(void)
{
	bool ok;

	atomic_inc(&tries);
	mutex_lock(&l);
	ok = !gone && atomic_read(&count) == 0;
	if (ok) {
		gone = true;
		mc_final_put(&obj);
	}
	mutex_unlock(&l);
	return ok;
}
`
	// No handler may take a mutex.
	cfg := checker.Config{Ignore: []spec.Property{spec.SleepInAtomic, spec.Deadlock}}
	w, got := whyOf(t, text, cfg)
	if len(w.LeftOut) != 1 || w.LeftOut[0].Unloaders != 2 || slices.Contains(w.Scenarios(), w.LeftOut[0]) {
		t.Errorf("left out: %v, want the one with two unloaders", w.LeftOut)
	}
	if r := got["split@23:2"]; r.Outcome != checker.WhyNotNeeded {
		t.Errorf("%s: %s, stopped by %q", r.Mutation.ID, r.Outcome, r.StoppedBy)
	}
	cfg.MaxStates = 5000
	w, got = whyOf(t, text, cfg)
	if r := got["split@23:2"]; len(w.LeftOut) != 0 || r.Outcome != checker.WhyUnknown {
		t.Errorf("%s: %s, left out: %v; under a limit it is unknown", r.Mutation.ID, r.Outcome, w.LeftOut)
	}
}
