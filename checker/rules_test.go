package checker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"lastput/spec"
)

// This file has, for each rule of the semantics that no single primitive shows,
// a model that comes out differently without it.

// one is the smallest scenario: a getter, a round, an unloader.
var one = spec.Scenario{Name: "custom", Getters: 1, Gets: 1, Unloaders: 1}

func TestRules(t *testing.T) {
	tests := []struct {
		rule     string
		text     string
		scenario spec.Scenario // zero: the model's own threads
		want     string        // property, or else verdict
		message  string        // part of the violation's
	}{
		{
			rule: "the release waits for pinned gets in flight, and no get starts after it",
			text: `static struct object { int n; } obj;
mc_pinned mc_get bool get(void) { smp_mb(); mc_use(&obj); mc_use(&obj.n); return false; }
mc_put void put(void) { smp_mb(); }
mc_unload bool unload(void) { mc_release(&obj); return true; }`,
			scenario: spec.Scenario{Name: "custom", Getters: 2, Gets: 2, Unloaders: 1},
			want:     "verified",
		},
		{
			rule: "it does not wait for others",
			text: `static struct object { int n; } obj;
mc_get bool get(void) { smp_mb(); mc_use(&obj); mc_use(&obj.n); return false; }
mc_put void put(void) { smp_mb(); }
mc_unload bool unload(void) { mc_release(&obj); return true; }`,
			scenario: one,
			want:     "use-after-release",
		},
		{
			rule: "it does not wait for the get of the thread itself",
			text: `static int obj, asked;
mc_pinned mc_get bool get(void) { while (!READ_ONCE(asked)) cpu_relax(); mc_release(&obj); return false; }
mc_put void put(void) { smp_mb(); }
mc_unload bool unload(void) { asked = 1; return true; }`,
			scenario: one,
			want:     "verified",
		},
		{
			rule: "a release implies the final put",
			text: `static int obj;
mc_thread(0, 0) void a(void) { smp_mb(); mc_release(&obj); smp_mb(); mc_got(&obj); }`,
			want: "get-after-final-put",
		},
		{
			rule: "the end of a put is not pinned",
			text: `static struct object { int n; } obj; static atomic_t count;
mc_pinned mc_get bool get(void) { return atomic_add_unless(&count, 1, -1); }
mc_put void put(void) { atomic_dec(&count); mc_use(&obj); }
mc_unload bool unload(void) { if (atomic_cmpxchg(&count, 0, -1)) return false; mc_release(&obj); return true; }`,
			scenario: one,
			want:     "use-after-release",
		},
		{
			rule: "a pinned get without a step is over at once",
			text: `static struct object { int n; } obj; static int gone;
mc_pinned mc_get bool get(void) { return true; }
mc_put void put(void) { gone = 1; gone = 2; smp_mb(); mc_use(&obj); }
mc_unload bool unload(void) { if (gone != 2) return false; mc_release(&obj); return true; }`,
			scenario: one,
			want:     "use-after-release",
		},
		{
			rule: "a put without a step gives its reference up all the same",
			text: `static int obj, gone;
mc_get bool get(void) { return !gone; }
mc_put void put(void) { }
mc_unload bool unload(void) { if (mc_choose(1) || xchg(&gone, 1)) return false; mc_final_put(&obj); return true; }`,
			scenario: spec.Scenario{Name: "custom", Getters: 1, Gets: 2, Unloaders: 1},
			want:     "verified",
		},
		{
			rule: "the final put comes after an attempt to unload",
			text: `static int obj; static atomic_t count;
mc_get bool get(void) { atomic_inc(&count); return true; }
mc_put void put(void) { if (atomic_dec_and_test(&count)) mc_final_put(&obj); }
mc_unload bool unload(void) { smp_mb(); return true; }`,
			scenario: one,
			want:     "final-put-while-held",
			message:  "before any unload",
		},
		{
			rule: "an unload that is always refused is given up",
			text: `static int obj;
mc_get bool get(void) { smp_mb(); return false; }
mc_put void put(void) { mc_final_put(&obj); }
mc_unload bool unload(void) { smp_mb(); return false; }`,
			scenario: one,
			want:     "verified",
		},
		{
			rule: "two unloaders that are refused for ever keep each other at it",
			text: `static int obj;
mc_get bool get(void) { smp_mb(); return false; }
mc_put void put(void) { mc_final_put(&obj); }
mc_unload bool unload(void) { smp_mb(); return false; }`,
			scenario: spec.Scenario{Name: "custom", Getters: 1, Gets: 1, Unloaders: 2},
			want:     "hang",
		},
		{
			rule: "whoever waits for what need not come has finished, and may leave something behind",
			text: `static int obj, x, y;
mc_thread(0, 0) void a(void) { mc_idle_until(READ_ONCE(x)); }
mc_thread(1, 0) void b(void) { if (READ_ONCE(y)) mc_final_put(&obj); }`,
			want:    "leak",
			message: "never decided",
		},
		{
			rule: "memory that somebody spins on is not released",
			text: `static struct object { spinlock_t lock; } obj;
mc_thread(0, 0) void a(void) { spin_lock(&obj.lock); smp_mb(); mc_release(&obj); smp_mb(); }
mc_thread(1, 0) void b(void) { spin_lock(&obj.lock); }`,
			want:    "use-after-release",
			message: "released while b waits",
		},
		{
			rule: "memory that somebody sleeps on is not released",
			text: `static struct object { struct mutex lock; } obj;
mc_thread(0, 0) void a(void) { mutex_lock(&obj.lock); mc_release(&obj); smp_mb(); }
mc_thread(1, 0) void b(void) { mutex_lock(&obj.lock); }`,
			want:    "use-after-release",
			message: "released while b waits",
		},
		{
			rule: "nor where two objects are released in one step",
			text: `static struct object { struct mutex lock; } obj, more; static int x;
mc_thread(0, 0) void a(void) { mutex_lock(&obj.lock); x = 1; mc_release(&obj); mc_release(&more); smp_mb(); }
mc_thread(1, 0) void b(void) { mutex_lock(&obj.lock); mc_assume(0); }`,
			want:    "use-after-release",
			message: "released while b waits",
		},
		{
			rule: "one thread may put what another got",
			text: `static int obj, there;
mc_thread(0, 0) void a(void) { smp_mb(); mc_got(&obj); there = 1; }
mc_thread(1, 0) void b(void) { mc_sleep_until(there); mc_putting(&obj); smp_mb(); mc_final_put(&obj); }`,
			want: "verified",
		},
		{
			rule: "a thread may give up two objects with one step",
			text: `static int obj, two, done;
mc_thread(0, 0) void a(void) { smp_mb(); mc_got(&obj); mc_got(&two); mc_got(&two); smp_mb(); mc_putting(&two); mc_putting(&obj); mc_putting(&two); done = 1; mc_final_put(&two); mc_final_put(&obj); }`,
			want: "verified",
		},
		{
			rule: "the last thing a thread does may be to give up",
			text: `static int obj, x;
mc_thread(0, 0) void a(void) { smp_mb(); mc_got(&obj); x = 1; mc_putting(&obj); }
mc_thread(1, 0) void b(void) { mc_sleep_until(x); mc_final_put(&obj); }`,
			want: "verified",
		},
		{
			rule: "a local is alive within its scope",
			text: `static int *out;
mc_thread(0, 0) void a(void) { { int l = 1; out = &l; *out = 2; mc_assert(l == 2); } }`,
			want: "verified",
		},
		{
			rule: "and dead after it",
			text: `static int *out;
mc_thread(0, 0) void a(void) { { int l = 1; out = &l; } *out = 2; }`,
			want:    "invalid-access",
			message: "after the end of its scope",
		},
		{
			rule: "a loop of several steps goes round, and others get on",
			text: `static int x, y;
mc_thread(0, 0) void a(void) { while (!x || !y) cpu_relax(); }
mc_thread(1, 0) void b(void) { x = 1; y = 1; }`,
			want: "verified", // b can step all the time
		},
		{
			rule: "a loop of one step is a wait",
			text: `static int x, y;
mc_thread(0, 0) void a(void) { while (!x) cpu_relax(); }
mc_thread(1, 0) void b(void) { x = 1; y = 1; }`,
			want: "verified",
		},
		{
			rule: "a thread that need not finish may go round",
			text: `static int x;
mc_percpu_thread(MC_OTHER) void hog(void) { for (;;) { x = 1; x = 0; } }
mc_thread(0, 0) void a(void) { }`,
			want: "verified", // and a, of the same class, gets the CPU
		},
		{
			rule: "what happens before everything can be wrong",
			text: `static int x = 1;
mc_init void setup(void) { mc_assert(x == 2); }
mc_thread(0, 0) void a(void) { x = 2; }`,
			want:    "assertion",
			message: "x == 2",
		},
		{
			rule: "an invariant holds in the first state",
			text: `static int x;
mc_invariant bool positive(void) { return x > 0; }
mc_thread(0, 0) void a(void) { x = 2; }`,
			want:    "invariant",
			message: "positive",
		},
		{
			rule: "an invariant may look at what was released",
			text: `static struct object { int n; } obj; static int x;
mc_invariant bool zero(void) { return obj.n == 0; }
mc_thread(0, 0) void a(void) { x = 2; mc_release(&obj); }`,
			want: "verified",
		},
		{
			rule: "a state in which an assumption ends the run is no deadlock",
			text: `static int x;
mc_thread(0, 0) void a(void) { mc_sleep_until(x); }
mc_thread(1, 0) void b(void) { smp_mb(); mc_assume(0); x = 1; }`,
			want: "verified",
		},
		{
			rule: "a thread that is born asleep makes no choice before, for only one outcome would be seen",
			text: `int x;
mc_percpu_thread(MC_STOP) void w(void) { int r = mc_choose(2); mc_sleep_until(READ_ONCE(x)); mc_assert(r == 0); }
mc_thread(0, 0) void a(void) { x = 1; }`,
			want:    "assertion",
			message: "not supported",
		},
		{
			rule: "sleeping is wrong where it may not be, even if it would not sleep",
			text: `mc_thread(0, 0) void a(void) { preempt_disable(); might_sleep(); preempt_enable(); }`,
			want: "sleep-in-atomic",
		},
		{
			rule: "a role comes back as it was called",
			text: `static int obj; static DEFINE_MUTEX(lock);
mc_get bool get(void) { mutex_lock(&lock); return false; }
mc_put void put(void) { mc_final_put(&obj); }
mc_unload bool unload(void) { smp_mb(); return true; }`,
			scenario: one,
			want:     "unbalanced",
			message:  "a lock held",
		},
		{
			rule: "preemption is not turned on that was not off",
			text: `mc_thread(0, 0) void a(void) { preempt_enable(); preempt_disable(); }`,
			want: "unbalanced",
		},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			s := tt.scenario
			if s.Name == "" {
				s.Name = spec.ThreadsScenario
			}
			r := check(t, program(t, tt.text, s))
			if got := verdictOf(r); got != tt.want {
				t.Fatalf("got %s, want %s", got, tt.want)
			}
			if tt.message != "" && !strings.Contains(r.Trace.Violation.Message, tt.message) {
				t.Errorf("message %q, want it to say %q", r.Trace.Violation.Message, tt.message)
			}
		})
	}
}

