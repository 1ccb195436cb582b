package checker

import (
	"context"
	"testing"

	"lastput/spec"
)

// TestFrom searches what can come after a run: two threads that take two locks
// in opposite orders get stuck as long as neither has got through.
func TestFrom(t *testing.T) {
	p := program(t, twoLocks)
	s := NewSession(p, Rules{})
	from := func() *Result {
		t.Helper()
		moves := []Move{}
		for _, st := range s.Steps() {
			moves = append(moves, st.Move)
		}
		r, err := Check(context.Background(), p, Config{From: moves})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	whole := from()
	takeSteps(t, s, 0, 2) // its start, and the first lock
	after := from()
	if after.Verdict != Violated || after.Property != spec.Deadlock {
		t.Fatalf("after one lock: %s %s", after.Verdict, after.Property)
	}
	if n := len(after.Trace.Steps); n != len(whole.Trace.Steps) || after.Trace.Steps[1].Move.Thread != 0 {
		t.Errorf("a run of %d steps, from the start %d", n, len(whole.Trace.Steps))
	}
	for s.View().Threads[0].CanStep {
		takeSteps(t, s, 0, 1)
	}
	if r := from(); r.Verdict != Verified || r.States >= whole.States {
		t.Errorf("after the first thread has ended: %s, %d states", r.Verdict, r.States)
	}
	if _, err := Check(context.Background(), p, Config{From: []Move{{Thread: 7}}}); err == nil {
		t.Error("a run of a thread that is not there was taken")
	}
}
