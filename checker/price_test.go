package checker

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lastput/spec"
	"lastput/strategies"
)

func priceOf(t *testing.T, name string) *Prices {
	t.Helper()
	m, found := strategies.Find(name)
	if !found {
		t.Fatalf("no strategy %s", name)
	}
	p, err := m.Build(PriceScenario())
	if err != nil {
		t.Fatal(err)
	}
	return Measure(p)
}

// TestPricesByHand holds prices of strategies to what their C says, counted by
// hand.
func TestPricesByHand(t *testing.T) {
	for _, c := range []struct {
		strategy string
		path     func(*Prices) Path
		want     Price
	}{
		// preempt_disable; read the state; this_cpu_inc of the own count,
		// which no other CPU writes; preempt_enable.
		{"stop_machine", ofGet, Price{Steps: 4, PerCPU: 1}},
		// preempt_disable; this_cpu_dec; read the state; preempt_enable.
		{"stop_machine", ofPut, Price{Steps: 4, PerCPU: 1}},
		// Interrupts off, preemption off, lock, on and on again after it: 6.
		// Inside: read the table, read the count, store it. The line of the
		// count, and that of the lock twice, are written by everybody.
		{"lookup_lock", ofGet, Price{Steps: 9, Stores: 1, Locks: 1, Shared: 3}},
		// Inside: read the count, store it. The table is left as it is.
		{"lookup_lock", ofPut, Price{Steps: 8, Stores: 1, Locks: 1, Shared: 3}},
		// Twice lock and unlock: 12. In the first, read owned, read the
		// table, store owned; in the second, read the count, store it,
		// store the table. Nobody else writes owned or the table, so it is
		// the two locks, twice each, and the count that are shared.
		{"lookup_lock", ofUnload, Price{Steps: 18, Stores: 3, Locks: 2, Shared: 5}},
		// Lock and unlock: 6. Inside: read the table, atomic_inc.
		{"atomic_dec_and_lock", ofGet, Price{Steps: 8, RMWs: 1, Locks: 1, Shared: 3}},
		// One atomic_add_unless, fully ordered.
		{"atomic_dec_and_lock", ofPut, Price{Steps: 1, RMWs: 1, Barriers: 1, Shared: 1}},
		// xchg of owned, which nobody else writes; atomic_add_unless finds
		// the last reference; lock and unlock, 6; inside, atomic_dec_and_test
		// and the store of the table.
		{"atomic_dec_and_lock", ofUnload, Price{Steps: 10, RMWs: 3, Stores: 1, Locks: 1, Barriers: 3, Shared: 4}},
		// preempt_disable; read the state; atomic_inc_not_zero; preempt_enable.
		{"module_base", ofGet, Price{Steps: 4, RMWs: 1, Barriers: 1, Shared: 1}},
		// Lock and unlock, 2; read modules; atomic_sub_return; store the
		// state, in the line of the count, and modules; begin a grace
		// period and wait for its end; release.
		{"module_base", ofUnload, Price{Steps: 9, RMWs: 1, Stores: 2, Locks: 1, Barriers: 1, Shared: 2, Graces: 1}},
		// As stop_machine, but the lock around it, with interrupts off, on
		// an isolated CPU only.
		{"isolated_slow_path", ofGet, Price{Steps: 4, PerCPU: 1}},
		{"isolated_slow_path", ofIsolatedGet, Price{Steps: 10, PerCPU: 1, Locks: 1, Shared: 2}},
	} {
		got := c.path(priceOf(t, c.strategy))
		if got.Outcome != Returned {
			t.Errorf("%s: a path %s: %s", c.strategy, got.Outcome, got.Why)
		}
		if diff := cmp.Diff(c.want, got.Price); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.strategy, diff)
		}
	}
}

func ofGet(p *Prices) Path         { return p.Get }
func ofPut(p *Prices) Path         { return p.Put }
func ofUnload(p *Prices) Path      { return p.Unload }
func ofIsolatedGet(p *Prices) Path { return p.IsolatedGet }

