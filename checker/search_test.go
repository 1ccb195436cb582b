package checker

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lastput/spec"
	"lastput/spec/specrapid"
	"lastput/strategies"
)

// TestAllIsTouched: the interpreter reads and changes states through get, set
// and add only. What it looked at behind their back, a tree would not know to
// look at.
func TestAllIsTouched(t *testing.T) {
	direct := regexp.MustCompile(`\b(s|next|before|there|moved|f\.s)\[`)
	for _, name := range []string{"machine.go", "exec.go", "ghost.go", "note.go", "sched.go"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range regexp.MustCompile(`\n`).Split(string(data), -1) {
			if direct.MatchString(line) {
				t.Errorf("%s:%d: a state is indexed directly: %s", name, i+1, line)
			}
		}
	}
}

// graphOf explores the program step by step on the interpreter.
func graphOf(p *spec.Prog, r rules, states int64) *checking {
	c := &checking{p: p, rules: r, lim: &limits{ctx: context.Background(), cfg: &Config{MaxStates: states}, begin: time.Now()}}
	c.explore()
	return c
}

// found is what a search has found, in a form that can be compared.
type found struct {
	States, Transitions int64
	Depth               int
	Violated            []spec.Property
	Stuck               threadSet
	Executed, Covered   []bool
	Notes               []Note
}

func foundBy(f *finding) found {
	out := found{f.states, f.transitions, f.depth, nil, f.stuck, f.executed, f.covered, noteList(f.notes)}
	for rank, p := range spec.Properties {
		if f.violated[rank] {
			out.Violated = append(out.Violated, p)
		}
	}
	return out
}

// compareSearch demands of the search, with 1, 2 and 3 workers, what the graph
// of states says. A race is noted by the search alone.
func compareSearch(t interface {
	Helper()
	Fatalf(string, ...any)
}, p *spec.Prog, r rules, states int64) (compared bool) {
	t.Helper()
	c := graphOf(p, r, states)
	e := c.graph
	if e.stopped != "" {
		return false
	}
	delete(e.m.notes, spec.PlainRace)
	f := &finding{
		states: int64(e.st.n), transitions: e.transitions, depth: len(e.levels) - 1, stuck: e.stuck,
		executed: e.m.executed, covered: e.m.covered, notes: e.m.notes,
	}
	copy(f.violated[:], e.violated)
	want := foundBy(f)
	pack := packingOf(e.m, &symmetry{})
	defer func(n, m int64) { roundBytes, smallStates = n, m }(roundBytes, smallStates)
	smallStates = 10
	for workers := 1; workers <= 3; workers++ {
		if workers == 3 {
			roundBytes = 0 // a level takes many rounds
		}
		var got *finding
		for got == nil {
			pack.arrange()
			got = newSearch[[8]uint64](p, r, pack, c.lim, workers, nil).run()
		}
		delete(got.notes, spec.PlainRace)
		if d := cmp.Diff(want, foundBy(got)); d != "" {
			t.Fatalf("%d workers (-graph +search):\n%s\n%s", workers, d, p)
		}
		if !got.endless && hasCycle(e) {
			t.Fatalf("%d workers: a cycle was ruled out that is there\n%s", workers, p)
		}
	}
	return true
}

// hasCycle reports whether some step can be taken again and again.
func hasCycle(e *explorer) (cyclic bool) {
	components(e.st.n, 1, e.span, func(k uint64) (uint32, bool) { return e.edges[k] &^ edgeMigrates, true },
		func(component []uint32) bool {
			for _, i := range component {
				for _, to := range e.edges[e.firstEdge[i]:e.firstEdge[i+1]] {
					cyclic = cyclic || to&edgeMigrates == 0 && slices.Contains(component, to)
				}
			}
			return !cyclic
		}, func(int) bool { return false })
	return cyclic
}

// TestSearchOnThreads compares the search with the graph on drawn programs.
func TestSearchOnThreads(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		m, err := loadText(specrapid.Programs().Draw(t, "program"))
		if err != nil {
			t.Skip("refused")
		}
		p, err := m.Build(spec.Scenario{Name: spec.ThreadsScenario})
		if err != nil {
			t.Skip(err)
		}
		for i := range p.Threads {
			if !p.Threads[i].Asleep && rapid.IntRange(0, 7).Draw(t, "migrates") == 0 {
				p.Threads[i].Migrates = true
			}
		}
		if compareSearch(t, p, drawRules(t), 3000) {
			compared++
		}
	})
	if compared == 0 {
		t.Error("no program was small enough")
	}
}

// TestSearchOnStrategies compares them on every strategy, in the scenarios with
// the fewest states.
func TestSearchOnStrategies(t *testing.T) {
	small := []string{"handover", "rt-hog", spec.ThreadsScenario}
	for _, m := range strategies.All() {
		for _, s := range m.Scenarios() {
			if !slices.Contains(small, s.Name) {
				continue
			}
			t.Run(m.Name+"/"+s.Name, func(t *testing.T) {
				t.Parallel()
				p, err := m.Build(s)
				if err != nil {
					t.Fatal(err)
				}
				compareSearch(t, p, rules{}, 10_000)
			})
		}
	}
}

