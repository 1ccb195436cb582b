package checker

import (
	"slices"
	"testing"

	"lastput/spec"
)

// TestCounts holds tiny models to the numbers of states, transitions and depth
// worked out by hand. Every thread begins with its start (S) and ends (E).
func TestCounts(t *testing.T) {
	type numbers struct{ states, transitions, depth int }
	tests := []struct {
		name    string
		text    string
		want    numbers
		migrate bool // a may migrate between two CPUs
	}{
		{
			// S, before the store, E: three states in a row.
			name: "one store",
			text: `int x; mc_thread(0, 0) void a(void) { x = 1; }`,
			want: numbers{3, 2, 2},
		},
		{
			// A fence is a step like a store.
			name: "a fence",
			text: `int x; mc_thread(0, 0) void a(void) { x = 1; smp_mb(); }`,
			want: numbers{4, 3, 3},
		},
		{
			// The product of two rows of three: 9 states. Each thread has 2
			// steps for each of the 3 places of the other: 12.
			name: "two stores",
			text: `int x, y; mc_thread(0, 0) void a(void) { x = 1; } mc_thread(1, 0) void b(void) { y = 1; }`,
			want: numbers{9, 12, 4},
		},
		{
			// Places: S, L before the load, Tv before the store of v+1, E.
			// Neither has loaded: 4 states. One at T0, the other at S or L: 4.
			// Both at T0: 1. One at E and so x = 1, the other at S or L: 4; at
			// T0 or T1: 4. Both at E with x = 1 or 2: 2. In all 19. In 9 of
			// them both can step, in 8 one: 26.
			name: "two increments",
			text: `int x; mc_thread(0, 0) void a(void) { x++; } mc_thread(1, 0) void b(void) { x++; }`,
			want: numbers{19, 26, 6},
		},
		{
			// The choice rides on the start: S, three states before the store,
			// three ends.
			name: "a choice",
			text: `int x; mc_thread(0, 0) void a(void) { x = mc_choose(3); }`,
			want: numbers{7, 6, 2},
		},
		{
			// a is at S, before its load or, once b has stored, at E: 3 + 3 + 1
			// states. A look that finds 0 is no step: 3 starts of a, 2 steps of
			// b for each of the first two places of a, 1 look that finds 1.
			name: "a spin",
			text: `int x; mc_thread(0, 0) void a(void) { while (!x) cpu_relax(); } mc_thread(1, 0) void b(void) { x = 1; }`,
			want: numbers{7, 8, 4},
		},
		{
			// a has five places: S, before off, before the store, before on, E;
			// b has three, in any combination: 15. a takes 4 steps for each
			// place of b: 12. b takes 2 for each place of a but the two with
			// preemption off: 6.
			name: "preemption off, one CPU",
			text: `int x, y; mc_thread(0, 0) void a(void) { preempt_disable(); x = 1; preempt_enable(); } mc_thread(0, 0) void b(void) { y = 1; }`,
			want: numbers{15, 18, 6},
		},
		{
			// On a CPU of its own b steps anywhere: 12 + 10.
			name: "preemption off, two CPUs",
			text: `int x, y; mc_thread(0, 0) void a(void) { preempt_disable(); x = 1; preempt_enable(); } mc_thread(1, 0) void b(void) { y = 1; }`,
			want: numbers{15, 22, 6},
		},
		{
			// b has its CPU only when the stopper has finished: a row.
			name: "the class above",
			text: `int x, y; mc_thread(0, MC_STOP) void a(void) { x = 1; } mc_thread(0, 0) void b(void) { y = 1; }`,
			want: numbers{5, 4, 4},
		},
		{
			// Six places: S, before off, before the cmpxchg, before the
			// release, before on, E. Not both hold the lock: 36 - 1. One's
			// steps: 6 from S, from before off and from before on; 5 from the
			// cmpxchg, which waits while the other holds the lock, and 5 from
			// the release. 28 each.
			name: "a lock",
			text: `DEFINE_SPINLOCK(l); mc_thread(0, 0) void a(void) { spin_lock(&l); spin_unlock(&l); } mc_thread(1, 0) void b(void) { spin_lock(&l); spin_unlock(&l); }`,
			want: numbers{35, 56, 10},
		},
		{
			// Places: S, 1 and 2 before the locks, 3 and 4 before the unlocks,
			// E. a holds m in 2, 3, 4 and n in 3; b holds n in 2, 3, 4 and m in
			// 3. That rules out 23, 33, 43, 32, 34 of 36. 44 is not reached, as
			// the second to go through its 3 needs what the other holds in 4.
			// So 30, the deadlock 22 among them. a's steps: 6 from S; from 1
			// where b is not in 3: 5; from 2 where b is in S, 1, E: 3; from 3:
			// 3; from 4 with S, 1, 2, E: 4. 21 each.
			name: "two locks, two orders",
			text: `DEFINE_MUTEX(m); DEFINE_MUTEX(n);
mc_thread(0, 0) void a(void) { mutex_lock(&m); mutex_lock(&n); mutex_unlock(&n); mutex_unlock(&m); }
mc_thread(1, 0) void b(void) { mutex_lock(&n); mutex_lock(&m); mutex_unlock(&m); mutex_unlock(&n); }`,
			want: numbers{30, 42, 10},
		},
		{
			// S and the place before the store, on two CPUs, and E, which is
			// one wherever it was reached: 5. 4 steps, 4 migrations.
			name:    "a migration",
			text:    `int x; mc_thread(0, 0) void a(void) { x = 1; }`,
			want:    numbers{5, 8, 2},
			migrate: true,
		},
		{
			// S S, who is first is open. Then the first, say a, goes to its end,
			// by L and E, before the other does: L S, E S, E L, and as many with
			// b first, and E E. A step from each but the last, and two from the
			// first.
			name: "equals in a queue",
			text: `int x, y; mc_thread(0, 50) void a(void) { x = 1; } mc_thread(0, 50) void b(void) { y = 1; }`,
			want: numbers{8, 8, 4},
		},
		{
			// The hog is in its loop, and nobody steps: a hang.
			name: "a hog",
			text: `int x; mc_thread(0, 50) void hog(void) { mc_hog(); } mc_thread(0, 0) void a(void) { x = 1; }`,
			want: numbers{1, 0, 0},
		},
		{
			// S, before the one store and before the other, and back: a hang.
			name: "an endless loop",
			text: `int x; mc_thread(0, 0) void a(void) { for (;;) { x = 1; x = 0; } }`,
			want: numbers{3, 3, 2},
		},
		{
			// a has three places, S, L, E; the handler, on its CPU, the same.
			// All 9 are there: it comes at any of a's. a steps twice where it is
			// at S or E: 4. The handler steps twice for each place of a: 6.
			name: "a handler",
			text: `int x, y; mc_thread(0, 0) void a(void) { x = 1; } mc_irq(0) void h(void) { y = 1; }`,
			want: numbers{9, 10, 4},
		},
		{
			// a: S, before off, the store, on, E. The handler steps where
			// interrupts are on: from its S where a is at S, before off, or E,
			// and so is at its L there only, and at E with any place of a: 5 + 3
			// + 5. a takes 4 steps for each of the handler's S and E: 8. The
			// handler takes 2 for each of three places: 6.
			name: "interrupts off",
			text: `int x, y; mc_thread(0, 0) void a(void) { local_irq_disable(); x = 1; local_irq_enable(); } mc_irq(0) void h(void) { y = 1; }`,
			want: numbers{13, 14, 6},
		},
		{
			// The reader: S, before lock, before unlock, E; the owner: S, before
			// the begin, before the wait, E. 16, and the wait with the reader
			// in its section twice: remembered or not; and not E of the owner
			// with a reader that was remembered, but it may have come since. So
			// 17. Steps of the reader: 3 for S, begin, E of the owner; of the
			// wait 3, and 1 more out of the section remembered: 13. Of the
			// owner: 2 for each place of the reader, and from the wait 1 for
			// each, but where it is remembered: 12.
			name: "a grace period",
			text: `mc_thread(0, 0) void reader(void) { rcu_read_lock(); rcu_read_unlock(); } mc_thread(1, 0) void owner(void) { synchronize_rcu(); }`,
			want: numbers{17, 25, 6},
		},
		{
			// The step that violates leads to one state more: S, before the
			// load, and the violation, in which the thread stays at its assertion.
			name: "a violation",
			text: `int x; mc_thread(0, 0) void a(void) { mc_assert(x); x = 1; }`,
			want: numbers{3, 2, 2},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := program(t, tt.text)
			if tt.migrate {
				p.NCPU = 2
				a := slices.IndexFunc(p.Threads, func(th spec.Thread) bool { return th.Name == "a" })
				p.Threads[a].Migrates = true
			}
			r := checkPlain(t, p)
			if got := (numbers{int(r.States), int(r.Transitions), r.Depth}); got != tt.want {
				t.Errorf("states, transitions, depth: %v, want %v", got, tt.want)
			}
		})
	}
}
