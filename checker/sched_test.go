package checker

import (
	"testing"

	"lastput/spec"
)

// This file has, for each rule of the scheduler and of fairness, a small model
// whose verdict is another one if the rule is taken away. It is taken from the
// dumb explorer, as the engine has no such switch; with the rule both agree.
func TestSchedulerRules(t *testing.T) {
	const brief = ` x = 1; x = 0; `
	for _, tt := range []struct {
		rule          rule
		text          string
		with, without string
		migrates      bool // t may
	}{
		{
			rule: fifoAboveOther, // runs to its end before the other starts
			text: `int x;
mc_thread(0, MC_OTHER) void low(void) {` + brief + `}
mc_thread(0, 1) void high(void) { mc_assert(x == 0); }`,
			with: "verified", without: "assertion",
		},
		{
			rule: fifoAboveFIFO,
			text: `int x;
mc_thread(0, 50) void low(void) {` + brief + `}
mc_thread(0, 51) void high(void) { mc_assert(x == 0); }`,
			with: "verified", without: "assertion",
		},
		{
			rule: stopAboveFIFO,
			text: `int x;
mc_thread(0, 99) void low(void) {` + brief + `}
mc_thread(0, MC_STOP) void high(void) { mc_assert(x == 0); }`,
			with: "verified", without: "assertion",
		},
		{
			rule: equalsQueue,
			text: `int x;
mc_thread(0, 50) void a(void) {` + brief + `}
mc_thread(0, 50) void b(void) { mc_assert(x == 0); }`,
			with: "verified", without: "assertion",
		},
		{
			rule: comersTie, // b may be first
			text: `int x;
mc_thread(0, 50) void a(void) { mc_assert(x == 0); }
mc_thread(0, 50) void b(void) { x = 1; }`,
			with: "assertion", without: "verified",
		},
		{
			rule: comersLast, // b, which a wakes, does not cut in
			text: `int x, y;
mc_thread(0, 50) void a(void) { x = 1; y = 1; x = 0; }
mc_thread(0, 50) void b(void) { mc_sleep_until(READ_ONCE(y)); mc_assert(x == 0); }`,
			with: "verified", without: "assertion",
		},
		{
			rule: yieldGoesLast, // else a yields to itself
			text: `int x;
mc_thread(0, 50) void a(void) { while (!READ_ONCE(x)) yield(); }
mc_thread(0, 50) void b(void) { x = 1; }`,
			with: "verified", without: "hang",
		},
		{
			rule: preemptedIsFirst, // by the stopper, which a wakes
			text: `int x, y;
mc_thread(0, 50) void a(void) { y = 1;` + brief + `}
mc_thread(0, 50) void b(void) { mc_assert(x == 0); }
mc_thread(0, MC_STOP) void stopper(void) { mc_sleep_until(READ_ONCE(y)); }`,
			with: "verified", without: "assertion",
		},
		{
			rule: sleepFrees,
			text: `int x;
mc_thread(0, 50) void high(void) { mc_sleep_until(READ_ONCE(x)); }
mc_thread(0, MC_OTHER) void low(void) { x = 1; }`,
			with: "verified", without: "deadlock",
		},
		{
			rule: spinKeeps,
			text: `int x;
mc_thread(0, 50) void high(void) { while (!READ_ONCE(x)) cpu_relax(); }
mc_thread(0, MC_OTHER) void low(void) { x = 1; }`,
			with: "deadlock", without: "verified",
		},
		{
			rule: preemptOffKeeps,
			text: `int x;
mc_thread(0, MC_OTHER) void t(void) { preempt_disable();` + brief + `preempt_enable(); }
mc_thread(0, MC_STOP) void stopper(void) { mc_sleep_until(READ_ONCE(x) < 2); mc_assert(READ_ONCE(x) == 0); }`,
			with: "verified", without: "assertion",
		},
		{
			rule: irqOffKeeps,
			text: `int x;
mc_thread(0, MC_OTHER) void t(void) { local_irq_disable();` + brief + `local_irq_enable(); }
mc_thread(0, MC_STOP) void stopper(void) { mc_sleep_until(READ_ONCE(x) < 2); mc_assert(READ_ONCE(x) == 0); }`,
			with: "verified", without: "assertion",
		},
		{
			rule: handlerCutsIn,
			text: `int x;
mc_thread(0, MC_OTHER) void t(void) { preempt_disable();` + brief + `preempt_enable(); }
mc_irq(0) void handler(void) { mc_assert(x == 0); }`,
			with: "assertion", without: "verified",
		},
		{
			rule: handlerKeptOut,
			text: `int x;
mc_thread(0, MC_OTHER) void t(void) { local_irq_disable();` + brief + `local_irq_enable(); }
mc_irq(0) void handler(void) { mc_assert(x == 0); }`,
			with: "verified", without: "assertion",
		},
		{
			rule: handlerAlone,
			text: `int x;
mc_thread(0, MC_OTHER) void t(void) { }
mc_irq(0) void one(void) {` + brief + `}
mc_irq(0) void two(void) { mc_assert(x == 0); }`,
			with: "verified", without: "assertion",
		},
		{
			rule: handlerKeeps,
			text: `int x;
mc_irq(0) void handler(void) {` + brief + `}
mc_thread(0, MC_STOP) void stopper(void) { mc_assert(x == 0); }`,
			with: "verified", without: "assertion",
		},
		{
			rule: handlerStaysAway, // and t looks again and again
			text: `int x, y;
mc_thread(0, MC_OTHER) void t(void) { while (!READ_ONCE(x)) READ_ONCE(y); }
mc_irq(1) void handler(void) { x = 1; }`,
			with: "hang", without: "verified",
		},
		{
			rule: migratesOn,
			text: `DEFINE_PER_CPU(int, n);
mc_thread(0, MC_OTHER) void t(void) { preempt_disable(); int cpu = smp_processor_id(); this_cpu_inc(n); mc_assert(n[cpu] == 1); preempt_enable(); }
mc_thread(1, MC_OTHER) void elsewhere(void) { }`,
			with: "verified", without: "assertion",
			migrates: true,
		},
		{
			rule: graceWaits,
			text: `struct object { int n; } obj; int gone;
mc_thread(0, MC_OTHER) void reader(void) { rcu_read_lock(); if (!READ_ONCE(gone)) mc_use(&obj); rcu_read_unlock(); }
mc_thread(1, MC_OTHER) void owner(void) { WRITE_ONCE(gone, 1); synchronize_rcu(); mc_release(&obj); }`,
			with: "verified", without: "use-after-release",
		},
		{
			rule: graceWaits, // the other flavour
			text: `struct object { int n; } obj; int gone;
mc_thread(0, MC_OTHER) void reader(void) { preempt_disable(); if (!READ_ONCE(gone)) mc_use(&obj); preempt_enable(); }
mc_thread(1, MC_OTHER) void owner(void) { WRITE_ONCE(gone, 1); synchronize_sched(); mc_release(&obj); }`,
			with: "verified", without: "use-after-release",
		},
		{
			rule: graceForgets, // else two readers relieve each other for ever
			text: `int zero;
void again_and_again(void) { mc_sleep_until(!READ_ONCE(zero)); for (;;) { rcu_read_lock(); rcu_read_unlock(); } }
mc_kthread(0, MC_OTHER) void one(void) { again_and_again(); }
mc_kthread(1, MC_OTHER) void two(void) { again_and_again(); }
mc_thread(2, MC_OTHER) void owner(void) { synchronize_rcu(); }`,
			with: "verified", without: "hang",
		},
		{
			rule: graceForgets,
			text: `int zero;
void again_and_again(void) { mc_sleep_until(!READ_ONCE(zero)); for (;;) { preempt_disable(); preempt_enable(); } }
mc_kthread(0, MC_OTHER) void one(void) { again_and_again(); }
mc_kthread(1, MC_OTHER) void two(void) { again_and_again(); }
mc_thread(2, MC_OTHER) void owner(void) { synchronize_sched(); }`,
			with: "verified", without: "hang",
		},
		{
			rule: fairStrongly, // else they pass the lock to and fro past the third
			text: `int zero; DEFINE_SPINLOCK(lock);
void again_and_again(void) { mc_sleep_until(!READ_ONCE(zero)); for (;;) { spin_lock(&lock); spin_unlock(&lock); } }
mc_kthread(0, MC_OTHER) void one(void) { again_and_again(); }
mc_kthread(1, MC_OTHER) void two(void) { again_and_again(); }
mc_thread(2, MC_OTHER) void third(void) { spin_lock(&lock); spin_unlock(&lock); }`,
			with: "verified", without: "hang",
		},
		{
			rule: wakeUpArrives, // a mutex that is free is no sleep to rely on
			text: `int zero; DEFINE_MUTEX(mutex);
mc_kthread(0, 50) void high(void) { mc_sleep_until(!READ_ONCE(zero)); for (;;) { mutex_lock(&mutex); mutex_unlock(&mutex); } }
mc_thread(0, MC_OTHER) void low(void) { }`,
			with: "hang", without: "verified",
		},
	} {
		t.Run(string(tt.rule), func(t *testing.T) {
			t.Parallel()
			p := program(t, tt.text)
			for i := range p.Threads {
				p.Threads[i].Migrates = tt.migrates && p.Threads[i].Name == "t"
			}
			if got := verdictOf(check(t, p)); got != tt.with {
				t.Errorf("with the rule: %s, want %s", got, tt.with)
			}
			for without, want := range map[rule]string{"": tt.with, tt.rule: tt.without} {
				n, ok := exploreWithout(newMachine(p, rules{}), naiveLimit, without)
				if got := n.verdict(); !ok || got != want {
					t.Errorf("dumb explorer without %q: %s (whole: %v), want %s", without, got, ok, want)
				}
			}
		})
	}
}

