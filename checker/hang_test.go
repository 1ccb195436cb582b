package checker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"lastput/spec"
)

// This file sees to it that no unfair run is reported as a hang and no fair one
// is missed, and that who waits for what is said of deadlocks and hangs.

// forEver begins a thread that need not finish and goes round for ever.
const forEver = `int zero;
#define for_ever mc_sleep_until(!READ_ONCE(zero)); for (;;)
`

func TestFairness(t *testing.T) {
	for _, tt := range []struct {
		why      string
		text     string
		want     string
		cycle    bool     // the run goes on for ever
		message  []string // parts of the violation's
		migrates string   // a thread that may
		scenario spec.Scenario
	}{
		{
			why: "a thread of a higher priority that never rests starves those below",
			text: `int x;
mc_kthread(0, 50) void high(void) { for_ever { x = 1; x = 0; } }
mc_thread(0, MC_OTHER) void low(void) { }`,
			want: "hang", cycle: true,
			message: []string{"low cannot run: high (fifo 50) keeps CPU0", "high goes round and round"},
		},
		{
			why: "not if it pauses now and then",
			text: `int x;
mc_kthread(0, 50) void high(void) { for_ever { x = 1; x = 0; msleep(1); } }
mc_thread(0, MC_OTHER) void low(void) { }`,
			want: "verified",
		},
		{
			why: "to yield is not enough",
			text: `int x;
mc_kthread(0, 50) void high(void) { for_ever { x = 1; x = 0; yield(); } }
mc_thread(0, MC_OTHER) void low(void) { }`,
			want: "hang", cycle: true,
		},
		{
			why: "but for an equal",
			text: `int x;
mc_kthread(0, 50) void high(void) { for_ever { x = 1; x = 0; yield(); } }
mc_thread(0, 50) void equal(void) { }`,
			want: "verified",
		},
		{
			why: "an equal in the queue behind one that never yields starves",
			text: `int x;
mc_kthread(0, 50) void high(void) { for_ever { x = 1; x = 0; } }
mc_thread(0, 50) void equal(void) { mc_sleep_until(READ_ONCE(x)); }`,
			want: "hang", cycle: true,
		},
		{
			why: "on another CPU nobody starves",
			text: `int x;
mc_kthread(0, 50) void high(void) { for_ever { x = 1; x = 0; } }
mc_thread(1, MC_OTHER) void low(void) { }`,
			want: "verified",
		},
		{
			why: "nor who could go to another CPU",
			text: `int x;
mc_kthread(0, 50) void high(void) { for_ever { x = 1; x = 0; } }
mc_thread(0, MC_OTHER) void low(void) { }
mc_thread(1, MC_OTHER) void elsewhere(void) { }`,
			want: "verified", migrates: "low",
		},
		{
			why: "who tries for what a thread below on its CPU holds tries for ever",
			text: `int x; DEFINE_MUTEX(mutex);
mc_thread(0, 50) void high(void) { mc_sleep_until(READ_ONCE(x)); while (!mutex_trylock(&mutex)) smp_mb(); mutex_unlock(&mutex); }
mc_thread(0, MC_OTHER) void holder(void) { mutex_lock(&mutex); x = 1; mutex_unlock(&mutex); }`,
			want: "hang", cycle: true,
			message: []string{"holder cannot run: high (fifo 50) keeps CPU0"},
		},
		{
			why: "also if the holder sleeps, for it does not get back",
			text: `int x; DEFINE_MUTEX(mutex);
mc_thread(0, 50) void high(void) { mc_sleep_until(READ_ONCE(x)); while (!mutex_trylock(&mutex)) smp_mb(); mutex_unlock(&mutex); }
mc_thread(0, MC_OTHER) void holder(void) { mutex_lock(&mutex); x = 1; mc_sleep_until(READ_ONCE(x)); mutex_unlock(&mutex); }`,
			want: "hang", cycle: true,
		},
		{
			why: "to wait for the mutex asleep lets it",
			text: `int x; DEFINE_MUTEX(mutex);
mc_thread(0, 50) void high(void) { mc_sleep_until(READ_ONCE(x)); mutex_lock(&mutex); mutex_unlock(&mutex); }
mc_thread(0, MC_OTHER) void holder(void) { mutex_lock(&mutex); x = 1; mc_sleep_until(READ_ONCE(x)); mutex_unlock(&mutex); }`,
			want: "verified",
		},
		{
			why: "who tries in one step spins, and nothing steps any more",
			text: `int x; DEFINE_MUTEX(mutex);
mc_thread(0, 50) void high(void) { mc_sleep_until(READ_ONCE(x)); while (!mutex_trylock(&mutex)) cpu_relax(); mutex_unlock(&mutex); }
mc_thread(0, MC_OTHER) void holder(void) { mutex_lock(&mutex); x = 1; mutex_unlock(&mutex); }`,
			want:    "deadlock",
			message: []string{"high waits for mutex, which holder holds", "holder cannot run: high (fifo 50) keeps CPU0"},
		},
		{
			why: "a retry that may lose each time",
			text: `int count;
mc_kthread(0, MC_OTHER) void others(void) { for_ever { count = !READ_ONCE(count); } }
mc_thread(1, MC_OTHER) void unlucky(void) { int old; do old = READ_ONCE(count); while (cmpxchg(&count, old, 2) != old); }`,
			want: "hang", cycle: true,
			message: []string{"unlucky goes round and round"},
		},
		{
			why: "one that can lose only once",
			text: `int count;
mc_thread(0, MC_OTHER) void other(void) { count = 1; }
mc_thread(1, MC_OTHER) void lucky(void) { int old; do old = READ_ONCE(count); while (cmpxchg(&count, old, 2) != old); }`,
			want: "verified",
		},
		{
			why: "no outcome of a choice has to come",
			text: `int x;
mc_thread(0, MC_OTHER) void a(void) { while (mc_choose(2)) x = !x; }`,
			want: "hang", cycle: true,
		},
		{
			why: "a lock that two pass to and fro is got by a third",
			text: `DEFINE_SPINLOCK(lock);
mc_kthread(0, MC_OTHER) void one(void) { for_ever { spin_lock(&lock); spin_unlock(&lock); } }
mc_kthread(1, MC_OTHER) void two(void) { for_ever { spin_lock(&lock); spin_unlock(&lock); } }
mc_thread(2, MC_OTHER) void third(void) { spin_lock(&lock); spin_unlock(&lock); }`,
			want: "verified",
		},
		{
			why: "two that should finish do not if they pass it for ever",
			text: `DEFINE_SPINLOCK(lock);
mc_thread(0, MC_OTHER) void one(void) { for (;;) { spin_lock(&lock); spin_unlock(&lock); } }
mc_thread(1, MC_OTHER) void two(void) { for (;;) { spin_lock(&lock); spin_unlock(&lock); } }`,
			want: "hang", cycle: true,
		},
		{
			why: "to be refused while somebody could put is not for ever",
			text: `atomic_t count = ATOMIC_INIT(1);
mc_thread(0, MC_OTHER) void unloader(void) { while (atomic_cmpxchg(&count, 0, -1) != 0) smp_mb(); }
mc_thread(1, MC_OTHER) void getter(void) { smp_mb(); atomic_dec(&count); }`,
			want: "verified",
		},
		{
			why: "to be refused while others get and put for ever may be",
			text: `atomic_t count = ATOMIC_INIT(0);
mc_thread(0, MC_OTHER) void unloader(void) { while (atomic_cmpxchg(&count, 0, -1) != 0) smp_mb(); }
mc_kthread(1, MC_OTHER) void getter(void) { for_ever { if (atomic_inc_not_zero(&count)) atomic_dec(&count); else if (atomic_cmpxchg(&count, 0, 1) == 0) atomic_dec(&count); } }`,
			want: "hang", cycle: true,
		},
		{
			why: "an unloader that is refused waits for calls, and a getter that can finish does",
			text: `static int obj; static atomic_t count;
mc_get bool get(void) { return atomic_add_unless(&count, 1, -1); }
mc_put void put(void) { atomic_dec(&count); }
mc_unload bool unload(void) { if (atomic_cmpxchg(&count, 0, -1)) return false; mc_final_put(&obj); return true; }`,
			want: "verified", scenario: spec.Scenario{Name: "custom", Getters: 2, Gets: 2, Unloaders: 1},
		},
		{
			why: "threads that only migrate do not go on",
			text: `int x;
mc_thread(0, MC_OTHER) void t(void) { mc_sleep_until(READ_ONCE(x)); }
mc_thread(1, MC_OTHER) void elsewhere(void) { }`,
			want: "deadlock", migrates: "t",
			message: []string{"t waits"},
		},
		{
			why: "nor is a run one that an assumption ends",
			text: `int x, y;
mc_thread(0, MC_OTHER) void t(void) { while (!READ_ONCE(x)) READ_ONCE(y); }
mc_thread(1, MC_OTHER) void other(void) { smp_mb(); mc_assume(0); x = 1; }`,
			want: "verified",
		},
		{
			why: "a handler need not come, but at work it has to go on",
			text: `int x, y;
mc_thread(0, MC_OTHER) void t(void) { mc_assume(READ_ONCE(y)); while (!READ_ONCE(x)) READ_ONCE(y); }
mc_irq(1) void handler(void) { y = 1; x = 1; }`,
			want: "verified",
		},
		{
			why: "but who waits for one that has not come is not stuck as long as it may",
			text: `int x;
mc_thread(0, MC_OTHER) void t(void) { mc_sleep_until(READ_ONCE(x)); }
mc_irq(1) void handler(void) { x = 1; }`,
			want: "verified",
		},
		{
			why: "a handler that goes round for ever hangs",
			text: `int x;
mc_irq(0) void handler(void) { for (;;) { x = 1; x = 0; } }
mc_thread(1, MC_OTHER) void t(void) { }`,
			want: "hang", cycle: true,
			message: []string{"handler goes round and round"},
		},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			if tt.scenario.Name == "" {
				tt.scenario.Name = spec.ThreadsScenario
			}
			p := program(t, forEver+tt.text, tt.scenario)
			for i := range p.Threads {
				p.Threads[i].Migrates = tt.migrates != "" && p.Threads[i].Name == tt.migrates
			}
			r := check(t, p)
			if got := verdictOf(r); got != tt.want {
				t.Fatalf("got %s, want %s", got, tt.want)
			}
			if n, ok := explore(newMachine(p, rules{}), 5000); !ok || n.verdict() != tt.want {
				t.Errorf("dumb explorer: %s (whole: %v)", n.verdict(), ok)
			}
			if r.Trace == nil {
				return
			}
			if got := r.Trace.CycleStart >= 0; got != tt.cycle {
				t.Errorf("the run goes on for ever: %v", got)
			}
			for _, part := range tt.message {
				if !strings.Contains(r.Trace.Violation.Message, part) {
					t.Errorf("message %q, want it to say %q", r.Trace.Violation.Message, part)
				}
			}
			wantReplay(t, p, r)
		})
	}
}