// TestWorkers: nothing of a result depends on how many search, the run that is
// shown and a limit on states included.
func TestWorkers(t *testing.T) {
	defer func(n int64) { smallStates = n }(smallStates)
	smallStates = 10
	for _, text := range []string{pass, fail, endless} {
		p := program(t, text)
		for _, most := range []int64{0, 30} {
			var first *Result
			for workers := 1; workers <= 4; workers++ {
				r, err := Check(context.Background(), p, Config{Workers: workers, MaxStates: most})
				if err != nil {
					t.Fatal(err)
				}
				r.Elapsed = 0
				if first == nil {
					first = r
				}
				if d := cmp.Diff(first, r); d != "" {
					t.Errorf("limit %d, %d workers (-one +more):\n%s", most, workers, d)
				}
			}
		}
	}
	if _, err := Check(context.Background(), program(t, pass), Config{Workers: -1}); err == nil {
		t.Error("-1 workers: no error")
	}
}

// TestPacking: a state that fits comes back as it was, and what does not fit is
// known not to.
func TestPacking(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "slots")
		value := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 3), rapid.Int64Range(0, 2000))
		home := make(state, n)
		for i := range home {
			home[i] = value.Draw(t, "home")
		}
		// Some slots are in blocks.
		blocks := make([][]int, rapid.IntRange(0, 3).Draw(t, "blocks"))
		for slot := range n {
			if b := rapid.IntRange(0, 2*len(blocks)).Draw(t, "block"); b < len(blocks) {
				blocks[b] = append(blocks[b], slot)
			}
		}
		p := newPacking(home, blocks, &symmetry{})
		p.seeState(home)
		states := []state{home}
		for range rapid.IntRange(0, 300).Draw(t, "states") {
			s := slices.Clone(home)
			slot := rapid.IntRange(0, n-1).Draw(t, "slot")
			s[slot] = value.Draw(t, "value")
			p.seeState(s)
			states = append(states, s)
		}
		p.arrange()
		if p.words > 64 {
			t.Skip("large")
		}
		back := make(state, n)
		var misfits []misfit
		keys := map[[64]uint64]string{}
		for _, s := range states {
			key := toWords[[64]uint64](p, s, &misfits)
			if len(misfits) > 0 {
				t.Fatalf("%v was seen and does not fit: %v", s, misfits)
			}
			if fromWords(p, &key, back); !slices.Equal(s, back) || key[0]&markBit == 0 {
				t.Fatalf("%v came back as %v", s, back)
			}
			if other, known := keys[key]; known && other != fmt.Sprint(s) {
				t.Fatalf("%v is packed as %s is", s, other)
			}
			keys[key] = fmt.Sprint(s)
		}
		s := slices.Clone(home)
		s[0] = value.Draw(t, "another")
		if key := toWords[[64]uint64](p, s, &misfits); len(misfits) == 0 {
			if fromWords(p, &key, back); !slices.Equal(s, back) {
				t.Fatalf("%v fits and came back as %v", s, back)
			}
		}
	})
}

// TestTable: the table holds what was added, while it grows, for states of any
// number of bytes.
func TestTable(t *testing.T) {
	for size := 8; size <= 24; size++ {
		tab := &table[[3]uint64]{size: size, arena: arena{reserve: 1 << 24}}
		tab.stretch(firstCap)
		rng := rand.New(rand.NewPCG(1, uint64(size)))
		known := map[[3]uint64]bool{}
		for range 200_000 {
			var b [24]byte
			for i := range size {
				b[i] = byte(rng.IntN(6)) // many that differ in one byte
			}
			b[0] |= markBit
			key := [3]uint64{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint64(b[16:])}
			scrambled := key
			scramble(&scrambled)
			if got := tab.add(&scrambled); got == known[key] {
				t.Fatalf("%d bytes, %x: new %v", size, key, got)
			}
			if unscramble(&scrambled); scrambled != key {
				t.Fatalf("%x came back as %x", key, scrambled)
			}
			known[key] = true
		}
		if tab.n != uint64(len(known)) {
			t.Errorf("%d bytes: %d states, want %d", size, tab.n, len(known))
		}
		tab.free()
	}
}

// TestRunTo: where the search for the simplest run is stopped, one is shown all
// the same; a shortest one, if all orders of steps were looked at.
func TestRunTo(t *testing.T) {
	for _, text := range []string{fail, `
static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);
mc_thread(0, MC_OTHER) void ab(void) { mutex_lock(&a); mutex_lock(&b); mutex_unlock(&b); mutex_unlock(&a); }
mc_thread(1, MC_OTHER) void ba(void) { mutex_lock(&b); mutex_lock(&a); mutex_unlock(&a); mutex_unlock(&b); }`} {
		p := program(t, text)
		full := check(t, p)
		for reduced := range 2 {
			c := &checking{p: p, lim: &limits{ctx: context.Background(), cfg: &Config{Workers: 1, NoPOR: reduced == 0}, begin: time.Now()}}
			c.search()
			tr := mustRun(p, rules{}, c.searcher(c.lim).runTo(full.Property.Rank()), nobody)
			if tr.Violation == nil || tr.Violation.Property != full.Property {
				t.Fatalf("the run violates %+v, want %s", tr.Violation, full.Property)
			}
			if reduced == 0 && len(tr.Steps) > len(full.Trace.Steps) {
				t.Errorf("%d steps, and the simplest run has %d", len(tr.Steps), len(full.Trace.Steps))
			}
		}
	}
}

