package spec_test

import (
	"slices"
	"strings"
	"testing"

	"lastput/spec"
	"lastput/strategies"
)

// mutationCases are small models with what can be taken away from them, and what
// becomes of them without it: "verified", the first property violated, or why
// they cannot be built.
var mutationCases = []struct {
	name, text string
	want       []string // ID, text, what becomes of it
}{
	{"a lock with two unlocks, in wrappers", `#include <linux/spinlock.h>
static DEFINE_SPINLOCK(l);
static int n, ended;
static void enter(void) { spin_lock(&l); }
static void leave(void) { spin_unlock(&l); }
static void add(void)
{
	enter();
	if (n == 5) {
		leave();
		return;
	}
	n = n + 1;
	ended++;
	if (ended == 2)
		mc_assert(n == 2);
	leave();
}
mc_thread(0, MC_OTHER) void one(void) { add(); }
mc_thread(1, MC_OTHER) void two(void) { add(); }
`, []string{
		"lock@8:2", "without enter() ... leave()", "assertion",
		"check@9:6", "with n == 5 taken as false", "verified",
		"check@15:6", "with ended == 2 taken as true", "assertion",
	}},
	{"locks of an array, in loops of which nothing is left", `#include <linux/spinlock.h>
#include <linux/percpu.h>
static DEFINE_PER_CPU(spinlock_t, l);
static int x;
static void all(int up)
{
	int cpu, i;

	for_each_possible_cpu_ordered(cpu)
		for (i = 0; i < 2; i++)
			if (i == up)
				spin_lock(&per_cpu(l, cpu));
	WRITE_ONCE(x, up);
	mc_assert(READ_ONCE(x) == up);
	for_each_possible_cpu_ordered(cpu)
		spin_unlock(&per_cpu(l, cpu));
}
mc_thread(0, MC_OTHER) void one(void) { all(0); }
mc_thread(1, MC_OTHER) void two(void) { all(1); }
`, []string{
		"check@11:8", "with i == up taken as true", "deadlock",
		"lock@12:5", "without spin_lock(&per_cpu(l, cpu)) ... spin_unlock(&per_cpu(l, cpu))", "assertion",
	}},
	{"a loop of which nothing is left but what is read behind it", `#include <linux/compiler.h>
static int x;
mc_thread(0, MC_OTHER) void one(void)
{
	int i;

	for (i = 0; i < 3; i++)
		while (READ_ONCE(x) == i)
			cpu_relax();
	mc_assert(i == 3);
}
mc_thread(1, MC_OTHER) void two(void)
{
	WRITE_ONCE(x, 3);
}
`, []string{"wait@8:10", "with READ_ONCE(x) == i taken as false", "m.c:7:2: a loop without a visible operation: nothing in it touches shared memory, so it cannot be interleaved; compute what it computes without a loop"}},
	{"a lock taken in one function and given up in another", `#include <linux/mutex.h>
static DEFINE_MUTEX(m);
static int x;
static void finish(void)
{
	WRITE_ONCE(x, 0);
	mutex_unlock(&m);
}
static void work(void)
{
	mutex_lock(&m);
	WRITE_ONCE(x, 1);
	mc_assert(READ_ONCE(x) == 1);
	finish();
}
mc_thread(0, MC_OTHER) void one(void) { work(); }
mc_thread(1, MC_OTHER) void two(void) { work(); }
`, []string{"lock@11:2", "without mutex_lock(&m) ... mutex_unlock(&m)", "assertion"}},
	{"two locks that one unlock gives up go together", `#include <linux/spinlock.h>
static DEFINE_SPINLOCK(l);
static int c;
mc_thread(0, MC_OTHER) void one(void)
{
	if (READ_ONCE(c))
		spin_lock(&l);
	else if (!spin_trylock(&l))
		return;
	WRITE_ONCE(c, 1);
	spin_unlock(&l);
}
`, []string{
		"check@6:6", "with READ_ONCE(c) taken as true", "verified",
		"check@6:6#2", "with READ_ONCE(c) taken as false", "verified",
		"lock@7:3", "without spin_lock(&l) ... spin_trylock(&l) ... spin_unlock(&l)", "verified",
		"check@8:12", "with spin_trylock(&l) taken as true", "verified",
	}},
	{"the lock and the interrupts of one call", `#include <linux/spinlock.h>
static DEFINE_SPINLOCK(l);
static void section(void)
{
	unsigned long flags;

	spin_lock_irqsave(&l, flags);
	spin_unlock_irqrestore(&l, flags);
}
mc_thread(0, MC_OTHER) void thread(void) { section(); }
mc_irq(0) void handler(void) { section(); }
`, []string{
		"lock@7:2", "without the lock of spin_lock_irqsave(&l, flags) ... spin_unlock_irqrestore(&l, flags)", "verified",
		"irq@7:2", "with interrupts left on in spin_lock_irqsave(&l, flags) ... spin_unlock_irqrestore(&l, flags)", "deadlock",
	}},
	{"pairs within one another, in macros", `#include <linux/rcupdate.h>
#include <linux/percpu.h>
#define PIN() preempt_disable()
#define UNPIN() preempt_enable()
static int x;
mc_thread(0, MC_OTHER) void one(void)
{
	int cpu;

	PIN();
	rcu_read_lock();
	cpu = get_cpu();
	WRITE_ONCE(x, cpu);
	put_cpu();
	rcu_read_unlock();
	UNPIN();
}
`, []string{
		"preempt@10:2", "without PIN() ... UNPIN()", "verified",
		"reader@11:2", "without rcu_read_lock() ... rcu_read_unlock()", "verified",
		"preempt@12:8", "with preemption left on in get_cpu() ... put_cpu()", "verified",
	}},
	{"a reader and a grace period", `#include <linux/rcupdate.h>
#include <linux/slab.h>
static struct object { int value; } obj;
static struct object *table = &obj;
mc_thread(0, MC_OTHER) void reader(void)
{
	struct object *o;

	rcu_read_lock();
	o = rcu_dereference(table);
	if (o)
		mc_use(o);
	rcu_read_unlock();
}
mc_thread(1, MC_OTHER) void owner(void)
{
	RCU_INIT_POINTER(table, NULL);
	smp_mb();
	synchronize_rcu();
	kfree(&obj);
}
`, []string{
		"reader@9:2", "without rcu_read_lock() ... rcu_read_unlock()", "use-after-release",
		"check@11:6", "with o taken as true", "invalid-access",
		"barrier@18:2", "without smp_mb()", "verified",
		"grace@19:2", "without synchronize_rcu()", "use-after-release",
	}},
	{"atomic operations, one of them retried", `#include <linux/atomic.h>
static atomic_t v;
static int ended;
static void add(void)
{
	int old;

	do {
		old = atomic_read(&v);
	} while (atomic_cmpxchg(&v, old, old + 1) != old);
	if (xchg(&ended, 1))
		mc_assert(atomic_read(&v) == 2);
}
mc_thread(0, MC_OTHER) void one(void) { add(); }
mc_thread(1, MC_OTHER) void two(void) { add(); }
`, []string{
		"retry@10:11", "with atomic_cmpxchg(&v, old, old + 1) != old taken as false", "assertion",
		"split@10:11", "with atomic_cmpxchg(&v, old, old + 1) as a load and a store", "assertion",
		"check@11:6", "with xchg(&ended, 1) taken as true", "assertion",
		"split@11:6", "with xchg(&ended, 1) as a load and a store", "verified",
	}},
	{"a spin, a sleep, and the order of two stores", `#include <linux/completion.h>
static int data, ready;
static DECLARE_COMPLETION(done);
mc_thread(0, MC_OTHER) void consumer(void)
{
	while (!READ_ONCE(ready))
		cpu_relax();
	mc_assert(READ_ONCE(data) == 1);
	complete(&done);
}
mc_thread(1, MC_OTHER) void producer(void)
{
	WRITE_ONCE(data, 1);
	WRITE_ONCE(ready, 1);
	wait_for_completion(&done);
	WRITE_ONCE(data, 2);
}
`, []string{
		"wait@6:10", "with READ_ONCE(ready) taken as true", "assertion",
		"swap@8:2", "with mc_assert(READ_ONCE(data) == 1) and complete(&done) the other way round", "assertion",
		"swap@13:2", "with WRITE_ONCE(data, 1) and WRITE_ONCE(ready, 1) the other way round", "assertion",
		"wait@15:2", "without wait_for_completion(&done)", "assertion",
	}},
	{"a loop that ends at the first turn, or never begins another", `#include <linux/atomic.h>
static int x;
mc_thread(0, MC_OTHER) void waiter(void)
{
	for (;;) {
		if (READ_ONCE(x))
			break;
		cpu_relax();
	}
	mc_assert(READ_ONCE(x));
}
mc_thread(1, MC_OTHER) void waker(void) { WRITE_ONCE(x, 1); }
`, []string{"retry@6:7", "with READ_ONCE(x) taken as true", "assertion"}},
	{"a function that others run", `#include <linux/rcupdate.h>
static struct rcu_head head;
static int x;
static void set(struct rcu_head *unused) { WRITE_ONCE(x, 1); }
mc_thread(0, MC_OTHER) void one(void)
{
	preempt_disable();
	call_rcu_sched(&head, set);
	mc_assert(READ_ONCE(x) == 0);
	preempt_enable();
}
`, []string{
		"preempt@7:2", "without preempt_disable() ... preempt_enable()", "assertion",
		"at-once@8:2", "with set() called at once instead of call_rcu_sched(&head, set)", "assertion",
	}},
	{"what && leaves to decide", `#include <linux/compiler.h>
static int a, b = 1;
mc_thread(0, MC_OTHER) void one(void)
{
	bool both = READ_ONCE(a) && READ_ONCE(b);

	mc_assert(!both);
}
`, []string{
		"check@5:14", "with READ_ONCE(a) taken as true", "assertion",
		"check@5:30", "with READ_ONCE(b) taken as true", "verified",
	}},
}

