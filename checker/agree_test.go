package checker

import (
	"context"
	"fmt"
	"maps"
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
type tally struct {
	compared, refused, large int
	by                       map[string]int // verdicts
}

func (n *tally) count(verdict string) {
	if n.by == nil {
		n.by = map[string]int{}
	}
	n.compared++
	n.by[verdict]++
}

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
			if th := p.Threads[i]; !th.Asleep && th.Class != spec.IRQ && rapid.IntRange(0, 7).Draw(t, "migrates") == 0 {
				p.Threads[i].Migrates = true
			}
		}
		if rapid.IntRange(0, 4).Draw(t, "isolate") == 0 {
			p.Isolated = 1 << (p.NCPU - 1)
		}
		compare(t, p, drawRules(t), &n, text)
	})
	t.Logf("%+v", n)
}

// refusedForAReason: what the draws may rightly get wrong.
func refusedForAReason(err error) bool {
	return strings.Contains(err.Error(), "lifetime") || strings.Contains(err.Error(), "visible")
}

// drawRules looks past a property now and then, so that runs get further, and
// lets notes count.
func drawRules(t *rapid.T) (r rules) {
	if rapid.IntRange(0, 3).Draw(t, "ignore") == 0 {
		r.ignore = append(r.ignore, rapid.SampledFrom(judged()).Draw(t, "ignored"))
	}
	if rapid.IntRange(0, 5).Draw(t, "strict") == 0 {
		r.strict = true
		// The dumb explorer knows nothing of races. An early failure comes
		// before one that turns out to be for nothing.
		r.ignore = append(r.ignore, spec.PlainRace)
		if rapid.Bool().Draw(t, "early") {
			r.ignore = append(r.ignore, spec.EarlyFailure)
		}
	}
	return r
}

func TestAgreesOnStrategies(t *testing.T) {
	var texts []string
	for _, f := range []string{"lookup/lookup_lock.c", "lookup/atomic_dec_and_lock.c", "module/stop_machine.c", "module/rcu.c", "module/module_base.c", "module/wait_zero.c"} {
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
		compare(t, p, drawRules(t), &n, text)
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
	s.IRQ = flip("irq")
	s.Handover = flip("handover") && s.Getters > 1 && s.Nested == 0
	if flip("hog") {
		s.Hog = rapid.SampledFrom([]spec.Hog{spec.UserHog, spec.KernelHog}).Draw(t, "mode")
	}
	return s
}

// compare holds Check against the dumb explorer.
func compare(t *rapid.T, p *spec.Prog, r rules, count *tally, text string) {
	n, ok := explore(newMachine(p, r), naiveLimit)
	if !ok {
		count.large++
		t.Skip("too large")
	}
	count.count(n.verdict())
	compareSteps(t, n)
	compareSpurious(t, n)
	res, err := Check(context.Background(), p, Config{Ignore: r.ignore, Strict: r.strict})
	if err != nil {
		t.Fatal(err)
	}
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("%s\nrules: %v\n%s\n%s", fmt.Sprintf(format, args...), r, text, p)
	}
	if got, want := verdictOf(res), n.verdict(); got != want {
		fail("verdict: engine %s, dumb explorer %s", got, want)
	}
	if got, want := int(res.States), len(n.states); got != want {
		fail("states: engine %d, dumb explorer %d", got, want)
	}
	if got, want := int(res.Transitions), n.transitions; got != want {
		fail("transitions: engine %d, dumb explorer %d", got, want)
	}
	if got, want := res.Stuck, slices.Sorted(maps.Keys(n.stuck)); !slices.Equal(got, want) {
		fail("stuck: engine %v, dumb explorer %v", got, want)
	}
	for _, prop := range spec.Properties {
		if got, want := slices.Contains(res.Properties, prop), n.violated[prop]; got != want {
			fail("%s violated: engine %v, dumb explorer %v", prop, got, want)
		}
	}
	compareWithoutClearing(p, r, n.verdict(), fail)
	if res.Verdict == Violated {
		compareRun(n, res, fail)
		wantReplay(t, p, res)
	}
}

// compareRun holds the run that Check shows against the simplest one; of the
// cycle of a hang only that it is one.
func compareRun(n *naive, res *Result, fail func(string, ...any)) {
	run, best := n.simplestRun(res.Property)
	stem := len(res.Trace.Steps)
	if res.Trace.CycleStart >= 0 {
		stem = res.Trace.CycleStart
	}
	var got []Move
	for _, st := range res.Trace.Steps {
		got = append(got, st.Move)
	}
	if len(run) != stem || costOf(got[:stem]) != best {
		fail("simplest run: engine %+v, dumb explorer %+v", costOf(got[:stem]), best)
	}
	if d := cmp.Diff(run, got[:stem], cmp.Comparer(func(a, b []int) bool { return slices.Equal(a, b) })); d != "" && len(run) > 0 {
		fail("simplest run differs (-dumb +engine):\n%s", d)
	}
	if c := res.Trace.CycleStart; (c >= 0) != n.states[n.walk(0, run)].endless {
		fail("the run ends in a cycle: %v", c >= 0)
	} else if c >= 0 {
		if why := n.unfair(n.walk(0, run), got[c:]); why != "" {
			fail("the cycle %v: %s", got[c:], why)
		}
	}
}

// compareWithoutClearing explores again with registers kept that the program
// says are dead where a thread rests: there are more states then, and the
// verdict is the same, or what is dead was alive.
func compareWithoutClearing(p *spec.Prog, r rules, want string, fail func(string, ...any)) {
	m := newMachine(p, r)
	for at := range m.dead {
		m.dead[at] = nil
	}
	if n, ok := explore(m, 3*naiveLimit); ok && n.verdict() != want {
		fail("with dead registers kept: %s, without %s", n.verdict(), want)
	}
}

// compareSpurious holds the notes of gets that fail for nothing against all
// that was left to hope for: each get that has failed keeps, all through the
// run, a list of the unload attempts under way when it did.
func compareSpurious(t interface{ Fatalf(string, ...any) }, n *naive) {
	if n.m.strict || slices.Contains(n.m.ignore, spec.SpuriousFailure) || slices.ContainsFunc(n.states, func(st *naiveState) bool { return st.pruned }) {
		return // no notes; or those of steps that are not taken
	}
	noted := false
	whole := newMachine(n.m.p, n.m.rules)
	for _, st := range n.states {
		whole.successors(st.s, func(Move, state) bool { return true })
	}
	noted = whole.notes[spec.SpuriousFailure] != nil
	if want := n.spurious(); noted != want {
		t.Fatalf("spurious failure noted: %v, want %v", noted, want)
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
