package specrapid

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// This file draws small C models: threads of their own, and strategies with a
// line taken away or two lines swapped.

// Headers are what every model of Programs begins with, and what one may
// include to use all of the library.
const Headers = `#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/mutex.h>
#include <linux/completion.h>
#include <linux/percpu.h>
#include <linux/stop_machine.h>
#include <linux/rcupdate.h>
#include <linux/wait.h>
#include <linux/delay.h>
#include <mc.h>
`

// Programs draws the C text of a model with two to four threads of its own, and
// perhaps handlers, on one to three CPUs. It uses all of the library, and is
// wrong more often than not; spec.Load refuses some of what is drawn, for
// speaking of lifetimes that are none.
func Programs() *rapid.Generator[string] { return rapid.Custom(drawThreads) }

// Mutants draws changes of a model's text: some of its lines that are statements
// go away, change places or come twice. The result need not be C.
func Mutants(text string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string { return drawMutant(t, text) })
}

// A drawing is a model being drawn.
type drawing struct {
	t    *rapid.T
	b    strings.Builder
	deep int // blocks we are in
	vars int // names used up
}

func (d *drawing) n(lo, hi int, what string) int { return rapid.IntRange(lo, hi).Draw(d.t, what) }

func (d *drawing) pick(what string, from ...string) string {
	return rapid.SampledFrom(from).Draw(d.t, what)
}

func (d *drawing) printf(format string, args ...any) { fmt.Fprintf(&d.b, format, args...) }

func drawThreads(t *rapid.T) string {
	d := &drawing{t: t}
	d.printf("%s", Headers)
	d.printf(`int x, y;
unsigned char u = 254;
long big = 0x7fffffff;
atomic_t a = ATOMIC_INIT(1);
struct pair { int p; int q; } one, two = { 1, 2 };
struct object { int n; struct mutex m; } obj;
DEFINE_SPINLOCK(lock);
DEFINE_SPINLOCK(other);
DEFINE_MUTEX(mutex);
DECLARE_COMPLETION(done);
DEFINE_PER_CPU(int, mine);
DECLARE_WAIT_QUEUE_HEAD(wq);
struct task_struct *waiter;
`)
	if d.n(0, 4, "init") == 0 {
		d.printf("mc_init void setup(void) { x = %d; mine[0] = 1; }\n", d.n(-1, 1, "x"))
	}
	if d.n(0, 4, "invariant") == 0 {
		d.printf("mc_invariant bool holds(void) { int sum = 0, cpu; for_each_online_cpu(cpu) sum += per_cpu(mine, cpu); return sum < 3 && x != %d; }\n", d.n(2, 4, "bad"))
	}
	if d.n(0, 5, "worker") == 0 {
		d.printf("mc_percpu_thread(%s) void worker(void)\n{\n\tfor (;;) {\n\t\tmc_sleep_until(xchg(&y, 0) == 2);\n\t\tx = 3;\n\t}\n}\n", d.class())
	}
	if d.n(0, 5, "kthread") == 0 {
		d.kthread()
	}
	for i := range d.n(2, rapid.SampledFrom([]int{2, 3, 3, 4}).Draw(t, "most"), "threads") {
		d.printf("mc_thread(%d, %s) void t%d(void)\n{\n\tint r = 0, s = 0;\n", d.n(0, 2, "cpu"), d.class(), i)
		d.block(d.n(1, 3, "statements"))
		if d.n(0, 15, "hog") == 0 {
			d.printf("\tmc_hog();\n")
		}
		d.printf("}\n")
	}
	for i := range max(0, d.n(-3, 2, "handlers")) {
		d.printf("mc_irq(%d) void h%d(void)\n{\n\tint r = 0, s = 0;\n", d.n(0, 2, "cpu"), i)
		d.block(d.n(1, 2, "statements"))
		d.printf("}\n")
	}
	if d.n(0, 7, "idle hog") == 0 {
		d.printf("mc_thread(%d, %s) void hog(void)\n{\n%s\tmc_hog();\n}\n", d.n(0, 2, "cpu"), d.class(),
			d.pick("mode", "", "", "\tpreempt_disable();\n", "\tlocal_irq_disable();\n", "\tREAD_ONCE(x);\n", "\trcu_read_lock();\n"))
	}
	return d.b.String()
}