// TestFlavours: the rule that a grace period waits for readers of its own
// flavour only is taken away from the program: it then waits for both.
func TestFlavours(t *testing.T) {
	for name, text := range map[string]string{
		"sched for a preemptible reader": `struct object { int n; } obj; int gone;
mc_thread(0, MC_OTHER) void reader(void) { rcu_read_lock(); if (!READ_ONCE(gone)) mc_use(&obj); rcu_read_unlock(); }
mc_thread(1, MC_OTHER) void owner(void) { WRITE_ONCE(gone, 1); synchronize_sched(); mc_release(&obj); }`,
		"preemptible for a sched reader": `struct object { int n; } obj; int gone;
mc_thread(0, MC_OTHER) void reader(void) { preempt_disable(); if (!READ_ONCE(gone)) mc_use(&obj); preempt_enable(); }
mc_thread(1, MC_OTHER) void owner(void) { WRITE_ONCE(gone, 1); synchronize_rcu(); mc_release(&obj); }`,
	} {
		t.Run(name, func(t *testing.T) {
			p := program(t, text)
			wantVerdict(t, p, spec.UseAfterRelease)
			for i := range p.Code {
				if in := &p.Code[i]; in.Op == spec.OpGrace {
					in.A.Val = spec.FlavourSched | spec.FlavourPreemptible
				}
			}
			wantVerdict(t, p, "")
		})
	}
}

// TestHogFails: what a hog does wrong before it comes to its loop is found.
func TestHogFails(t *testing.T) {
	wantVerdict(t, program(t, `mc_thread(0, MC_OTHER) void hog(void) { preempt_enable(); mc_hog(); }`), spec.Unbalanced)
}

// TestHogRuns: a hog is in its loop before anybody else runs, even one of class
// other; without that rule the other thread may come first.
func TestHogRuns(t *testing.T) {
	p := program(t, `mc_thread(0, MC_OTHER) void hog(void) { preempt_disable(); mc_hog(); }
mc_thread(0, MC_OTHER) void t(void) { mc_assert(0); }`)
	wantVerdict(t, p, spec.Hang)
	for i := range p.Threads {
		p.Threads[i].Hog = false
	}
	wantVerdict(t, p, spec.Assertion)
}