// TestHeld follows a getter step by step: held goes up with the last step of
// the get and down with the first of the put.
func TestHeld(t *testing.T) {
	p := program(t, `static int obj;
mc_get bool get(void) { smp_mb(); smp_mb(); smp_mb(); return true; }
mc_put void put(void) { smp_mb(); smp_mb(); smp_mb(); }
mc_unload bool unload(void) { smp_mb(); mc_final_put(&obj); return true; }`, one)
	m := newMachine(p, rules{})
	getter := slices.IndexFunc(p.Threads, func(th spec.Thread) bool { return th.Name == "getter0" })
	s := m.start()
	var held []int64
	for !m.finished(s, getter) {
		next := slices.Clone(s)
		if m.step(s, next, getter, nil) != stepped || m.wrong != nil {
			t.Fatal("the getter cannot step")
		}
		s = next
		held = append(held, s[m.threads[getter].held])
	}
	// The start, three steps of the get, three of the put.
	if want := []int64{0, 0, 0, 1, 0, 0, 0}; !slices.Equal(held, want) {
		t.Errorf("held after each step: %v, want %v", held, want)
	}
}

// TestRetiredReader: who has no get left to do holds up no grace period, though
// preemption is off there: be it that the object is gone when it comes to its get, or
// that it goes while the grace period waits.
func TestRetiredReader(t *testing.T) {
	const roles = `static struct object { int n; } obj; static int began, waits;
mc_pinned mc_get bool get(void) { smp_mb(); return true; }
mc_put void put(void) { preempt_disable(); WRITE_ONCE(began, 1); smp_mb(); }
`
	for _, unload := range []string{
		`mc_unload bool unload(void) {
	if (!READ_ONCE(began))
		return false;
	mc_release(&obj);
	synchronize_sched();
	return true;
}`,
		`mc_unload bool unload(void) {
	if (!READ_ONCE(began))
		return false;
	WRITE_ONCE(waits, 1);
	synchronize_sched();
	return true;
}
mc_thread(0, MC_OTHER) void reaper(void) { mc_idle_until(READ_ONCE(waits)); mc_release(&obj); }`,
	} {
		p := program(t, roles+unload, spec.Scenario{Name: "custom", Getters: 1, Gets: 2, Unloaders: 1})
		r, err := Check(context.Background(), p, Config{Ignore: []spec.Property{spec.Unbalanced, spec.FinalPutWhileHeld}})
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != Verified {
			t.Errorf("%s %v, want verified\n%s", r.Verdict, r.Properties, unload)
		}
	}
}

