package checker

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lastput/spec"
	"lastput/strategies"
)

// sampleProg samples a program; without a seed, with seed 1.
func sampleProg(t testing.TB, p *spec.Prog, cfg SampleConfig) *Result {
	t.Helper()
	if cfg.Seed == 0 {
		cfg.Seed = 1
	}
	r, err := Sample(context.Background(), p, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// strategyIn builds a strategy for a standard scenario.
func strategyIn(t testing.TB, name, scenario string) (*spec.Model, *spec.Prog) {
	t.Helper()
	m, ok := strategies.Find(name)
	if !ok {
		t.Fatalf("no strategy %s", name)
	}
	scenarios := m.Scenarios()
	i := slices.IndexFunc(scenarios, func(s spec.Scenario) bool { return s.Name == scenario })
	if i < 0 {
		t.Fatalf("%s has no scenario %s", name, scenario)
	}
	p, err := m.Build(scenarios[i])
	if err != nil {
		t.Fatal(err)
	}
	return m, p
}

// sampledModels are small models with what sampling has to say of them. Seeds are
// fixed, so a test passes always or never; the least likely of these bugs takes a
// chance of 1/8 in each of 1000 schedules.
var sampledModels = []struct {
	name, text string
	property   spec.Property // "" is not found
	cut        bool
	config     SampleConfig
}{
	{name: "race", property: spec.Assertion, text: `
int x, done;
mc_thread(0, 0) void a(void) { x++; done = 1; }
mc_thread(1, 0) void b(void) { x++; if (READ_ONCE(done)) mc_assert(x == 2); }`},
	{name: "race looked past", text: `
int x, done;
mc_thread(0, 0) void a(void) { x++; done = 1; }
mc_thread(1, 0) void b(void) { x++; if (READ_ONCE(done)) mc_assert(x == 2); }`,
		config: SampleConfig{Ignore: []spec.Property{spec.Assertion}}},
	{name: "plain race", property: spec.PlainRace, config: SampleConfig{Strict: true}, text: `
int x;
mc_thread(0, 0) void a(void) { x = 1; }
mc_thread(1, 0) void b(void) { x = 2; }`},
	{name: "plain race, not strict", text: `
int x;
mc_thread(0, 0) void a(void) { x = 1; }
mc_thread(1, 0) void b(void) { x = 2; }`},
	{name: "deadlock", property: spec.Deadlock, text: `
static DEFINE_MUTEX(m);
static DEFINE_MUTEX(n);
mc_thread(0, 0) void a(void) { mutex_lock(&m); mutex_lock(&n); mutex_unlock(&n); mutex_unlock(&m); }
mc_thread(1, 0) void b(void) { mutex_lock(&n); mutex_lock(&m); mutex_unlock(&m); mutex_unlock(&n); }`},
	{name: "hang", property: spec.Hang, text: `
int x;
mc_thread(0, 99) void hog(void) { mc_hog(); }
mc_thread(0, 0) void a(void) { WRITE_ONCE(x, 1); }`},
	{name: "leak", property: spec.Leak, text: `
struct object { int n; } o;
mc_thread(0, 0) void a(void) { if (mc_choose(8) == 5) return; mc_release(&o); }`},
	{name: "a choice in a spin-wait", text: `
int x;
mc_thread(0, 0) void a(void) { while (!READ_ONCE(x)) cpu_relax(); mc_assert(x); }
mc_thread(1, 0) void b(void) { WRITE_ONCE(x, 1 + mc_choose(3)); }`},
	{name: "an assumption", property: spec.Assertion, text: `
int x;
mc_thread(0, 0) void a(void) { int c; WRITE_ONCE(x, 1); c = mc_choose(8); mc_assume(c > 3); mc_assert(c != 6); }`},
	{name: "nothing is possible", text: `
int x;
mc_thread(0, 0) void a(void) { WRITE_ONCE(x, 1); mc_assume(0); }
mc_thread(1, 0) void b(void) { while (!READ_ONCE(x)) cpu_relax(); }`},
	{name: "without end", cut: true, config: SampleConfig{MaxSteps: 50}, text: `
int x;
mc_thread(0, 0) void a(void) { for (;;) WRITE_ONCE(x, !READ_ONCE(x)); }`},
	{name: "violated at the start", property: spec.Invariant, text: `
int x = 1;
mc_invariant bool none(void) { return !x; }
mc_thread(0, 0) void a(void) { WRITE_ONCE(x, 0); }`},
	{name: "use after release", property: spec.UseAfterRelease, text: `
struct object { int n; } o;
mc_thread(0, 0) void a(void) { mc_release(&o); }
mc_thread(1, 0) void b(void) { WRITE_ONCE(o.n, 1); }`},
}

func TestSampledModels(t *testing.T) {
	for _, c := range sampledModels {
		for _, e := range SampleEngines {
			t.Run(c.name+"/"+string(e), func(t *testing.T) {
				p := program(t, c.text)
				cfg := c.config
				cfg.Engine = e
				r := sampleProg(t, p, cfg)
				want := Violated
				if c.property == "" {
					want = NotFound
				}
				if r.Verdict != want || r.Property != c.property {
					t.Fatalf("%s %s, want %s %s", r.Verdict, r.Property, want, c.property)
				}
				if got := r.Sampling.Cut > 0; got != c.cut {
					t.Errorf("%d schedules were cut", r.Sampling.Cut)
				}
				if c.property == "" {
					if r.Sampling.Schedules != DefaultSchedules || r.Trace != nil {
						t.Errorf("%d schedules, trace %v", r.Sampling.Schedules, r.Trace)
					}
					return
				}
				wantReplayed(t, r)
			})
		}
	}
}

// wantReplayed holds the run of a result to its property, by its string.
func wantReplayed(t *testing.T, r *Result) {
	t.Helper()
	rec, err := ParseReplay(r.Trace.Replay)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := rec.Run(r.Prog)
	if err != nil {
		t.Fatal(err)
	}
	if tr.Violation == nil || tr.Violation.Property != r.Property {
		t.Errorf("%s replays as %v, want %s", r.Trace.Replay, tr.Violation, r.Property)
	}
}

// TestSampleWorkers: the same seed gives the same for any number of workers,
// found or not; another seed gives another.
func TestSampleWorkers(t *testing.T) {
	for _, c := range []struct{ name, scenario string }{
		{"no_stop", "basic"}, {"wait_zero_put_by_count", "nested"}, {"stop_machine", "migrate"}, {"lookup_lock_plain", "irq"},
	} {
		m, p := strategyIn(t, c.name, c.scenario)
		for _, e := range SampleEngines {
			var first *Result
			for _, workers := range []int{1, 2, 3} {
				r := sampleProg(t, p, SampleConfig{Engine: e, Workers: workers, Schedules: 300, Rebuild: m.Build})
				r.Elapsed = 0
				if first == nil {
					first = r
				} else if diff := cmp.Diff(first, r); diff != "" {
					t.Errorf("%s, %s, %s: %d workers (-1 +%d)\n%s", c.name, c.scenario, e, workers, workers, diff)
				}
			}
			if r := sampleProg(t, p, SampleConfig{Engine: e, Seed: 2, Schedules: 300, NoTrace: true}); r.Sampling.Moves == first.Sampling.Moves {
				t.Errorf("%s, %s, %s: another seed draws the same", c.name, c.scenario, e)
			}
		}
	}
}

// hardToSample are bugs that take more schedules than a test can have; see
// docs/sampling.md. They are sampled in their next scenario, if there is one.
var hardToSample = []string{"wait_zero_tally/nested", "refcache_no_dirty/threads", "refcache_skips_zero/threads", "refcache_review_after_one/threads",
	"srcu_no_flip/nested", "srcu_one_grace_period/nested"}

// TestSampleFindsBrokenStrategies: every broken strategy is caught in a scenario
// that breaks it, and what is shown is small and replays. By the table in
// docs/sampling.md the least likely bug (incs_decs_incs_first) is found in a
// schedule with a chance of about 1/700, so 10,000 schedules miss it with one of
// e^-14; the second (isolated_slow_path_lockless_put) of 1/100, with one of e^-100.
func TestSampleFindsBrokenStrategies(t *testing.T) {
	for _, m := range strategies.All() {
		for _, s := range m.Scenarios() {
			e := m.Expected(s.Name)
			if e == nil || e.Verdict != string(Violated) || slices.Contains(hardToSample, m.Name+"/"+s.Name) {
				continue
			}
			t.Run(m.Name+"/"+s.Name, func(t *testing.T) {
				t.Parallel()
				_, p := strategyIn(t, m.Name, s.Name)
				r := sampleProg(t, p, SampleConfig{Schedules: 10_000, Rebuild: m.Build})
				if r.Verdict != Violated {
					t.Fatalf("%s, want violated", r.Verdict)
				}
				wantReplayed(t, r)
				if a, b := len(r.Prog.Threads), len(p.Threads); a > b {
					t.Errorf("shrunk from %d threads to %d", b, a)
				}
			})
			break
		}
	}
}

// TestSampleRightStrategies: nothing is found in what is verified.
func TestSampleRightStrategies(t *testing.T) {
	for _, m := range strategies.All() {
		for _, s := range m.Scenarios() {
			if e := m.Expected(s.Name); e == nil || e.Verdict != string(Verified) {
				continue
			}
			_, p := strategyIn(t, m.Name, s.Name)
			for _, e := range SampleEngines {
				if r := sampleProg(t, p, SampleConfig{Engine: e, Schedules: 30}); r.Verdict != NotFound {
					t.Errorf("%s, %s, %s: %s %s, want not found", m.Name, s.Name, e, r.Verdict, r.Property)
				}
			}
		}
	}
}

// TestSampleFindReady: the threads a walker thinks may step are those that may,
// and what it remembers of waits is true.
func TestSampleFindReady(t *testing.T) {
	for _, c := range []struct{ name, scenario string }{
		{"stop_machine", "basic"}, {"stop_machine_fifo", "rt-hog"}, {"wait_zero_tally", "nested"}, {"lookup_lock_plain", "irq"}, {"rcu_callback", "migrate"},
	} {
		_, p := strategyIn(t, c.name, c.scenario)
		w := newWalker(p, rules{}, &SampleConfig{Engine: Uniform, MaxSteps: 1000})
		for run := range 20 {
			w.rnd = newRandom(7, uint64(run))
			w.policy.begin(&w.rnd, 0)
			w.forget()
			copy(w.s, w.m.start())
			for step := range 400 {
				w.findReady()
				for th := range p.Threads {
					ready := slices.Contains(w.ready, th)
					switch {
					case w.rested[th].waits && w.try(th):
						t.Fatalf("%s: %s is taken to wait, and can step", c.name, p.Threads[th].Name)
					case ready != w.m.mayStep(w.s, th) && !w.rested[th].waits:
						t.Fatalf("%s: %s is ready: %v, which is wrong", c.name, p.Threads[th].Name, ready)
					}
				}
				if _, moved := w.move(step); !moved || w.m.wrong != nil {
					break
				}
				w.s, w.next = w.next, w.s
			}
		}
	}
}

// TestPCTGuarantee: of a bug of depth 2, PCT of depth 2 finds at least the share
// that it promises. With 2000 schedules and a share of at least 1/(2*12), fewer
// than half of that are found with a chance of less than e^-10; the seed is fixed.
func TestPCTGuarantee(t *testing.T) {
	const text = `
int x, y;
mc_thread(0, 0) void a(void) { READ_ONCE(x); READ_ONCE(x); WRITE_ONCE(y, 1); WRITE_ONCE(y, 0); READ_ONCE(x); READ_ONCE(x); }
mc_thread(1, 0) void b(void) { mc_assert(!READ_ONCE(y)); }`
	p := program(t, text)
	cfg := &SampleConfig{Engine: PCT, Depth: 2, MaxSteps: 1000, Seed: 1}
	w := newWalker(p, rules{}, cfg)
	const length, schedules = 9, 2000
	found := 0
	for i := range schedules {
		if w.run(newRandom(1, uint64(i)), length).property != "" {
			found++
		}
	}
	if want := schedules / (2 * length) / 2; found < want {
		t.Errorf("found in %d of %d schedules, want %d at least", found, schedules, want)
	}
	r := sampleProg(t, p, SampleConfig{Engine: PCT, Depth: 2, Schedules: 1, NoTrace: true})
	g := r.Sampling.Guarantee
	if g == nil || g.Threads != 2 || g.Chance != 1/float64(2*g.Length) {
		t.Errorf("promises %+v", g)
	}
}

// TestUniformIsFair: of two threads of a step each, either is first half of the
// time. Of 10,000 runs the number is more than 300 off with a chance of 2e-9; the
// seed is fixed.
func TestUniformIsFair(t *testing.T) {
	p := program(t, `
int x;
mc_thread(0, 0) void a(void) { WRITE_ONCE(x, 1); }
mc_thread(1, 0) void b(void) { WRITE_ONCE(x, 2); }`)
	w := newWalker(p, rules{}, &SampleConfig{Engine: Uniform, MaxSteps: 100})
	first := 0
	for i := range 10_000 {
		w.record = true
		w.run(newRandom(1, uint64(i)), 0)
		if w.recorded[0].Thread == 0 {
			first++
		}
	}
	if first < 4700 || first > 5300 {
		t.Errorf("a was first in %d of 10000 runs", first)
	}
}

// TestShrinkRun: the run itself is made smaller where nothing else helps. What is
// left is no simpler than the simplest.
func TestShrinkRun(t *testing.T) {
	for _, c := range []struct{ name, scenario string }{
		{"no_stop", "basic"}, {"wait_zero_state_first", "basic"}, {"isolated_skip", "isolated"}, {"no_stop", "migrate"}, {"stop_machine_fifo", "rt-hog"},
	} {
		_, p := strategyIn(t, c.name, c.scenario)
		cfg := SampleConfig{Seed: 1, Workers: 1}
		cfg.fill()
		s := newSampler(p, &cfg, &limits{ctx: context.Background(), cfg: &Config{}, begin: time.Now()})
		s.run()
		k := &shrinker{s: s, property: s.found.property, p: p, work: runWork, moves: s.movesFound()}
		before := costOfMoves(k.moves)
		k.run()
		after := costOfMoves(k.moves)
		if before.less(after) {
			t.Errorf("%s: from %+v to %+v", c.name, before, after)
		}
		tr := mustRun(p, s.rules, k.moves, nobody)
		if tr.Violation == nil || tr.Violation.Property != k.property {
			t.Errorf("%s: the run shrunk violates %v, want %s", c.name, tr.Violation, k.property)
			continue
		}
		best, err := Check(context.Background(), p, Config{})
		if err != nil {
			t.Fatal(err)
		}
		if n := best.Trace.Switches; best.Property == k.property && int(after.switches) < n {
			t.Errorf("%s: %d switches, fewer than the fewest, %d", c.name, after.switches, n)
		}
		if after.switches > 8 {
			t.Errorf("%s: %d switches are left, of %d", c.name, after.switches, before.switches)
		}
	}
}

// TestSmaller: smaller scenarios are smaller and valid.
func TestSmaller(t *testing.T) {
	from := spec.Scenario{Name: "custom", Getters: 64, Gets: 10, Nested: 2, Unloaders: 2, Isolated: 3, Migrate: true, IRQ: true, Hog: spec.UserHog}
	list := smaller(from)
	if len(list) < 10 {
		t.Errorf("only %d scenarios", len(list))
	}
	for _, s := range list {
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", s, err)
		}
		if s.Getters > from.Getters || s.Gets > from.Gets || s.Unloaders > from.Unloaders || s == from {
			t.Errorf("%s is not smaller than %s", s, from)
		}
	}
	least := spec.Scenario{Name: "custom", Getters: 1, Gets: 1, Unloaders: 1}
	if list := smaller(least); len(list) != 0 {
		t.Errorf("%s is the smallest, and not %v", least, list)
	}
}

// TestSampleStops: what stops a sampling is said, and is no pass.
func TestSampleStops(t *testing.T) {
	_, p := strategyIn(t, "stop_machine", "basic")
	r := sampleProg(t, p, SampleConfig{Schedules: 100_000_000, Timeout: 50 * time.Millisecond})
	if r.Verdict != Inconclusive || r.StoppedBy != StoppedByTime || r.Reason == "" || r.Sampling.Schedules == 0 {
		t.Errorf("%s, stopped by %q: %q, %d schedules", r.Verdict, r.StoppedBy, r.Reason, r.Sampling.Schedules)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, e := range SampleEngines {
		r, err := Sample(ctx, p, SampleConfig{Engine: e})
		if err != nil || r.Verdict != Inconclusive || r.StoppedBy != StoppedByInterrupt {
			t.Errorf("%s: %v %v", e, r.Verdict, err)
		}
	}
}

func TestSampleConfigs(t *testing.T) {
	for want, cfg := range map[string]SampleConfig{
		`unknown engine "x"`:               {Engine: "x"},
		"depth 101: want 1 to 100":         {Engine: PCT, Depth: 101},
		"depth 3: the engine uniform has":  {Engine: Uniform, Depth: 3},
		"preemptions 2: the engine pct":    {Preemptions: 2},
		"preemptions -1: want":             {Engine: PreemptionBounded, Preemptions: -1},
		"schedules -1: want":               {Schedules: -1},
		"max steps 1048577: want":          {MaxSteps: maxMoves + 1},
		"workers 257: want":                {Workers: 257},
		`unknown property "frobnicated"`:   {Ignore: []spec.Property{"frobnicated"}},
		"timeout -1ns: want 0 (no limit) ": {Timeout: -1},
	} {
		if _, err := Sample(context.Background(), nil, cfg); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v: %v, want %s", cfg, err, want)
		}
	}
}

// TestSampleCoverage: what is seen of a small model is all of it, and the
// estimate then adds nothing.
func TestSampleCoverage(t *testing.T) {
	p := program(t, `
int x, y;
mc_thread(0, 0) void a(void) { WRITE_ONCE(x, 1); READ_ONCE(y); if (y == 7) x = 2; }
mc_thread(1, 0) void b(void) { READ_ONCE(x); WRITE_ONCE(y, 1); }`)
	r := sampleProg(t, p, SampleConfig{Engine: Uniform})
	full, err := Check(context.Background(), p, Config{NoSymmetry: true, NoPOR: true})
	if err != nil {
		t.Fatal(err)
	}
	want := Coverage{Lines: 2, LinesSeen: 2, Steps: 8, StepsSeen: 7, Pairs: 6, PairsBoth: 3, States: full.States, AllStates: full.States}
	got := r.Sampling.Coverage
	got.Pairs, got.PairsBoth = want.Pairs, want.PairsBoth
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// x: the write before and after the read. y: the write before and after each
	// of the two reads. Each of these three pairs both ways.
	if c := r.Sampling.Coverage; c.Pairs != 3 || c.PairsBoth != 3 {
		t.Errorf("%d pairs, %d in both orders, want 3 and 3", c.Pairs, c.PairsBoth)
	}
}

// TestChao2 holds the estimator to its formula, also where states are thinned
// out.
func TestChao2(t *testing.T) {
	v := visited{counts: map[uint64]uint8{1: 1, 2: 1, 3: 1, 4: 2, 5: 3}}
	if seen, all := v.estimate(10); seen != 5 || all != int64(math.Round(5+0.9*3*2/(2*2))) {
		t.Errorf("%d seen of %d", seen, all)
	}
	if seen, all := (&visited{}).estimate(0); seen != 0 || all != 0 {
		t.Errorf("of nothing: %d seen of %d", seen, all)
	}
	var many visited
	var from visits
	const n = 3 * maxVisited
	for i := range n {
		from.list = append(from.list, mix64(uint64(i)))
	}
	many.merge(&from)
	many.thin()
	if len(many.counts) > maxVisited || many.zeros != 2 {
		t.Errorf("%d states are counted, %d zeros", len(many.counts), many.zeros)
	}
	// The share kept is a quarter, with a standard deviation of 0.03 %.
	if seen, _ := many.estimate(1); math.Abs(float64(seen)/n-1) > 0.01 {
		t.Errorf("%d seen, want %d", seen, n)
	}
}

// TestRandom: the numbers are those of splitmix64 everywhere.
func TestRandom(t *testing.T) {
	r := random{1234567}
	for _, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423} {
		if got := r.next(); got != want {
			t.Fatalf("%d, want %d", got, want)
		}
	}
	a, b := newRandom(1, 0), newRandom(1, 1)
	if a.next() == b.next() {
		t.Error("two schedules draw the same")
	}
	seen := map[int]int{}
	for range 6000 {
		seen[a.intN(6)]++
	}
	for i := range 6 {
		// A standard deviation is 29.
		if seen[i] < 800 || seen[i] > 1200 {
			t.Errorf("%d was drawn %d times in 6000", i, seen[i])
		}
	}
}
