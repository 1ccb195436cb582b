package checker

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lastput/spec"
)

const libraryDir = "testdata/library"

// TestLibrary holds small programs over the library's headers to what they
// expect: each shows how a part of it is used, or what goes wrong if it is used
// otherwise.
func TestLibrary(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(libraryDir, "*.c"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".c"), func(t *testing.T) {
			t.Parallel()
			m, err := spec.Load(os.DirFS(libraryDir), filepath.Base(f))
			if err != nil {
				t.Fatal(err)
			}
			p, err := m.Build(m.Scenarios()[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := spec.Sanity(p); err != nil {
				t.Fatal(err)
			}
			want := m.Expected(p.Scenario.Name)
			if m.Title == "" || want == nil {
				t.Fatal("the model has no title, or expects nothing")
			}
			r := check(t, p)
			props := []spec.Property{spec.Property(want.Property)}
			if want.Verdict == string(Verified) {
				props = nil
			}
			if string(r.Verdict) != want.Verdict || !slices.Equal(r.Properties, props) {
				t.Errorf("%s %v, expected %s and nothing else", r.Verdict, r.Properties, want)
			}
		})
	}
}

// TestWaitQueueIsFull: a wait queue has room for the first 64 threads; another
// that comes to wait is told so.
func TestWaitQueueIsFull(t *testing.T) {
	const text = `#include <linux/wait.h>
static DECLARE_WAIT_QUEUE_HEAD(wq);
static int never;
mc_percpu_thread(MC_OTHER) void p_thread(void) { mc_sleep_until(READ_ONCE(never)); }
mc_percpu_thread(MC_OTHER) void q_thread(void) { mc_sleep_until(READ_ONCE(never)); }
mc_thread(CPU, MC_OTHER) void waiter(void) { wait_event(wq, true); }
`
	// On each CPU two threads precede the waiter: 62 of them, and 64.
	wantVerdict(t, program(t, strings.Replace(text, "CPU", "30", 1)), "")
	wantVerdict(t, program(t, strings.Replace(text, "CPU", "31", 1)), spec.Assertion)
}

// TestMaySleep holds docs/language.md to what it says may sleep: in atomic
// context it is a violation, even where nothing would have to wait, and all else
// is none.
func TestMaySleep(t *testing.T) {
	const decls = `#include <linux/wait.h>
#include <linux/delay.h>
#include <linux/srcu.h>
#include <linux/slab.h>
#include <linux/completion.h>
static DEFINE_MUTEX(m);
static DEFINE_SPINLOCK(lock);
static DECLARE_WAIT_QUEUE_HEAD(wq);
static struct completion done = { 9 };
DEFINE_STATIC_SRCU(srcu);
static struct object { struct rcu_head rcu; } obj, more;
static void callback(struct rcu_head *head) { }
static int nothing(void *data) { return 0; }
static int x;
`
	for _, call := range []string{
		"might_sleep()", "mc_sleep_until(READ_ONCE(x) == 0)", "mc_idle_until(READ_ONCE(x) == 0)",
		"mutex_lock(&m)", "mutex_lock_interruptible(&m)", "mutex_lock_killable(&m)",
		"wait_event(wq, true)", "wait_event_interruptible(wq, true)", "wait_event_killable(wq, true)",
		"wait_for_completion(&done)", "wait_for_completion_interruptible(&done)",
		"schedule()", "yield()", "cond_resched()", "schedule_timeout_interruptible(1)", "schedule_timeout_uninterruptible(1)",
		"msleep(1)", "usleep_range(1, 2)",
		"synchronize_rcu()", "synchronize_rcu_expedited()", "synchronize_sched()", "synchronize_sched_expedited()",
		"rcu_barrier()", "rcu_barrier_sched()", "synchronize_srcu(&srcu)", "stop_machine(nothing, NULL, NULL)",
	} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			wantVerdict(t, program(t, decls+"mc_thread(0, 0) void t(void) { preempt_disable(); "+call+"; preempt_enable(); }"), spec.SleepInAtomic)
		})
	}
	const others = ` spin_lock(&lock); spin_unlock(&lock); udelay(1); ndelay(1); mdelay(1);
	if (mutex_trylock(&m)) mutex_unlock(&m);
	complete(&done); complete_all(&done); try_wait_for_completion(&done); wake_up(&wq); wake_up_process(current); set_current_state(TASK_RUNNING);
	rcu_read_lock(); rcu_read_unlock(); srcu_read_unlock(&srcu, srcu_read_lock(&srcu)); call_rcu(&more.rcu, callback); kfree_rcu(&obj, rcu); `
	for _, context := range []string{
		"mc_thread(0, 0) void t(void) { preempt_disable(); " + others + " preempt_enable(); }",
		"mc_thread(0, 0) void t(void) { local_irq_disable(); " + others + " local_irq_enable(); }",
		"mc_thread(0, 0) void t(void) { rcu_read_lock(); " + others + " rcu_read_unlock(); }",
		"mc_irq(0) void handler(void) { " + others + " }",
	} {
		t.Run("nothing else", func(t *testing.T) {
			t.Parallel()
			wantVerdict(t, program(t, decls+context), "")
		})
	}
}
