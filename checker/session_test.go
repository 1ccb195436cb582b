package checker

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lastput/spec"
)

const twoLocks = `
DEFINE_SPINLOCK(one);
DEFINE_SPINLOCK(two);
int x;
mc_thread(0, MC_OTHER) void a(void) { spin_lock(&one); spin_lock(&two); x = 7; spin_unlock(&two); spin_unlock(&one); }
mc_thread(1, MC_OTHER) void b(void) { spin_lock(&two); spin_lock(&one); x = 8; spin_unlock(&one); spin_unlock(&two); }
`

// takeSteps takes n steps of thread t.
func takeSteps(t *testing.T, s *Session, thread, n int) {
	t.Helper()
	for range n {
		if _, err := s.Take(Move{Thread: thread}); err != nil {
			t.Fatal(err)
		}
	}
}

// untilLocked takes steps of the thread until it holds a lock.
func untilLocked(t *testing.T, s *Session, thread int) {
	t.Helper()
	for s.View().Threads[thread].Locks == 0 {
		takeSteps(t, s, thread, 1)
	}
}

// TestSessionDeadlock plays a deadlock by hand: what each thread waits for is
// there before anybody asks whether the run is over.
func TestSessionDeadlock(t *testing.T) {
	s := NewSession(program(t, twoLocks), Rules{})
	untilLocked(t, s, 0)
	before := len(s.Steps())
	untilLocked(t, s, 1)
	if s.Violation() != nil {
		t.Fatalf("violated too early: %+v", s.Violation())
	}
	takeSteps(t, s, 0, 1) // preempt_disable() of the second lock
	w := s.View().Threads[0].Waiting
	if w == nil || w.For != WaitLock || len(w.By) != 1 || w.By[0] != 1 {
		t.Fatalf("a waits for %+v, want the lock that b holds", w)
	}
	if _, err := s.Take(Move{Thread: 0}); err == nil || !strings.Contains(err.Error(), "wait") {
		t.Errorf("a takes a lock that b holds: %v", err)
	}
	takeSteps(t, s, 1, 1)
	v := s.Violation()
	if v == nil || v.Property != spec.Deadlock || len(s.Moves()) != 0 {
		t.Fatalf("%+v and moves %v, want a deadlock", v, s.Moves())
	}
	rec, err := ParseReplay(s.Trace().Replay)
	if err != nil {
		t.Fatal(err)
	}
	again, err := rec.Run(s.Prog())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s.Trace(), again); d != "" {
		t.Errorf("played again:\n%s", d)
	}
	// Back to where only a has its lock, b can be held up for good.
	if err := s.Back(before); err != nil {
		t.Fatal(err)
	}
	if len(s.Steps()) != before || s.View().Threads[1].Locks != 0 {
		t.Errorf("back: %d steps, %+v", len(s.Steps()), s.View().Threads[1])
	}
	for !s.View().Threads[0].Done {
		takeSteps(t, s, 0, 1)
	}
	if x := s.View().Cells[cellNamed(t, s.Prog(), "x")]; x != 7 {
		t.Errorf("x is %d, want 7", x)
	}
	if err := s.Back(len(s.Steps()) + 1); err == nil {
		t.Error("back to a step that was not taken")
	}
}

func cellNamed(t *testing.T, p *spec.Prog, name string) int {
	t.Helper()
	for i, c := range p.Cells {
		if c.Name == name {
			return i
		}
	}
	t.Fatalf("no cell %s", name)
	return 0
}

// TestSessionAsRun walks through random programs at random: each state offers
// the moves the interpreter finds, and going back leads to the same state; the
// run replays as it was.
func TestSessionAsRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawThreads(t)
		model, err := loadText(headers + text)
		if err != nil {
			t.Skip(err)
		}
		p, err := model.Build(spec.Scenario{Name: spec.ThreadsScenario})
		if err != nil {
			t.Fatal(err)
		}
		s := NewSession(p, Rules{})
		var views []View
		for range 60 {
			views = append(views, s.View())
			moves := s.Moves()
			if len(moves) == 0 {
				break
			}
			if _, err := s.Take(rapid.SampledFrom(moves).Draw(t, "move")); err != nil {
				t.Fatalf("a move that was offered: %v\n%s", err, text)
			}
		}
		rec, err := ParseReplay(s.Trace().Replay)
		if err != nil {
			t.Fatal(err)
		}
		again, err := rec.Run(p)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if d := cmp.Diff(s.Trace(), again); d != "" {
			t.Fatalf("played again:\n%s\n%s", d, text)
		}
		n := rapid.IntRange(0, len(views)-1).Draw(t, "back")
		if err := s.Back(n); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(views[n], s.View()); d != "" {
			t.Fatalf("back to step %d:\n%s\n%s", n, d, text)
		}
	})
}
