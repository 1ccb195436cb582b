// mc: title separate per-CPU counts of gets and puts, the puts summed first
// mc: source Linux 2.6.34, commit 5fbfb18d7a5b "Fix up possibly racy module refcounting" (Nick Piggin)
// mc: source the free stops the machine, until 2.6.36 through FIFO-99 threads: free_module()
// mc: learn a put that was summed has its get summed, too, for that came before and is looked at after
// mc: learn so the sum may be too high, and one waits a little longer, but never too low
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

struct module {
	enum module_state state;
	struct task_struct *waiter;
	unsigned int incs[NR_CPUS];
	unsigned int decs[NR_CPUS];
};

static struct module mod;
static struct module *modules = &mod;
static DEFINE_MUTEX(module_mutex);

mc_pinned mc_get bool try_module_get(void)
{
	bool ret = false;

	preempt_disable();
	if (READ_ONCE(mod.state) != GOING) {
		this_cpu_inc(mod.incs);
		ret = true;
	}
	preempt_enable();
	return ret;
}

/* For somebody who holds a reference: no look at the state. */
mc_dup void __module_get(void)
{
	// mc: why preempt one operation finds its CPU by itself, and the reference held keeps the sum from zero
	preempt_disable();
	this_cpu_inc(mod.incs);
	preempt_enable();
}

mc_put void module_put(void)
{
	preempt_disable();
	/* Whoever sees the put sees its get. */
	smp_wmb();
	// mc: why swap grace period and stop wait for both, as preemption is off
	this_cpu_inc(mod.decs);
	if (READ_ONCE(mod.state) == GOING)
		wake_up_process(READ_ONCE(mod.waiter));
	preempt_enable();
}

static unsigned int module_refcount(void)
{
	unsigned int incs = 0, decs = 0;
	int cpu;

#ifdef FAULT_INCS_FIRST
	for_each_possible_cpu(cpu)
		incs += READ_ONCE(per_cpu(mod.incs, cpu));
	smp_rmb();
	for_each_possible_cpu(cpu)
		decs += READ_ONCE(per_cpu(mod.decs, cpu));
#else
	for_each_possible_cpu(cpu)
		decs += READ_ONCE(per_cpu(mod.decs, cpu));
	smp_rmb();
	for_each_possible_cpu(cpu)
		incs += READ_ONCE(per_cpu(mod.incs, cpu));
#endif
	return incs - decs;
}

static void wait_for_zero_refcount(void)
{
	/* Others may load and unload meanwhile. */
	mutex_unlock(&module_mutex);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (module_refcount() == 0)
			break;
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
	synchronize_sched();
	wait_for_zero_refcount();
	stop_machine(unlink_module, NULL, NULL);
	mc_release(&mod);
	mutex_unlock(&module_mutex);
	return true;
}
