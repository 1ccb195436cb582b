package checker

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lastput/spec"
)

// TestReplayStrategies plays the recorded run of every broken strategy again.
func TestReplayStrategies(t *testing.T) {
	for _, f := range []string{"module/no_stop.c", "module/isolated_skip.c", "lookup/dec_then_lock.c"} {
		m, err := spec.Load(os.DirFS("../strategies"), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range m.Scenarios() {
			if e := m.Expected(s.Name); e == nil || e.Verdict != string(Violated) {
				continue
			}
			t.Run(m.Name+"/"+s.Name, func(t *testing.T) {
				t.Parallel()
				p, err := m.Build(s)
				if err != nil {
					t.Fatal(err)
				}
				r := check(t, p)
				if r.Verdict != Violated {
					t.Fatal(r.Verdict)
				}
				wantReplay(t, p, r)
			})
		}
	}
}

// TestReplayLooksPast: what was ignored is part of the recording.
func TestReplayLooksPast(t *testing.T) {
	p := program(t, `int x; mc_thread(0, 0) void a(void) { mc_assert(x); x = 1; might_sleep(); mc_sleep_until(x == 2); }`)
	r := check(t, p, spec.Assertion)
	if r.Property != spec.Deadlock {
		t.Fatal(verdictOf(r))
	}
	wantReplay(t, p, r)
}

// choosing has steps, choices and migrations in its recorded run.
func choosing(t testing.TB) (*spec.Prog, *Result) {
	p := program(t, `int x, y;
mc_thread(0, 0) void a(void) { x = mc_choose(3); y = smp_processor_id(); }
mc_thread(1, 0) void b(void) { mc_assert(x != 2 || y != 1); }`)
	for i := range p.Threads {
		p.Threads[i].Migrates = p.Threads[i].Name == "a"
	}
	return p, check(t, p)
}

// TestReplayTampered: a recording that is not one of the program gives an
// error that says what is wrong.
func TestReplayTampered(t *testing.T) {
	p, r := choosing(t)
	good := r.Trace.Replay
	f := strings.Split(good, "/")
	if len(f) != 5 || !strings.Contains(f[4], "c2") || !strings.Contains(f[4], "m1") {
		t.Fatalf("%s: want a choice and a migration", good)
	}
	other := f[4][:1]
	replace := func(field int, text string) string {
		g := slices.Clone(f)
		g[field] = text
		return strings.Join(g, "/")
	}
	tests := []struct{ name, text, want string }{
		{"empty", "", "not a recorded run"},
		{"garbage", "a/b", "not a recorded run"},
		{"version", replace(0, "lp0"), "another version"},
		{"scenario", replace(2, "bassic"), "unknown scenario"},
		{"scenario's numbers", replace(2, "getters=x"), "not a number"},
		{"digest", replace(3, "0000"), "another program"},
		{"no moves", replace(4, "."), "is no move"},
		{"letters", replace(4, "x"), "is no move"},
		{"sign", replace(4, "-1"), "is no move"},
		{"huge", replace(4, "99999999999999999999"), "is no move"},
		{"no number", replace(4, "1c"), "is no move"},
		{"nowhere", replace(4, "1m"), "is no move"},
		{"zero times", replace(4, "1x0"), "is no move"},
		{"too often", replace(4, "1x1048577"), "more than"},
		{"too often in all", replace(4, "1x1048576.1"), "more than"},
		{"far too often", replace(4, "1.1x9223372036854775807"), "more than"},
		{"thread", replace(4, "9"), "no thread 9"},
		{"CPU", replace(4, other+"m2"), "cannot migrate"},
		{"negative CPU", replace(4, other+"m-1"), "cannot migrate"},
		{"same CPU", replace(4, other+"m0"), "cannot migrate"},
		{"not a choice", replace(4, other+"c1.0c1,1"), ""},
		{"choice out of range", replace(4, strings.Replace(f[4], "c2", "c3", 1)), "no outcome"},
		{"negative choice", replace(4, strings.Replace(f[4], "c2", "c-1", 1)), ""},
		{"huge choice", replace(4, strings.Replace(f[4], "c2", "c4611686018427387904", 1)), ""},
		{"choice too many", replace(4, strings.Replace(f[4], "c2", "c2,0", 1)), "choices"},
		{"goes on after the end", good + "." + other, "cannot step"},
		{"property", good + "/deadlok", "unknown property"},
	}
	for _, tt := range tests {
		rec, err := ParseReplay(tt.text)
		if err == nil {
			_, err = rec.Run(p)
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %q: error %v, want one with %q", tt.name, tt.text, err, tt.want)
		}
	}
}

// unlucky has a run that goes round for ever: a retries, b makes it lose. c may
// stand by, and can finish.
func unlucky(t testing.TB) (*spec.Prog, *Result) {
	p := program(t, `int x, zero;
mc_thread(0, 0) void a(void) { int old; do old = READ_ONCE(x); while (cmpxchg(&x, old, 2) != old); }
mc_kthread(1, 0) void b(void) { mc_sleep_until(!READ_ONCE(zero)); for (;;) { x = 1; x = 0; } }
mc_thread(2, 0) void c(void) { }`)
	return p, check(t, p)
}

// TestReplayCycle: a run that goes round for ever is played again with its
// cycle, and what is no fair cycle is refused.
func TestReplayCycle(t *testing.T) {
	p, r := unlucky(t)
	if r.Property != spec.Hang || r.Trace.CycleStart < 0 {
		t.Fatalf("%s, cycle from %d", verdictOf(r), r.Trace.CycleStart)
	}
	wantReplay(t, p, r)
	f := strings.Split(r.Trace.Replay, "/")
	thread := map[string]string{}
	for i, th := range p.Threads {
		thread[th.Name] = strconv.Itoa(i)
	}
	a, b, c := thread["a"], thread["b"], thread["c"]
	moves := func(text ...string) string { return strings.Join(text, ".") }
	// a's start; c's start, which is all of it; b's first look. Then a loads 0,
	// b stores 1, a is too late, b stores 0.
	stem, round := moves(a, c, b), moves(a, b, a, b)
	for _, tt := range []struct{ name, moves, want string }{
		{"the cycle by hand", stem + "~" + round, ""},
		{"twice round", stem + "~" + moves(round, round), ""},
		{"from elsewhere on it", moves(stem, a) + "~" + moves(b, a, b, a), ""},
		{"no cycle at all", stem + "~", "no cycle that a fair run"},
		{"it does not come back", stem + "~" + moves(a, b, a), "no cycle that a fair run"},
		{"a, which could, never steps", stem + "~" + moves(b, b), "no cycle that a fair run"},
		{"c, which could, never steps", moves(a, b) + "~" + round, "no cycle that a fair run"},
		{"everybody who must has finished", moves(a, a, a, c, b) + "~" + moves(b, b), "no cycle that a fair run"},
		{"somebody who cannot steps", stem + "~" + moves(c, round), "cannot step"},
		{"two cycles", stem + "~" + round + "~" + round, "no move"},
		{"garbage in it", stem + "~x", "no move"},
	} {
		f[4] = tt.moves
		rec, err := ParseReplay(strings.Join(f, "/"))
		var trace *Trace
		if err == nil {
			trace, err = rec.Run(p)
		}
		switch {
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.want)
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.want == "" && (trace.Violation == nil || trace.Violation.Property != spec.Hang || trace.CycleStart != len(strings.Split(strings.Split(tt.moves, "~")[0], "."))):
			t.Errorf("%s: %+v, cycle from %d", tt.name, trace.Violation, trace.CycleStart)
		}
	}
	// Without its cycle it is a run that goes no further, and nothing is wrong.
	f[4] = stem
	rec, err := ParseReplay(strings.Join(f, "/"))
	if err != nil {
		t.Fatal(err)
	}
	if trace, err := rec.Run(p); err != nil || trace.Violation != nil {
		t.Errorf("the stem alone: %v %v", trace, err)
	}
}