// class draws classes that meet: on few CPUs, few priorities.
func (d *drawing) class() string {
	return d.pick("class", "MC_OTHER", "MC_OTHER", "MC_OTHER", "50", "50", "50", "99", "MC_STOP")
}

// kthread draws a thread that need not finish, and mostly goes round for ever.
func (d *drawing) kthread() {
	d.printf("mc_kthread(%d, %s) void k(void)\n{\n\tint r = 0, s = 0;\n\tmc_sleep_until(%s);\n\tfor (;;) {\n\t\t%s\n\t}\n}\n",
		d.n(0, 2, "cpu"), d.class(),
		d.pick("until", "READ_ONCE(x) == 1", "READ_ONCE(y) == 0", "1 || READ_ONCE(y)"),
		d.pick("work", "x = !x;", "spin_lock(&lock); spin_unlock(&lock);", "mutex_lock(&mutex); x = 1; mutex_unlock(&mutex);", "yield();", "msleep(1); u = !u;",
			"rcu_read_lock(); r = READ_ONCE(y); rcu_read_unlock();", "mc_sleep_until(xchg(&y, 0)); wake_up(&wq);", "local_irq_disable(); local_irq_enable();",
			"synchronize_sched();", "mc_idle_until(READ_ONCE(x) == 1); x = 0;", "u++; u--; yield();"))
}

func (d *drawing) block(n int) {
	d.deep++
	for range n {
		d.printf("%s", strings.Repeat("\t", d.deep))
		d.statement()
	}
	d.deep--
}

// body is a block in braces.
func (d *drawing) body(head, foot string) {
	d.printf("%s {\n", head)
	d.block(d.n(1, 2, "body"))
	d.printf("%s}%s\n", strings.Repeat("\t", d.deep), foot)
}

func (d *drawing) statement() {
	kinds := []func(*drawing){
		(*drawing).simple, (*drawing).simple, (*drawing).simple, (*drawing).simple,
		(*drawing).condition, (*drawing).loop, (*drawing).spin, (*drawing).atomicSection,
		(*drawing).locked, (*drawing).sleeper, (*drawing).ghosts, (*drawing).judge,
		(*drawing).interrupts, (*drawing).reader, (*drawing).tasks, (*drawing).retry,
	}
	if d.deep > 2 {
		kinds = kinds[:4]
	}
	rapid.SampledFrom(kinds).Draw(d.t, "statement")(d)
}

func (d *drawing) shared() string { return d.pick("shared", "x", "y", "one.p", "two.q", "mine[0]") }

// value has at most one shared access.
func (d *drawing) value() string {
	return d.pick("value", "0", "1", "2", "r", "s", "r + 1", "-s", "x", "READ_ONCE(y)", "mc_choose(2)", "mc_choose(3)", "smp_processor_id()")
}