// TestLostWakeUp: who looks before it says that it is about to sleep may sleep
// through the only wake-up.
func TestLostWakeUp(t *testing.T) {
	const text = `struct task_struct *waiter; int done;
mc_thread(0, MC_OTHER) void sleeper(void) { WRITE_ONCE(waiter, current); %s schedule(); }
mc_thread(1, MC_OTHER) void waker(void) { WRITE_ONCE(done, 1); if (READ_ONCE(waiter)) wake_up_process(READ_ONCE(waiter)); }`
	wrong := wantVerdict(t, program(t, fmt.Sprintf(text, "if (READ_ONCE(done)) return; set_current_state(TASK_UNINTERRUPTIBLE);")), spec.Deadlock)
	if v := wrong.Trace.Violation; !strings.Contains(v.Message, "sleeper waits") {
		t.Errorf("message %q", v.Message)
	}
	wantVerdict(t, program(t, fmt.Sprintf(text, "set_current_state(TASK_UNINTERRUPTIBLE); if (READ_ONCE(done)) return;")), "")
	// A queue takes care of the order itself, but not of whoever wakes up first.
	const queue = `DECLARE_WAIT_QUEUE_HEAD(wq); int done;
mc_thread(0, MC_OTHER) void sleeper(void) { wait_event(wq, READ_ONCE(done)); }
mc_thread(1, MC_OTHER) void waker(void) { %s }`
	wantVerdict(t, program(t, fmt.Sprintf(queue, "WRITE_ONCE(done, 1); wake_up(&wq);")), "")
	wantVerdict(t, program(t, fmt.Sprintf(queue, "wake_up(&wq); WRITE_ONCE(done, 1);")), spec.Deadlock)
}