// TestShortestCycle: where to go round, and how far, is counted by hand: a's
// start and b's look are two steps after which c has to end, for it could all
// along; and a round is as in TestReplayCycle.
func TestShortestCycle(t *testing.T) {
	_, r := unlucky(t)
	if stem, round := r.Trace.CycleStart, len(r.Trace.Steps)-r.Trace.CycleStart; stem != 3 || round != 4 {
		t.Errorf("%d steps, and %d for ever: %s; want 3 and 4", stem, round, r.Trace.Replay)
	}
}

// FuzzParseReplay: whatever the text, there is an error or a run, and a run's
// own recording gives the same run.
func FuzzParseReplay(f *testing.F) {
	p, r := choosing(f)
	f.Add(r.Trace.Replay)
	_, endless := unlucky(f)
	f.Add(endless.Trace.Replay)
	prefix := r.Trace.Replay[:strings.LastIndexByte(r.Trace.Replay, '/')+1]
	for _, moves := range []string{"", "0", "1.0m1", "2x3", "0c1,2.1x4", "1x1048576", "0c9223372036854775807", "1.1x9223372036854775807", "1.0c2.0m1.0.0.1x3/deadlock,strict", "~", "0~", "1~0m1.0m0", "1.0c2~0m1.0m0.0", "0~1x1048576", "0~1~0", "1~1/hang"} {
		f.Add(prefix + moves)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rec, err := ParseReplay(text)
		if err != nil {
			return
		}
		rec.Digest = p.Digest()
		trace, err := rec.Run(p)
		if err != nil {
			return
		}
		again, err := ParseReplay(trace.Replay)
		if err != nil {
			t.Fatalf("%q: recorded as %q: %v", text, trace.Replay, err)
		}
		twice, err := again.Run(p)
		if err != nil || twice.Replay != trace.Replay {
			t.Fatalf("%q: recorded as %q, again %v %v", text, trace.Replay, twice, err)
		}
	})
}