func (d *drawing) simple() {
	switch sh := d.shared(); d.n(0, 22, "simple") {
	case 0, 1:
		d.printf("%s = %s;\n", sh, d.value())
	case 2, 3:
		d.printf("r = %s;\n", sh)
	case 4:
		d.printf("%s++;\n", sh)
	case 5:
		d.printf("WRITE_ONCE(%s, %s);\n", sh, d.value())
	case 6:
		d.printf("r = xchg(&%s, %d);\n", sh, d.n(0, 2, "v"))
	case 7:
		d.printf("s = cmpxchg(&%s, %d, %d);\n", sh, d.n(0, 1, "old"), d.n(1, 2, "v"))
	case 8:
		d.printf("%s\n", d.pick("atomic", "atomic_inc(&a);", "r = atomic_dec_and_test(&a);", "r = atomic_add_unless(&a, 1, 2);",
			"r = atomic_dec_if_positive(&a);", "atomic_set(&a, 2);", "r = atomic_fetch_add(2, &a);", "r = atomic_inc_not_zero(&a);"))
	case 9:
		d.printf("smp_mb();\n")
	case 10:
		d.printf("%s\n", d.pick("percpu", "this_cpu_inc(mine);", "__this_cpu_inc(mine);", "r = this_cpu_read(mine);", "s = this_cpu_xchg(mine, 1);"))
	case 11:
		d.printf("one = two;\n")
	case 12:
		d.printf("r = mc_choose(%d);\n", d.n(2, 3, "choices"))
	case 13:
		d.printf("%s\n", d.pick("width", "u++;", "big++;", "u += 3;", "big *= 3;", "x = -200;"))
	case 14:
		d.vars++
		d.printf("int *p%d = mc_choose(%d) ? &%s : NULL; *p%d = s;\n", d.vars, d.n(1, 2, "null")+1, sh, d.vars)
	case 15:
		d.vars++
		d.printf("int cpu%d; for_each_online_cpu(cpu%d) s = 2 * s + per_cpu(mine, cpu%d);\n", d.vars, d.vars, d.vars)
	case 16:
		d.printf("%s\n", d.pick("bare", "preempt_disable();", "preempt_enable();", "spin_lock(&lock);", "spin_unlock(&lock);", "mutex_unlock(&mutex);", "might_sleep();",
			"local_irq_disable();", "local_irq_enable();", "rcu_read_lock();", "rcu_read_unlock();"))
	case 17:
		d.vars++
		d.printf("int l%d[2] = { r, s }; l%d[r & 1]++; int *q%d = &l%d[s & 1]; r = *q%d;\n", d.vars, d.vars, d.vars, d.vars, d.vars)
	case 18:
		d.printf("mine[r] = 1;\n")
	case 19:
		d.printf("return;\n")
	case 20:
		d.printf("%s\n", d.pick("yield", "yield();", "yield();", "msleep(1);"))
	default:
		d.printf("r = %s; s = %s;\n", d.value(), d.value())
	}
}

func (d *drawing) test() string {
	return d.pick("test", "r", "s == 1", "x == 1", "READ_ONCE(y)", "mc_choose(2)", "r < s", "x == y", "!u")
}

func (d *drawing) condition() {
	if d.n(0, 1, "else") == 0 {
		d.body(fmt.Sprintf("if (%s)", d.test()), "")
		return
	}
	d.printf("if (%s) {\n", d.test())
	d.block(1)
	d.body(strings.Repeat("\t", d.deep)+"} else", "")
}

func (d *drawing) loop() {
	d.vars++
	i := fmt.Sprintf("i%d", d.vars)
	d.body(fmt.Sprintf("for (int %s = 0; %s < %d; %s++)", i, i, d.n(1, 3, "turns"), i), "")
}

func (d *drawing) spin() {
	d.printf("while (%s)\n\t\tcpu_relax();\n", d.pick("spin", "!READ_ONCE(x)", "READ_ONCE(y) == 0", "x != y", "xchg(&one.p, 1)", "cmpxchg(&x, 0, 1)",
		"READ_ONCE(x) == r", "(r = READ_ONCE(y)) != 1", "mc_choose(2) && READ_ONCE(x)"))
}

func (d *drawing) atomicSection() {
	d.body("preempt_disable();", d.pick("enable", " preempt_enable();", " preempt_enable();", " preempt_enable();", ""))
}

func (d *drawing) locked() {
	l := d.pick("lock", "lock", "lock", "other")
	if d.n(0, 3, "try") == 0 {
		d.body(fmt.Sprintf("if (spin_trylock(&%s))", l), fmt.Sprintf(" spin_unlock(&%s);", l))
		return
	}
	if d.n(0, 2, "irq") == 0 {
		d.vars++
		d.printf("unsigned long f%d; ", d.vars)
		f := d.vars
		d.body(fmt.Sprintf("spin_lock_irqsave(&%s, f%d);", l, f), fmt.Sprintf(" spin_unlock_irqrestore(&%s, f%d);", l, f))
		return
	}
	d.body(fmt.Sprintf("spin_lock(&%s);", l), fmt.Sprintf(" spin_unlock(&%s);", l))
}

func (d *drawing) sleeper() {
	if d.n(0, 1, "mutex") == 0 {
		d.body("mutex_lock(&mutex);", " mutex_unlock(&mutex);")
		return
	}
	d.printf("%s\n", d.pick("sleep", "synchronize_sched();", "complete(&done);", "complete(&done);", "wait_for_completion(&done);", "mc_sleep_until(READ_ONCE(x));", "mutex_lock(&obj.m);"))
}

