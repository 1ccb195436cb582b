// mc: title per-CPU counts: say GOING, wait for a grace period, sleep until the sum is zero
// mc: source rmmod -w, Linux 2.6.27 (commit da39ba5e1d65) to 3.12: delete_module() without O_NONBLOCK, wait_for_zero_refcount()
// mc: source the free stops the machine, until 2.6.36 through FIFO-99 threads: free_module()
// mc: learn after the grace period the counts only go down, so a sum of zero stays zero though nobody is stopped
// mc: learn a put goes on after its decrement: only the second stop, before the free, waits for that
// mc: learn waiting instead of refusing costs gets that fail for as long as others hold the module
// mc: expect * verified
// mc: expect rt-hog violated hang

#define STOP_MACHINE_PRIO	99
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/stop_machine.h>

/* READ_ONCE() and WRITE_ONCE() are later kernels'; the accesses were plain then. */
enum module_state { LIVE, GOING };

/* One counter per CPU. A single one may go below zero; the sum counts. */
struct module {
	enum module_state state;
	struct task_struct *waiter;
	int ref[NR_CPUS];
};

static struct module mod;
static struct module *modules = &mod;
static DEFINE_MUTEX(module_mutex);

static int module_refcount(void)
{
	int cpu, sum = 0;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(mod.ref, cpu));
	return sum;
}

mc_put void module_put(void)
{
#ifdef FAULT_STATE_FIRST
	/* The grace period waits for what is inside the section, only. */
	bool going = READ_ONCE(mod.state) == GOING;

	preempt_disable();
	this_cpu_dec(mod.ref);
	if (going)
		wake_up_process(READ_ONCE(mod.waiter));
	preempt_enable();
#else
	preempt_disable();
	// mc: why swap grace period and stop wait for both, as preemption is off
	this_cpu_dec(mod.ref);
	if (READ_ONCE(mod.state) == GOING)
		wake_up_process(READ_ONCE(mod.waiter));
	preempt_enable();
#endif
}

mc_pinned mc_get bool try_module_get(void)
{
	bool ret = false;

	preempt_disable();
	if (READ_ONCE(mod.state) != GOING) {
		this_cpu_inc(mod.ref);
		ret = true;
	}
	preempt_enable();
#ifdef FAULT_PUT_BY_COUNT
	/* Goes on without the reference; at the end, puts if there is one to put. */
	if (!ret && module_refcount() != 0)
		module_put();
#endif
	return ret;
}

#ifdef FAULT_TALLY
/* For somebody who holds a reference: no look at the state. */
mc_dup void __module_get(void)
{
	preempt_disable();
	this_cpu_inc(mod.ref);
	preempt_enable();
}
#endif

static void wait_for_zero_refcount(void)
{
	/* Others may load and unload meanwhile. */
	mutex_unlock(&module_mutex);
	for (;;) {
#ifdef FAULT_CHECK_BEFORE_SLEEP
		if (module_refcount() == 0)
			break;
		set_current_state(TASK_UNINTERRUPTIBLE);
#else
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (module_refcount() == 0)
			break;
#endif
		// mc: why wait polling would be as right; the sleep gives the CPU to others
		schedule();
	}
	mc_final_put(&mod);
	__set_current_state(TASK_RUNNING);
	mutex_lock(&module_mutex);
}

/* With every CPU held, so that nobody is on the list, or still in a put. */
static int unlink_module(void *unused)
{
	modules = NULL;
	return 0;
}

static void free_module(void)
{
#ifdef FAULT_FREE_AT_ONCE
	unlink_module(NULL);
#else
	stop_machine(unlink_module, NULL, NULL);
#endif
	mc_release(&mod);
}

mc_unload bool delete_module(void)
{
	mutex_lock(&module_mutex);
	if (!modules || READ_ONCE(mod.state) != LIVE) {
		mutex_unlock(&module_mutex);
		return false;
	}
	/* Puts look at it as soon as they see the state. */
	WRITE_ONCE(mod.waiter, current);
	WRITE_ONCE(mod.state, GOING);
#ifndef FAULT_NO_GRACE_PERIOD
	synchronize_sched();
#endif
	wait_for_zero_refcount();
	free_module();
	mutex_unlock(&module_mutex);
	return true;
}