// TestPriceOfStop: what stop_machine() costs on three CPUs, counted by hand.
func TestPriceOfStop(t *testing.T) {
	p := priceOf(t, "stop_machine").Unload.Price
	for _, c := range []struct {
		what      string
		got, want int
	}{
		// Each of three stoppers acknowledges four states, and is done, all
		// by atomic_dec_and_test; complete() and wait_for_completion().
		{"read-modify-writes", p.RMWs, 3*4 + 3 + 2},
		{"full barriers", p.Barriers, 3*4 + 3},
		// fn, data, num_threads, active_cpu and nr_todo; the work of three
		// CPUs; acknowledgements and state, by the caller and after each of
		// the four states; ret; the module's state; modules.
		{"stores", p.Stores, 5 + 3 + 2*5 + 1 + 1 + 1},
		// Each stopper takes its work.
		{"per-CPU writes", p.PerCPU, 3},
		// module_mutex and stop_cpus_mutex.
		{"locks", p.Locks, 2},
		// Neither the module's mutex, nor its own state, nor modules, nor
		// the work of its own CPU is written by two CPUs. Of the rest, 5+10
		// stores of the request, 2 of the works and the stoppers' 2 answers
		// to them, 17 read-modify-writes, ret.
		{"shared writes", p.Shared, 5 + 10 + 2 + 2 + 17 + 1},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %d, counted %d", c.what, c.got, c.want)
		}
	}
	// The two stoppers of other CPUs keep them from when they have taken
	// their work until each is done: all that is done under stop is within.
	if p.Halting < 3*4 || p.Halting >= p.Steps {
		t.Errorf("%d of %d steps while another CPU is halted", p.Halting, p.Steps)
	}
}

func TestHalts(t *testing.T) {
	for name, want := range map[string]Halt{
		"stop_machine":      HaltsAll,
		"stop_machine_fifo": HaltsAll,
		"isolated_skip":     HaltsNotIsolated,
		"no_stop":           HaltsNone,
		"rcu":               HaltsNone,
		"module_base":       HaltsNone,
	} {
		if got := priceOf(t, name).Halts; got != want {
			t.Errorf("%s halts %s, want %s", name, got, want)
		}
	}
}

// strategy makes a model of the bodies of get, put and unload. A put without a
// body reads, for a model has to touch shared memory somewhere.
func strategy(get, put, unload string) string {
	if put == "" {
		put = "(void)READ_ONCE(obj.idle);"
	}
	return fmt.Sprintf(`
struct object { int state; atomic_t count; int stat[NR_CPUS]; int idle; };
static struct object obj;
static DEFINE_PER_CPU(int, mine);
static int other[NR_CPUS + 2];
static struct { int c[2][NR_CPUS]; int x; } nested;
static DEFINE_SPINLOCK(lock);
static DECLARE_COMPLETION(asked);
static DECLARE_COMPLETION(done);

mc_get bool get(void) { %s }
mc_put void put(void) { %s }
mc_unload bool unload(void) { %s }
`, get, put, unload)
}

const unloads = "mc_final_put(&obj); return true;"

