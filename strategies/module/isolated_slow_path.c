// mc: title per-CPU counts, and a lock instead of the stop on isolated CPUs
// mc: source an answer to the mails of 2008, not in any kernel: what it takes to leave isolated CPUs alone
// mc: learn stop and lock do the same job: nobody is between the check of the state and the increment while the count is decided
// mc: learn an isolated CPU pays for not being stopped with a lock in every get and put; the others pay nothing
// mc: learn a hog in user mode never holds the lock, so there is nobody to wait for
// mc: expect * verified

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/stop_machine.h>

enum module_state { LIVE, GOING };

/* One counter per CPU. A single one may go below zero; the sum counts. */
struct module {
	enum module_state state;
	int ref[NR_CPUS];
};

static struct module mod;
static struct module *modules = &mod;
static DEFINE_MUTEX(module_mutex);

/* Taken by gets and puts of isolated CPUs, and while the count is decided. */
static DEFINE_SPINLOCK(isolated_lock);

static bool __try_module_get(void)
{
	if (READ_ONCE(mod.state) == GOING)
		return false;
	this_cpu_inc(mod.ref);
	return true;
}

static void __module_put(void)
{
	// mc: why swap stop and lock keep both together
	this_cpu_dec(mod.ref);
	/* Where rmmod waits for the count, it would be woken here. */
	// mc: why check only a message hangs on it, for here rmmod refuses instead of waiting
	if (READ_ONCE(mod.state) == GOING)
		pr_debug("last put of a module that is going\n");
}

mc_pinned mc_get bool try_module_get(void)
{
	unsigned long flags;
	bool ret;

	// mc: why check#1 the lock would be as right on every CPU, only dearer
	if (cpu_isolated(get_cpu())) {
		spin_lock_irqsave(&isolated_lock, flags);
		ret = __try_module_get();
		spin_unlock_irqrestore(&isolated_lock, flags);
	} else {
		ret = __try_module_get();
	}
	put_cpu();
	return ret;
}

mc_put void module_put(void)
{
	unsigned long flags;

#ifdef FAULT_LOCKLESS_PUT
	/* The count only goes down, so what could go wrong? */
	preempt_disable();
	__module_put();
	preempt_enable();
	return;
#endif
	// mc: why check#1 the lock would be as right on every CPU, only dearer
	if (cpu_isolated(get_cpu())) {
		spin_lock_irqsave(&isolated_lock, flags);
		__module_put();
		spin_unlock_irqrestore(&isolated_lock, flags);
	} else {
		__module_put();
	}
	put_cpu();
}

/* Runs with the CPUs that are not isolated held. */
static int try_stop_module(void *unused)
{
	int cpu, sum = 0;

	spin_lock(&isolated_lock);
	for_each_possible_cpu(cpu)
		sum += per_cpu(mod.ref, cpu);
	if (sum == 0) {
		WRITE_ONCE(mod.state, GOING);
		mc_final_put(&mod);
	}
	spin_unlock(&isolated_lock);
	// mc: why check#2 it would refuse what was decided: the module stays dead, which no property speaks of
	return sum == 0 ? 0 : -EWOULDBLOCK;
}

mc_unload bool delete_module(void)
{
	int ret;

	mutex_lock(&module_mutex);
	if (!modules) {
		mutex_unlock(&module_mutex);
		return false;
	}
	ret = stop_machine_cpus(try_stop_module, NULL, cpu_online_mask & ~cpu_isolated_mask);
	// mc: why check without it, a refused unload would not be tried again; nothing says that one has to succeed
	if (ret == 0)
		modules = NULL;
	mutex_unlock(&module_mutex);
	if (ret != 0)
		return false;
	mc_release(&mod);
	return true;
}