func TestMutantsKnownByHand(t *testing.T) {
	for _, c := range mutationCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, err := load(c.text)
			if err != nil {
				t.Fatal(err)
			}
			wantVerified(t, m)
			list, err := m.Mutations()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, mu := range list {
				if _, err := m.Without(mu).Build(m.Scenarios()[0]); err != nil {
					got = append(got, mu.ID, mu.Text, err.Error())
					continue
				}
				r := check(t, m.Without(mu))
				outcome := string(r.Property)
				if outcome == "" {
					outcome = string(r.Verdict)
				}
				got = append(got, mu.ID, mu.Text, outcome)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(c.want, "\n\t"))
			}
		})
	}
}

// TestMutationLines: a mutation knows all lines it touches.
func TestMutationLines(t *testing.T) {
	m, err := load(mutationCases[0].text)
	if err != nil {
		t.Fatal(err)
	}
	list, err := m.Mutations()
	if err != nil {
		t.Fatal(err)
	}
	want := []spec.MutationLine{{File: "m.c", Line: 8}, {File: "m.c", Line: 10}, {File: "m.c", Line: 17}}
	if !slices.Equal(list[0].Lines, want) {
		t.Errorf("%s touches %v, want %v", list[0].ID, list[0].Lines, want)
	}
}

// TestManyPairs: where there are too many ways to go, pairs go together rather
// than be torn apart.
func TestManyPairs(t *testing.T) {
	var body strings.Builder
	for range 20 {
		body.WriteString("\tif (READ_ONCE(x))\n\t\tspin_lock(&l);\n\tif (READ_ONCE(x))\n\t\tspin_unlock(&l);\n")
		body.WriteString("\tif (READ_ONCE(x))\n\t\tpreempt_disable();\n\tif (READ_ONCE(x))\n\t\tpreempt_enable();\n")
	}
	m, err := load("#include <linux/spinlock.h>\nstatic DEFINE_SPINLOCK(l);\nstatic int x = 1;\nmc_thread(0, MC_OTHER) void one(void)\n{\n" + body.String() + "}\n")
	if err != nil {
		t.Fatal(err)
	}
	wantVerified(t, m)
	list, err := m.Mutations()
	if err != nil {
		t.Fatal(err)
	}
	pairs := 0
	for _, mu := range list {
		if mu.Kind == spec.MutLock || mu.Kind == spec.MutPreempt {
			pairs++
			wantVerified(t, m.Without(mu))
		}
	}
	if pairs != 2 {
		t.Errorf("%d pairs, want all locks in one and all sections in another", pairs)
	}
}