// TestAttempts: the unloader tries once, and once more for each call of the
// getter that ends after the attempt has begun: a get and a put.
func TestAttempts(t *testing.T) {
	wantOutcomes(t, program(t, `static int obj, n;
mc_get bool get(void) { smp_mb(); return true; }
mc_put void put(void) { smp_mb(); }
mc_unload bool unload(void) { __mc_fetch_add(&n, 1, MC_FULL); if (n > 9) mc_final_put(&obj); return false; }`, one),
		[]string{"n=1", "n=2", "n=3"})
}

// TestWitnesses: a witness is judged over all results of a model.
func TestWitnesses(t *testing.T) {
	m, err := loadText(headers + `static int obj, x;
mc_get bool get(void) { x++; mc_cover(x == 2); return false; }
mc_put void put(void) { smp_mb(); mc_final_put(&obj); }
mc_unload bool unload(void) { smp_mb(); return true; }`)
	if err != nil {
		t.Fatal(err)
	}
	var results []*Result
	for _, gets := range []int{1, 2} {
		p, err := m.Build(spec.Scenario{Name: "custom", Getters: 1, Gets: gets, Unloaders: 1})
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, check(t, p))
	}
	// Two rounds reach it.
	JudgeWitnesses(results)
	for i, r := range results {
		if r.Verdict != Verified {
			t.Errorf("together: result %d is %s", i, verdictOf(r))
		}
	}
	JudgeWitnesses(results[:1])
	if got := verdictOf(results[0]); got != "inconclusive witness" {
		t.Errorf("one round alone: %s", got)
	}
	if !strings.Contains(results[0].Reason, "mc_cover(x == 2)") {
		t.Errorf("reason %q does not name the witness", results[0].Reason)
	}
}

