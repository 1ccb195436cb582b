package checker

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lastput/spec"
)

// This file holds the engine against the dumb explorer on random programs.

// naiveLimit is how many states the dumb explorer looks at; programs with more
// are passed over.
const naiveLimit = 1500

// A tally says what became of the programs drawn.
type tally struct{ compared, refused, large, violated, cycles int }

func TestAgreesOnThreads(t *testing.T) {
	var n tally
	rapid.Check(t, func(t *rapid.T) {
		text := drawThreads(t)
		m, err := loadText(headers + text)
		if err != nil {
			n.refused++
			if !refusedForAReason(err) {
				t.Fatalf("%v\n%s", err, text)
			}
			t.Skip("the model is refused")
		}
		p, err := m.Build(spec.Scenario{Name: spec.ThreadsScenario})
		if err != nil {
			t.Fatal(err)
		}
		// Threads of a model's own do not migrate; the machine lets them.
		for i := range p.Threads {
			if !p.Threads[i].Asleep && rapid.IntRange(0, 7).Draw(t, "migrates") == 0 {
				p.Threads[i].Migrates = true
			}
		}
		if rapid.IntRange(0, 4).Draw(t, "isolate") == 0 {
			p.Isolated = 1 << (p.NCPU - 1)
		}
		compare(t, p, drawIgnored(t), &n, text)
	})
	t.Logf("%+v", n)
}

// refusedForAReason: what the draws may rightly get wrong.
func refusedForAReason(err error) bool {
	return strings.Contains(err.Error(), "lifetime") || strings.Contains(err.Error(), "visible")
}

// drawIgnored looks past a property now and then, so that runs get further.
func drawIgnored(t *rapid.T) []spec.Property {
	if rapid.IntRange(0, 3).Draw(t, "ignore") != 0 {
		return nil
	}
	return []spec.Property{rapid.SampledFrom(judged()).Draw(t, "ignored")}
}

func TestAgreesOnStrategies(t *testing.T) {
	var texts []string
	for _, f := range []string{"lookup/lookup_lock.c", "lookup/atomic_dec_and_lock.c", "module/stop_machine.c"} {
		data, err := os.ReadFile("../strategies/" + f)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	faults := []string{"", "#define FAULT_NO_STOP\n", "#define FAULT_SKIP_ISOLATED\n", "#define FAULT_DEC_THEN_LOCK\n"}
	var n tally
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(faults).Draw(t, "fault") + drawMutant(t, rapid.SampledFrom(texts).Draw(t, "strategy"))
		m, err := loadText(text)
		if err != nil {
			n.refused++
			t.Skip("the mutant is refused")
		}
		p, err := m.Build(drawScenario(t))
		if err != nil {
			t.Skip(err)
		}
		compare(t, p, drawIgnored(t), &n, text)
	})
	t.Logf("%+v", n)
}

func drawScenario(t *rapid.T) spec.Scenario {
	s := spec.Scenario{Name: "custom", Getters: 1, Gets: 1, Unloaders: 1}
	flip := func(what string) bool { return rapid.IntRange(0, 2).Draw(t, what) == 0 }
	if flip("getters") {
		s.Getters = 2
	}
	if flip("gets") {
		s.Gets = 2
	}
	if flip("nested") {
		s.Nested = 1
	}
	if flip("unloaders") {
		s.Unloaders = 2
	}
	s.Migrate, s.SameCPU = flip("migrate"), flip("same")
	if flip("isolated") && !(s.SameCPU && s.Getters == 1) {
		s.Isolated = 1
	}
	return s
}

// compare holds Check against the dumb explorer.
func compare(t *rapid.T, p *spec.Prog, ignore []spec.Property, count *tally, text string) {
	n, ok := explore(newMachine(p, rules{ignore: ignore}), naiveLimit)
	if !ok {
		count.large++
		t.Skip("too large")
	}
	if slices.Contains(ignore, spec.Deadlock) {
		delete(n.violated, spec.Deadlock)
		for _, st := range n.states {
			if st.violates == spec.Deadlock {
				st.violates = ""
			}
		}
	}
	count.compared++
	compareSteps(t, n)
	r, err := Check(context.Background(), p, Config{Ignore: ignore})
	if err != nil {
		t.Fatal(err)
	}
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("%s\nignored: %v\n%s\n%s", fmt.Sprintf(format, args...), ignore, text, p)
	}
	if got, want := verdictOf(r), n.verdict(); got != want {
		fail("verdict: engine %s, dumb explorer %s", got, want)
	}
	if got, want := int(r.States), len(n.states); got != want {
		fail("states: engine %d, dumb explorer %d", got, want)
	}
	if got, want := int(r.Transitions), n.transitions; got != want {
		fail("transitions: engine %d, dumb explorer %d", got, want)
	}
	for _, prop := range judged() {
		if got, want := slices.Contains(r.Properties, prop), n.violated[prop]; got != want {
			fail("%s violated: engine %v, dumb explorer %v", prop, got, want)
		}
	}
	compareWithoutClearing(p, ignore, n.verdict(), fail)
	if r.StoppedBy == StoppedByCycle {
		count.cycles++
	}
	if r.Verdict != Violated {
		return
	}
	count.violated++
	run, best := n.simplestRun(r.Property)
	if got := (cost{uint32(r.Trace.Switches), uint32(len(r.Trace.Steps))}); got != best {
		fail("simplest run: engine %+v, dumb explorer %+v", got, best)
	}
	got := make([]Move, len(r.Trace.Steps))
	for i, st := range r.Trace.Steps {
		got[i] = st.Move
	}
	if d := cmp.Diff(run, got, cmp.Comparer(func(a, b []int) bool { return slices.Equal(a, b) })); d != "" && len(run) > 0 {
		fail("simplest run differs (-dumb +engine):\n%s", d)
	}
	wantReplay(t, p, r)
}

// compareWithoutClearing explores again with registers kept that the program
// says are dead where a thread rests: there are more states then, and the
// verdict is the same, or what is dead was alive.
func compareWithoutClearing(p *spec.Prog, ignore []spec.Property, want string, fail func(string, ...any)) {
	m := newMachine(p, rules{ignore: ignore})
	for at := range m.dead {
		m.dead[at] = nil
	}
	n, ok := explore(m, 3*naiveLimit)
	if slices.Contains(ignore, spec.Deadlock) {
		delete(n.violated, spec.Deadlock)
	}
	if ok && n.verdict() != want {
		fail("with dead registers kept: %s, without %s", n.verdict(), want)
	}
}

// wantReplay plays the recorded run again.
func wantReplay(t interface {
	Fatalf(string, ...any)
}, p *spec.Prog, r *Result) {
	rec, err := ParseReplay(r.Trace.Replay)
	if err != nil {
		t.Fatalf("%s: %v", r.Trace.Replay, err)
	}
	again, err := rec.Run(p)
	if err != nil {
		t.Fatalf("%s: %v", r.Trace.Replay, err)
	}
	if d := cmp.Diff(r.Trace, again); d != "" {
		t.Fatalf("%s: played again (-first +second):\n%s", r.Trace.Replay, d)
	}
}