// TestMutantsAreSane builds every mutant of the strategies for one scenario: it is
// a program, or an error says why not; and the model is left as it was.
func TestMutantsAreSane(t *testing.T) {
	for _, m := range strategies.All() {
		if strings.Contains(m.Text, "#include \"") {
			continue // a variant
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			s := m.Scenarios()[0] // of a model with threads of its own
			if nested, _ := spec.FindScenario("nested"); s.Name != spec.ThreadsScenario {
				s = nested
			}
			before := build(t, m, s).String()
			list, err := m.Mutations(s)
			if err != nil {
				t.Fatal(err)
			}
			for _, mu := range list {
				p, err := m.Without(mu).Build(s)
				if err != nil {
					continue
				}
				if err := spec.Sanity(p); err != nil {
					t.Errorf("%s: %v", mu.ID, err)
				}
				if p.Model != m.Name+"~"+mu.ID {
					t.Errorf("%s: the program is called %s", mu.ID, p.Model)
				}
			}
			if build(t, m, s).String() != before {
				t.Errorf("%s is another program after its mutants were built", m.Name)
			}
		})
	}
}

// TestWhyNotes: a file explains what is not needed in the line above.
func TestWhyNotes(t *testing.T) {
	text := `#include <linux/compiler.h>
static int x;
mc_thread(0, MC_OTHER) void one(void)
{
	// mc: why check@6 the first half
	// mc: why check@6 and the second
	if (READ_ONCE(x) && READ_ONCE(x) > 1)
		WRITE_ONCE(x, 0);
}
`
	m, err := load(text)
	if err != nil {
		t.Fatal(err)
	}
	list, err := m.Mutations()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || list[0].Note != "the first half and the second" || list[1].Note != "" {
		t.Errorf("got %+v", list)
	}
	for wrong, want := range map[string]string{
		"why":             "says nothing",
		"why check":       "want: why KIND",
		"why look it is":  "unknown kind of mutation",
		"why check@x a b": "no column",
		"why check#0 a b": "no number",
	} {
		_, err := load(strings.Replace(text, "why check@6 the first half", wrong, 1))
		if err == nil || !strings.Contains(err.Error(), "m.c:5:2: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one that says %q", wrong, err, want)
		}
	}
}