// TestGivenUp: an unloader that was refused has given up, unless a call has
// ended since: then it wants its CPU, and not to get it is a deadlock.
func TestGivenUp(t *testing.T) {
	p := program(t, `static int obj;
mc_get bool get(void) { smp_mb(); return false; }
mc_put void put(void) { mc_final_put(&obj); }
mc_unload bool unload(void) { smp_mb(); return false; }`, one)
	m := newMachine(p, rules{})
	s := m.start()
	unloader := slices.IndexFunc(p.Threads, func(th spec.Thread) bool { return th.Name == "unloader" })
	for u, th := range p.Threads {
		for th.MustFinish && !m.finished(s, u) && m.at(s, u).Op != spec.OpAwait {
			next := slices.Clone(s)
			if m.step(s, next, u, nil) != stepped {
				t.Fatalf("%s cannot step", th.Name)
			}
			s = next
		}
	}
	for _, news := range []int64{0, 1} {
		s[m.threads[unloader].news] = news
		if got := m.stuckThreads(s); slices.Contains(got, unloader) != (news == 1) {
			t.Errorf("news %d: stuck %v", news, got)
		}
	}
}

// TestPunning: memory keeps the type it is declared with, even where a void *
// hides it from the front end.
func TestPunning(t *testing.T) {
	for as, want := range map[string]spec.Property{"unsigned": spec.InvalidAccess, "int": ""} {
		wantVerdict(t, program(t, `static int x = -1;
static void *p = &x;
mc_thread(0, MC_OTHER) void t(void) { mc_assert(*(`+as+` *)p != 0); }`), want)
	}
}