// TestLikelyValues: what is likely to be met has a place from the start, so that the
// first pass is the last: in stop_machine a variable is -EAGAIN for the first time
// after 18 000 states, and the unload succeeds late.
func TestLikelyValues(t *testing.T) {
	for _, name := range []string{"stop_machine", "atomic_dec_and_lock", "isolated_skip"} {
		m, ok := strategies.Find(name)
		if !ok {
			t.Fatal(name)
		}
		p, err := m.Build(m.Scenarios()[0])
		if err != nil {
			t.Fatal(err)
		}
		k := newMachine(p, rules{})
		pack := packingOf(k, &symmetry{})
		lim := &limits{ctx: context.Background(), cfg: &Config{}}
		if newSearcher(p, rules{}, pack, lim, 1, nil).run() == nil {
			t.Errorf("%s: a value did not fit", name)
		}
	}
}

// TestCountersHaveRoom: what counts has a place for the values that come next where
// that takes no more bits, and only there.
func TestCountersHaveRoom(t *testing.T) {
	for _, c := range []struct{ seen, want []int64 }{
		{[]int64{0}, []int64{0}},
		{[]int64{0, 1}, []int64{0, 1}},
		{[]int64{0, 1, 2}, []int64{0, 1, 2, 3}},
		{[]int64{-1, 0, 1, 2, 3}, []int64{-1, 0, 1, 2, 3, 4, 5, 6}},
		{[]int64{0, 1, 2, 3}, []int64{0, 1, 2, 3}},
		{[]int64{0, 1, 5}, []int64{0, 1, 5}},
		{[]int64{math.MaxInt64 - 2, math.MaxInt64 - 1, math.MaxInt64}, []int64{math.MaxInt64 - 2, math.MaxInt64 - 1, math.MaxInt64}},
	} {
		s := valueSet{lo: c.seen[0], hi: c.seen[len(c.seen)-1], known: slices.Clone(c.seen)}
		if s.fill(); !slices.Equal(s.known, c.want) || s.hi != c.want[len(c.want)-1] {
			t.Errorf("of %v: %v to %d, want %v", c.seen, s.known, s.hi, c.want)
		}
	}
}

// BenchmarkSearch and BenchmarkGraph explore the same states, the one on packed
// states with trees of answers, the other by asking the interpreter each time.
func BenchmarkSearch(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			transitions := int64(0)
			p := benchProgram(b)
			m := newMachine(p, rules{})
			pack := packingOf(m, &symmetry{})
			for b.Loop() {
				var f *finding
				for f == nil {
					pack.arrange()
					lim := &limits{ctx: context.Background(), cfg: &Config{}, begin: time.Now()}
					f = newSearcher(p, rules{}, pack, lim, workers, nil).run()
				}
				transitions += f.transitions
			}
			b.ReportMetric(float64(transitions)/b.Elapsed().Seconds(), "transitions/s")
		})
	}
}

func BenchmarkGraph(b *testing.B) {
	p := benchProgram(b)
	transitions := int64(0)
	for b.Loop() {
		transitions += graphOf(p, rules{}, 0).graph.transitions
	}
	b.ReportMetric(float64(transitions)/b.Elapsed().Seconds(), "transitions/s")
}

func benchProgram(b *testing.B) *spec.Prog {
	return benchScenario(b, "stop_machine", spec.Scenario{Name: "basic", Getters: 2, Gets: 3, Unloaders: 1})
}

// TestList: what is pushed is there, in whatever number, and comes out once.
func TestList(t *testing.T) {
	var p pool[[3]uint64]
	for _, n := range []int{0, 1, aheadStates - 1, aheadStates, aheadStates + 1, 1000} {
		var l list[[3]uint64]
		want := map[[3]uint64]bool{}
		for i := range n {
			key := [3]uint64{uint64(i), 1, 2}
			want[key] = true
			l.push(&p, &key)
		}
		if all := l.appendTo(nil); l.len() != n || len(all) != n {
			t.Fatalf("of %d states, %d and %d are there", n, l.len(), len(all))
		}
		for some := l.pop(); len(some) > 0; some = l.pop() {
			for _, key := range some {
				if !want[key] {
					t.Fatalf("of %d states, %v came twice, or was not pushed", n, key)
				}
				delete(want, key)
			}
			p.put(some)
		}
		if len(want) > 0 || l.len() != 0 {
			t.Errorf("of %d states, %d did not come out, and %d are left", n, len(want), l.len())
		}
	}
}