// TestWaiting: of each thread that cannot go on it is said what it waits for,
// and of whom it waits for the same.
func TestWaiting(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		scenario   spec.Scenario
		prop       spec.Property
		want       []string // thread: kind by whom
	}{
		{
			name: "locks",
			text: `DEFINE_SPINLOCK(l); DEFINE_MUTEX(m);
mc_thread(0, MC_OTHER) void a(void) { mutex_lock(&m); spin_lock(&l); spin_unlock(&l); mutex_unlock(&m); }
mc_thread(1, MC_OTHER) void b(void) { spin_lock(&l); while (!mutex_trylock(&m)) cpu_relax(); mutex_unlock(&m); spin_unlock(&l); }`,
			prop: spec.Deadlock,
			want: []string{"a: lock l.locked by b", "b: lock m.locked by a"},
		},
		{
			name: "a CPU, which a hog keeps",
			text: `mc_thread(0, 50) void hog(void) { mc_hog(); }
mc_thread(0, MC_OTHER) void t(void) { }`,
			prop: spec.Hang,
			want: []string{"t: cpu by hog", "hog: hog"},
		},
		{
			name: "a CPU, which two keep: which comes first in the model makes no difference",
			text: `int x;
mc_thread(0, 40) void spinner(void) { while (!READ_ONCE(x)) cpu_relax(); }
mc_thread(0, 50) void hog(void) { READ_ONCE(x); mc_hog(); }
mc_thread(0, MC_OTHER) void t(void) { x = 1; }`,
			prop: spec.Hang,
			want: []string{"spinner: cpu by hog", "t: cpu by spinner, hog", "hog: hog"},
		},
		{
			name: "a grace period, which a hog in the kernel holds up",
			text: `mc_thread(0, 50) void hog(void) { preempt_disable(); mc_hog(); }
mc_thread(1, MC_OTHER) void t(void) { synchronize_sched(); }`,
			prop: spec.Hang,
			want: []string{"t: grace by hog", "hog: hog"},
		},
		{
			name: "a grace period, which a reader holds up who waits for it",
			text: `int x;
mc_thread(0, MC_OTHER) void reader(void) { rcu_read_lock(); while (!READ_ONCE(x)) cpu_relax(); rcu_read_unlock(); }
mc_thread(1, MC_OTHER) void t(void) { synchronize_rcu(); x = 1; }`,
			prop: spec.Deadlock,
			want: []string{"reader: memory x=0", "t: grace by reader"},
		},
		{
			name: "a get in flight",
			text: `static int obj, x;
mc_pinned mc_get bool get(void) { smp_mb(); while (!READ_ONCE(x)) cpu_relax(); return false; }
mc_put void put(void) { smp_mb(); }
mc_unload bool unload(void) { mc_release(&obj); WRITE_ONCE(x, 1); return true; }`,
			scenario: one,
			prop:     spec.Deadlock,
			want:     []string{"unloader: gets by getter0", "getter0: memory x=0"},
		},
		{
			name: "memory, and through a thread that need not finish a lock",
			text: `DEFINE_MUTEX(m); int x, zero;
mc_kthread(0, MC_OTHER) void worker(void) { mc_sleep_until(!READ_ONCE(zero)); mutex_lock(&m); x = 1; mutex_unlock(&m); }
mc_thread(1, MC_OTHER) void t(void) { mutex_lock(&m); mc_sleep_until(READ_ONCE(x)); mutex_unlock(&m); }`,
			prop: spec.Deadlock,
			want: []string{"t: memory x=0", "worker: lock m.locked by t"},
		},
		{
			name: "others that go round for ever",
			text: `int x, y;
mc_thread(0, MC_OTHER) void a(void) { mc_sleep_until(READ_ONCE(y)); }
mc_thread(1, MC_OTHER) void b(void) { for (;;) { x = 1; x = 0; } }`,
			prop: spec.Hang,
			want: []string{"a: memory y=0", "b: round"},
		},
		{
			name: "a handler that spins for a lock of whom it interrupted",
			text: `DEFINE_SPINLOCK(l);
mc_thread(0, MC_OTHER) void t(void) { spin_lock(&l); spin_unlock(&l); }
mc_irq(0) void handler(void) { spin_lock(&l); spin_unlock(&l); }`,
			prop: spec.Deadlock,
			want: []string{"t: cpu by handler", "handler: lock l.locked by t"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.scenario.Name == "" {
				tt.scenario.Name = spec.ThreadsScenario
			}
			p := program(t, tt.text, tt.scenario)
			r := wantVerdict(t, p, tt.prop)
			if r.Trace == nil {
				t.Fatal("no run")
			}
			if got := waitingList(p, r.Trace.Violation); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func waitingList(p *spec.Prog, v *Violation) (out []string) {
	for _, w := range v.Waiting {
		text := fmt.Sprintf("%s: %s", p.Threads[w.Thread].Name, w.For)
		switch {
		case w.For == WaitMemory:
			text += fmt.Sprintf(" %s=%d", p.Cells[w.Cell].Name, w.Value)
		case w.For == WaitLock:
			text += " " + p.Cells[w.Cell].Name
		}
		var by []string
		for _, u := range w.By {
			by = append(by, p.Threads[u].Name)
		}
		if len(by) > 0 {
			text += " by " + strings.Join(by, ", ")
		}
		out = append(out, text)
	}
	return out
}

// TestStuckHangComesFirst: a run at whose end nothing can step is shown rather
// than one that goes round for ever.
func TestStuckHangComesFirst(t *testing.T) {
	p := program(t, `int x;
mc_thread(0, 50) void hog(void) { READ_ONCE(x); READ_ONCE(x); READ_ONCE(x); mc_hog(); }
mc_thread(0, MC_OTHER) void t(void) { }
mc_thread(1, MC_OTHER) void round(void) { while (mc_choose(2)) x = !x; }`)
	r := wantVerdict(t, p, spec.Hang)
	if r.Trace.CycleStart >= 0 {
		t.Error("the run goes round for ever")
	}
	if want := []int{1, 2}; !slices.Equal(r.Stuck, want) {
		t.Errorf("stuck %v, want %v: t behind the hog, and whoever goes round", r.Stuck, want)
	}
}

// TestIgnoredSleep: a thread that sleeps where it may not, and that is looked
// past, waits like any other, and so is not in the way of its equal.
func TestIgnoredSleep(t *testing.T) {
	p := program(t, `int x;
mc_thread(0, 50) void sleeper(void) { rcu_read_lock(); mc_sleep_until(READ_ONCE(x)); rcu_read_unlock(); }
mc_thread(0, 50) void equal(void) { x = 1; }`)
	wantVerdict(t, p, spec.SleepInAtomic)
	if r := check(t, p, spec.SleepInAtomic); r.Verdict != Verified {
		t.Errorf("looked past: %s", verdictOf(r))
	}
}

// TestHangIgnored: to look past hangs is to look past endless runs, too.
func TestHangIgnored(t *testing.T) {
	p := program(t, `int x; mc_thread(0, MC_OTHER) void a(void) { for (;;) { x = 1; x = 0; } }`)
	wantVerdict(t, p, spec.Hang)
	if r := check(t, p, spec.Hang); r.Verdict != Verified {
		t.Error(verdictOf(r))
	}
}

// TestSpuriousFailure: a get has failed for nothing if no unload had succeeded
// when the last attempt that it overlapped ended.
func TestSpuriousFailure(t *testing.T) {
	const rest = `
mc_put void put(void) { smp_mb(); }
static int obj, n, gone;
`
	for _, tt := range []struct {
		name, text string
		unloaders  int
		want       bool
	}{
		{"no attempt has begun", `
mc_get bool get(void) { mc_assume(!READ_ONCE(n)); return false; }
mc_unload bool unload(void) { n = 1; mc_final_put(&obj); return true; }`, 1, true},
		{"the attempt succeeds", `
mc_get bool get(void) { mc_assume(READ_ONCE(n)); return false; }
mc_unload bool unload(void) { n = 1; smp_mb(); mc_final_put(&obj); return true; }`, 1, false},
		{"the attempt has succeeded", `
mc_get bool get(void) { mc_assume(READ_ONCE(gone)); return false; }
mc_unload bool unload(void) { n = 1; gone = 1; mc_final_put(&obj); return true; }`, 1, false},
		{"the attempt fails", `
mc_get bool get(void) { mc_assume(READ_ONCE(n) == 1); return false; }
mc_unload bool unload(void) { if (atomic_xchg_n(1)) { mc_final_put(&obj); return true; } smp_mb(); return false; }`, 1, true},
		{"the attempt had failed", `
mc_get bool get(void) { mc_assume(READ_ONCE(n) == 2); return false; }
mc_unload bool unload(void) { if (gone) { mc_final_put(&obj); return true; } n = 1; n = 2; gone = 1; return false; }`, 1, true},
		{"of two attempts the later succeeds", `
mc_get bool get(void) { mc_assume(READ_ONCE(n) == 2); return false; }
mc_unload bool unload(void) { int k = xchg_add(); smp_mb(); mc_assume(k < 2); if (k == 0) return false; mc_final_put(&obj); return true; }`, 2, false},
		{"of two attempts the earlier succeeds", `
mc_get bool get(void) { mc_assume(READ_ONCE(n) == 2); return false; }
mc_unload bool unload(void) { int k = xchg_add(); smp_mb(); mc_assume(k < 2); if (k) return false; mc_final_put(&obj); return true; }`, 2, false},
		{"two attempts fail", `
mc_get bool get(void) { mc_assume(READ_ONCE(n) == 2); return false; }
mc_unload bool unload(void) { int k = xchg_add(); smp_mb(); mc_assume(k < 3); if (k < 2) return false; mc_final_put(&obj); return true; }`, 2, true},
		{"only an attempt that came after succeeds", `
mc_get bool get(void) { mc_assume(READ_ONCE(n) == 1); return false; }
mc_unload bool unload(void) { int k = xchg_add(); smp_mb(); mc_assume(k < 2); if (k == 0) return false; mc_final_put(&obj); return true; }`, 1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := "#define xchg_add() ((int)__mc_fetch_add(&n, 1, MC_FULL))\n#define atomic_xchg_n(v) xchg(&n, v)\n" + rest + tt.text
			p := program(t, text, spec.Scenario{Name: "custom", Getters: 1, Gets: 2, Unloaders: tt.unloaders})
			r, err := Check(context.Background(), p, Config{Strict: true, Ignore: []spec.Property{spec.EarlyFailure, spec.PlainRace}})
			if err != nil {
				t.Fatal(err)
			}
			want := "verified"
			if tt.want {
				want = string(spec.SpuriousFailure)
			}
			if got := verdictOf(r); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			n, ok := explore(newMachine(p, rules{}), 20000)
			if got := n.spurious(); !ok || got != tt.want {
				t.Errorf("dumb explorer: %v", got)
			}
		})
	}
}

// TestHandlerNeedNotCome: a handler that is kept out for ever is nobody who
// waits for a CPU, so a deadlock beside it stays one.
func TestHandlerNeedNotCome(t *testing.T) {
	r := check(t, program(t, `
#include <linux/mutex.h>
#include <linux/irqflags.h>
static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);
static int busy, never;
mc_thread(0, MC_OTHER) void ab(void)
{
	WRITE_ONCE(busy, 1);
	mutex_lock(&a); mutex_lock(&b); mutex_unlock(&b); mutex_unlock(&a);
}
mc_thread(1, MC_OTHER) void ba(void)
{
	mutex_lock(&b); mutex_lock(&a); mutex_unlock(&a); mutex_unlock(&b);
}
mc_kthread(2, MC_OTHER) void spinner(void)
{
	mc_sleep_until(READ_ONCE(busy));
	local_irq_disable();
	while (!READ_ONCE(never))
		cpu_relax();
}
mc_irq(2) void handler(void) { }`))
	if want := []spec.Property{spec.Deadlock}; !slices.Equal(r.Properties, want) {
		t.Errorf("violated: %v, want %v", r.Properties, want)
	}
}