// TestNotes: a noted property leaves the verdict alone, and counts in strict
// mode only.
func TestNotes(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []spec.Property
	}{
		{"a plain store against a marked load", `static int x;
mc_thread(0, MC_OTHER) void a(void) { x = 1; }
mc_thread(1, MC_OTHER) void b(void) { (void)READ_ONCE(x); }`, []spec.Property{spec.PlainRace}},
		{"both marked", `static int x;
mc_thread(0, MC_OTHER) void a(void) { WRITE_ONCE(x, 1); }
mc_thread(1, MC_OTHER) void b(void) { (void)READ_ONCE(x); }`, nil},
		{"plain loads", `static int x;
mc_thread(0, MC_OTHER) void a(void) { (void)x; }
mc_thread(1, MC_OTHER) void b(void) { (void)x; }`, nil},
		{"plain accesses under a lock", `static int x;
static DEFINE_SPINLOCK(l);
static void add(void) { spin_lock(&l); x++; spin_unlock(&l); }
mc_thread(0, MC_OTHER) void a(void) { add(); }
mc_thread(1, MC_OTHER) void b(void) { add(); }`, nil},
		{"plain accesses of two elements", `static int x[2];
mc_thread(0, MC_OTHER) void a(void) { x[0] = 1; }
mc_thread(1, MC_OTHER) void b(void) { x[1] = 1; }`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) { wantNotes(t, program(t, tt.text), tt.want) })
	}
}

// TestEarlyFailure: a get that fails is early unless the final put was decided.
func TestEarlyFailure(t *testing.T) {
	const rest = `static int obj, going, gone;
mc_put void put(void) { smp_mb(); }
mc_unload bool unload(void) { WRITE_ONCE(going, 1); WRITE_ONCE(gone, 1); mc_final_put(&obj); return true; }
mc_get bool get(void) { mc_assume(READ_ONCE(%s)); return false; }`
	wantNotes(t, program(t, fmt.Sprintf(rest, "going"), one), []spec.Property{spec.EarlyFailure})
	wantNotes(t, program(t, fmt.Sprintf(rest, "gone"), one), nil)
}

func wantNotes(t *testing.T, p *spec.Prog, want []spec.Property) {
	t.Helper()
	r := check(t, p)
	var got []spec.Property
	for _, n := range r.Notes {
		got = append(got, n.Property)
	}
	if r.Verdict != Verified || !slices.Equal(got, want) {
		t.Errorf("%s, notes %v, want verified, %v", verdictOf(r), got, want)
	}
	strict, err := Check(context.Background(), p, Config{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(strict.Properties, want) {
		t.Errorf("strict: %v, want %v", strict.Properties, want)
	}
	if len(want) > 0 {
		rec, err := ParseReplay(strict.Trace.Replay)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := rec.Run(p); err != nil || again.Violation == nil || again.Violation.Property != want[0] {
			t.Errorf("strict: the recorded run does not replay: %v", err)
		}
	}
}