func (d *drawing) interrupts() {
	d.vars++
	f := d.vars
	d.printf("int f%d; ", f)
	d.body(fmt.Sprintf("local_irq_save(f%d);", f), d.pick("restore", fmt.Sprintf(" local_irq_restore(f%d);", f), fmt.Sprintf(" local_irq_restore(f%d);", f), " local_irq_enable();", ""))
}

// reader draws either side of RCU.
func (d *drawing) reader() {
	switch d.n(0, 2, "side") {
	case 0:
		d.printf("%s\n", d.pick("grace", "synchronize_rcu();", "synchronize_rcu();", "synchronize_sched();", "synchronize_sched();", "__mc_grace_begin(3); x = 2; __mc_grace_wait(3);"))
	default:
		d.body("rcu_read_lock();", " rcu_read_unlock();")
	}
}

// tasks draws sleeping and waking by hand and by queue.
func (d *drawing) tasks() {
	d.printf("%s\n", d.pick("task",
		"waiter = current; set_current_state(TASK_UNINTERRUPTIBLE); if (!READ_ONCE(x)) schedule();",
		"waiter = current; if (!READ_ONCE(x)) { set_current_state(TASK_UNINTERRUPTIBLE); schedule(); }",
		"x = 1; if (READ_ONCE(waiter)) wake_up_process(READ_ONCE(waiter));",
		"if (READ_ONCE(waiter)) wake_up_process(READ_ONCE(waiter));",
		"wait_event(wq, READ_ONCE(x));", "x = 1; wake_up(&wq);", "wake_up(&wq); x = 1;", "mc_idle_until(READ_ONCE(x));"))
}

// retry draws loops of several steps that may go round for ever.
func (d *drawing) retry() {
	d.printf("%s\n", d.pick("retry",
		"while (!spin_trylock(&lock)) cpu_relax(); spin_unlock(&lock);",
		"while (!spin_trylock(&lock)) yield(); spin_unlock(&lock);",
		"do { r = READ_ONCE(x); } while (cmpxchg(&x, r, !r) != r);",
		"while (!READ_ONCE(x)) msleep(1);",
		"while (!READ_ONCE(y)) yield();",
		"while (!READ_ONCE(x) || !READ_ONCE(y)) cpu_relax();",
		"while (!mutex_trylock(&mutex)) cpu_relax();",
		"for (;;) { x = 1; x = 0; }",
		"while (mc_choose(2)) x = !x;",
		"while (READ_ONCE(x) != 2) { spin_lock(&lock); spin_unlock(&lock); }"))
}

func (d *drawing) ghosts() {
	d.printf("%s\n", d.pick("ghost", "mc_got(&obj);", "mc_putting(&obj);", "r = xchg(&y, 1); mc_final_put(&obj);", "mc_release(&obj);", "mc_use(&obj);", "obj.n++;",
		"mc_got(&obj); x = 1; mc_putting(&obj);", "mc_putting(&obj); mc_putting(&two);", "mc_got(&two); y = 1;"))
}

func (d *drawing) judge() {
	d.printf("%s\n", d.pick("judge", "mc_assert(x != 2);", "mc_assert(r <= s);", "mc_assume(x < 2);", "mc_assume(r != 1);", "mc_cover(y == 2);", "BUG_ON(big < 0);"))
}

func drawMutant(t *rapid.T, text string) string {
	d := &drawing{t: t}
	lines := strings.Split(text, "\n")
	var at []int
	for i, l := range lines {
		if strings.HasPrefix(l, "\t") && strings.HasSuffix(strings.TrimSpace(l), ";") {
			at = append(at, i)
		}
	}
	for range d.n(0, 3, "changes") {
		i := rapid.SampledFrom(at).Draw(t, "line")
		switch d.n(0, 4, "change") {
		case 0, 1:
			lines[i] = ""
		case 2:
			j := rapid.SampledFrom(at).Draw(t, "with")
			lines[i], lines[j] = lines[j], lines[i]
		case 3:
			lines[i] += lines[i]
		case 4:
			lines[i] = d.pick("new", "\tpreempt_disable();", "\tpreempt_enable();", "\tspin_lock(&table_lock);", "\tmight_sleep();", "\tmc_assume(mc_choose(2));",
				"\tlocal_irq_disable();", "\tlocal_irq_enable();", "\tyield();", "\trcu_read_lock();", "\trcu_read_unlock();", "\tsynchronize_sched();") + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}