// TestPriceRules: what counts as what.
func TestPriceRules(t *testing.T) {
	for _, c := range []struct {
		name             string
		get, put, unload string
		path             func(*Prices) Path
		want             Price
	}{
		{"fences: only full ones", "smp_mb(); smp_wmb(); smp_rmb(); return true;", "", unloads,
			ofGet, Price{Steps: 3, Barriers: 1}},
		{"a fully ordered store", "__mc_store(&obj.idle, 1, MC_FULL); return true;", "", unloads,
			ofGet, Price{Steps: 1, Stores: 1, Barriers: 1, Shared: 1}},
		{"this_cpu operations are no barriers", "this_cpu_xchg(mine, 1); return true;", "", unloads,
			ofGet, Price{Steps: 1, PerCPU: 1}},
		{"this_cpu_write, too", "this_cpu_write(mine, 1); return true;", "", unloads,
			ofGet, Price{Steps: 1, PerCPU: 1}},
		{"loads cost steps only", "int v = obj.idle; return v == 0;", "", unloads,
			ofGet, Price{Steps: 1}},
		{"a relaxed read-modify-write", "atomic_inc(&obj.count); return true;", "", unloads,
			ofGet, Price{Steps: 1, RMWs: 1, Shared: 1}},
		{"one that fails", "return atomic_cmpxchg(&obj.count, 7, 8) != 7;", "", unloads,
			ofGet, Price{Steps: 1, RMWs: 1, Barriers: 1, Shared: 1}},
		{"what the put does is not the get's", "return true;", "obj.idle = 1;", unloads,
			ofGet, Price{}},
		{"nor the reverse", "obj.idle = 1; return true;", "smp_mb();", unloads,
			ofPut, Price{Steps: 1, Barriers: 1}},
		{"a lock is counted once, with its release", "spin_lock(&lock); spin_unlock(&lock); return true;", "", unloads,
			ofGet, Price{Steps: 4, Locks: 1, Shared: 2}},
		{"one that only the unloader takes is not shared", "return true;", "", "spin_lock(&lock); spin_unlock(&lock); " + unloads,
			ofUnload, Price{Steps: 4, Locks: 1}},
		{"members share the line of their variable", "obj.idle = 1; return true;", "", "obj.state = 1; " + unloads,
			ofUnload, Price{Steps: 1, Stores: 1, Shared: 1}},
		{"elements for each CPU have lines of their own", "this_cpu_inc(obj.stat); return true;", "", "obj.state = 1; obj.stat[0] = 1; " + unloads,
			ofUnload, Price{Steps: 2, Stores: 2}},
		{"others have not", "other[smp_processor_id()] = 1; return true;", "", unloads,
			ofGet, Price{Steps: 1, Stores: 1, Shared: 1}},
		{"arrays in arrays", "nested.c[0][smp_processor_id()] = 1; return true;", "", "nested.c[0][0] = 1; nested.c[1][0] = 1; nested.x = 1; " + unloads,
			ofUnload, Price{Steps: 3, Stores: 3}},
		{"what is one CPU's in several arrays is one line", "nested.c[0][smp_processor_id()] = 1; return true;", "", "nested.c[1][1] = 1; nested.c[1][0] = 1; " + unloads,
			ofUnload, Price{Steps: 2, Stores: 2, Shared: 1}},
		{"elements written by others", "other[0] = obj.stat[0] = 1; return true;", "", unloads,
			ofGet, Price{Steps: 2, Stores: 2, Shared: 2}},
		{"own locals are no shared memory", "int v = 0; int *p = &v; if (obj.idle) p = &obj.idle; *p = 1; return v;", "", unloads,
			ofGet, Price{Steps: 4}},
		{"the first refusal of an unload is the end of it", "return true;", "", "if (obj.state++ == 0) return false; " + unloads,
			ofUnload, Price{Steps: 2, Stores: 1}},
	} {
		p := Measure(program(t, strategy(c.get, c.put, c.unload), PriceScenario()))
		if diff := cmp.Diff(c.want, c.path(p).Price); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

// TestPathOutcomes: a path that does not do what it is for says so.
func TestPathOutcomes(t *testing.T) {
	type outcomes struct{ Get, Put, Unload PathOutcome }
	for _, c := range []struct {
		name             string
		get, put, unload string
		want             outcomes
		why              string // how what is said of it begins
	}{
		{"all is well", "return true;", "", unloads, outcomes{Returned, Returned, Returned}, ""},
		{"a get that fails", "return obj.idle;", "", unloads, outcomes{Refused, NotRun, Returned}, ""},
		{"an unload that fails", "return true;", "", "if (!obj.idle) return false; " + unloads, outcomes{Returned, Returned, Refused}, ""},
		{"an unload that waits", "return true;", "complete(&done);", "wait_for_completion(&done); " + unloads, outcomes{Returned, Returned, Waits},
			"unloader waits "},
		{"a put that spins", "return true;", "while (!READ_ONCE(obj.idle)) cpu_relax();", unloads, outcomes{Returned, Waits, Returned},
			"getter0 waits "},
		{"an unload without end", "return true;", "", "while (obj.idle < 1000000) obj.idle++; " + unloads, outcomes{Returned, Returned, Endless}, ""},
		{"a get that breaks", "mc_assert(obj.idle); return true;", "", unloads, outcomes{Breaks, NotRun, Returned}, "assertion"},
		{"the first outcome that is possible", "int v = mc_choose(3); mc_assume(v == 2); return v == 2;", "", unloads, outcomes{Returned, Returned, Returned}, ""},
	} {
		p := Measure(program(t, strategy(c.get, c.put, c.unload), PriceScenario()))
		if diff := cmp.Diff(c.want, outcomes{p.Get.Outcome, p.Put.Outcome, p.Unload.Outcome}); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
		if got := p.Get.Why + p.Put.Why + p.Unload.Why; !strings.HasPrefix(got, c.why) || (got == "") != (c.why == "") {
			t.Errorf("%s: got %q, want %q and more", c.name, got, c.why)
		}
	}
}

// TestHelpersWorkForAPath: what a path waits for is done by threads of the
// model, and what they keep from running is halted.
func TestHelpersWorkForAPath(t *testing.T) {
	for _, c := range []struct {
		helper string // where it runs, and its class
		body   string
		unload Price
		halts  Halt
	}{
		// It asks, the helper takes the request and answers, it goes on.
		{"mc_kthread(0, MC_STOP)", "", Price{Steps: 4, RMWs: 4}, HaltsNone},
		// On the CPU of the getter, and again of the isolated one: the
		// answer is given while the getter cannot run; both sides write to
		// both completions.
		{"mc_kthread(1, MC_STOP)", "", Price{Steps: 4, RMWs: 4, Shared: 4, Halting: 1}, HaltsNotIsolated},
		{"mc_kthread(NR_CPUS - 1, 50)", "", Price{Steps: 4, RMWs: 4, Shared: 4, Halting: 1}, HaltsIsolated},
		// A thread of class other keeps nobody from running, unless it has
		// preemption or interrupts off: the step that turns it on again.
		{"mc_kthread(1, MC_OTHER)", "", Price{Steps: 4, RMWs: 4, Shared: 4}, HaltsNone},
		{"mc_kthread(1, MC_OTHER)", "preempt_disable(); preempt_enable();", Price{Steps: 6, RMWs: 4, Shared: 4, Halting: 1}, HaltsNotIsolated},
	} {
		text := strategy("return true;", "", "complete(&asked); wait_for_completion(&done); "+unloads) +
			c.helper + " static void helper(void) { for (;;) { wait_for_completion(&asked); " + c.body + " complete(&done); } }"
		p := Measure(program(t, text, PriceScenario()))
		if diff := cmp.Diff(c.unload, p.Unload.Price); diff != "" {
			t.Errorf("%s %s (-want +got)\n%s", c.helper, c.body, diff)
		}
		if p.Halts != c.halts {
			t.Errorf("%s %s: halts %s, want %s", c.helper, c.body, p.Halts, c.halts)
		}
	}
}

// TestHandlersDoNotHelp: an interrupt need not come, so nobody counts on it.
func TestHandlersDoNotHelp(t *testing.T) {
	text := strategy("return true;", "", "wait_for_completion(&done); "+unloads) +
		"mc_irq(0) static void handler(void) { complete(&done); }"
	if p := Measure(program(t, text, PriceScenario())); p.Unload.Outcome != Waits {
		t.Errorf("the unload %s", p.Unload.Outcome)
	}
}

// TestHaltsUnknown: an unload that does not come to its end might have halted
// somebody.
func TestHaltsUnknown(t *testing.T) {
	p := Measure(program(t, strategy("return true;", "", "wait_for_completion(&done); "+unloads), PriceScenario()))
	if p.Halts != HaltsUnknown {
		t.Errorf("halts %s, want %s", p.Halts, HaltsUnknown)
	}
}

// TestHangReach: whom a hog hangs.
func TestHangReach(t *testing.T) {
	rtHog, _ := spec.FindScenario("rt-hog")
	kernel := rtHog
	kernel.Hog = spec.KernelHog
	for _, c := range []struct {
		strategy string
		s        spec.Scenario
		cfg      Config
		want     Reach
	}{
		{"stop_machine", rtHog, Config{}, HangsNobody},
		{"stop_machine_fifo", rtHog, Config{}, HangsBox},
		{"rcu", rtHog, Config{}, HangsNobody},
		{"rcu", kernel, Config{}, HangsUnloader},
		{"module_base", rtHog, Config{MaxStates: 5}, HangsUnknown},
	} {
		m, _ := strategies.Find(c.strategy)
		p, err := m.Build(c.s)
		if err != nil {
			t.Fatal(err)
		}
		c.cfg.NoTrace = true
		r, err := Check(context.Background(), p, c.cfg)
		if err != nil {
			t.Fatal(err)
		}
		if got := HangReach(r); got != c.want {
			t.Errorf("%s with a %s hog: %s, want %s", c.strategy, c.s.Hog, got, c.want)
		}
	}
}

// TestHangReachOfEndlessRun: a run that goes round for ever has no state in
// which it is stuck; those that do not finish are known all the same.
func TestHangReachOfEndlessRun(t *testing.T) {
	const round = "while (!READ_ONCE(obj.idle)) { obj.state = 1; obj.state = 0; } "
	for _, c := range []struct {
		get, put, unload string
		want             Reach
	}{
		{"return true;", "", round + unloads, HangsUnloader},
		{"return true;", round, unloads, HangsBox},
		{"return true;", "", unloads, HangsNobody},
	} {
		s := spec.Scenario{Name: "custom", Getters: 1, Gets: 1, Unloaders: 1}
		r := check(t, program(t, strategy(c.get, c.put, c.unload), s), spec.FinalPutWhileHeld, spec.GetAfterFinalPut)
		if got := HangReach(r); got != c.want {
			t.Errorf("get %q, unload %q: %s, want %s (%v)", c.get, c.unload, got, c.want, r.Properties)
		}
	}
}

// TestNoTrace: the verdict without the run.
func TestNoTrace(t *testing.T) {
	p := program(t, "static int x; mc_thread(0, 0) void a(void) { x = 1; mc_assert(x != 1); }")
	with := check(t, p)
	without, err := Check(context.Background(), p, Config{NoTrace: true})
	if err != nil {
		t.Fatal(err)
	}
	if with.Trace == nil || without.Trace != nil {
		t.Errorf("run is there: %t with it, %t without", with.Trace != nil, without.Trace != nil)
	}
	if without.Property != with.Property || without.States != with.States || without.Verdict != Violated {
		t.Errorf("%s, %d states; with the run %s, %d", without.Property, without.States, with.Property, with.States)
	}
}
