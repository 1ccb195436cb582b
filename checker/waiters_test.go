package checker

import (
	"slices"
	"testing"

	"lastput/spec"
)

// TestWaitersAfterOthers: a thread that waits on memory which is released is found
// also where the thread before it, which is asked the same, would go wrong.
func TestWaitersAfterOthers(t *testing.T) {
	p := program(t, `struct object { int flag, n; } obj;
mc_thread(0, MC_OTHER) void looker(void) { mc_assert(READ_ONCE(obj.n) == 1); }
mc_thread(1, MC_OTHER) void waiter(void) { while (!READ_ONCE(obj.flag)) cpu_relax(); }
mc_thread(2, MC_OTHER) void owner(void) { mc_release(&obj); }`)
	m := newMachine(p, rules{})
	s := m.start()
	for thread := range 3 {
		next := slices.Clone(s)
		m.step(s, next, thread, nil)
		s = next
	}
	if m.wrong == nil || m.wrong.Property != spec.UseAfterRelease {
		t.Errorf("the release violates %v, want %s", m.wrong, spec.UseAfterRelease)
	}
}
