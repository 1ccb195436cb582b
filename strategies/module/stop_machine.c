// mc: title per-CPU counts, decided under stop_machine()
// mc: source Linux 2.6.37 to 3.18, kernel/module.c: try_module_get(), module_put(), delete_module() with O_NONBLOCK
// mc: source the argument is Tejun Heo's, 2008: the last put must be atomic against the initial get
// mc: learn a get costs one private increment; the whole price is paid by the unload, which holds every CPU
// mc: learn a CPU is only held where it is preemptible, so never between the check of the state and the increment
// mc: expect * verified

#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/mutex.h>
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

mc_pinned mc_get bool try_module_get(void)
{
	bool ret = false;

	preempt_disable();
#if defined(FAULT_UNCHECKED_GET)
	this_cpu_inc(mod.ref);
	ret = true;
#elif defined(FAULT_PLAIN_INC)
	/* A load and a store: whoever may come in between does. */
	if (READ_ONCE(mod.state) != GOING) {
		__this_cpu_inc(mod.ref);
		ret = true;
	}
#else
	if (READ_ONCE(mod.state) != GOING) {
		this_cpu_inc(mod.ref);
		ret = true;
	}
#endif
	preempt_enable();
	return ret;
}

/* For somebody who holds a reference: no look at the state. */
mc_dup void __module_get(void)
{
	// mc: why preempt one operation finds its CPU by itself, and the reference held keeps the sum from zero
	preempt_disable();
	this_cpu_inc(mod.ref);
	preempt_enable();
}

mc_put void module_put(void)
{
	preempt_disable();
#ifdef FAULT_PLAIN_INC
	__this_cpu_dec(mod.ref);
#else
	// mc: why swap the stop waits for both, as preemption is off
	this_cpu_dec(mod.ref);
#endif
	/* Where rmmod waits for the count, it would be woken here. */
	// mc: why check only a message hangs on it, for here rmmod refuses instead of waiting
	if (READ_ONCE(mod.state) == GOING)
		pr_debug("last put of a module that is going\n");
	preempt_enable();
}

static int try_stop_module(void *unused)
{
	int cpu, sum = 0;

	for_each_possible_cpu(cpu)
		sum += per_cpu(mod.ref, cpu);
	if (sum != 0)
		return -EWOULDBLOCK;
	WRITE_ONCE(mod.state, GOING);
	mc_final_put(&mod);
	return 0;
}

#if defined(FAULT_NO_STOP)
/* Nobody is stopped: the sum is taken while others count. */
#define stop_machine(fn, data, cpus) fn(data)
#elif defined(FAULT_SKIP_ISOLATED)
/* Isolated CPUs are left alone. */
#define stop_machine(fn, data, cpus) \
	stop_machine_cpus(fn, data, cpu_online_mask & ~cpu_isolated_mask)
#endif

mc_unload bool delete_module(void)
{
	int ret;

	mutex_lock(&module_mutex);
	if (!modules) {
		mutex_unlock(&module_mutex);
		return false;
	}
	ret = stop_machine(try_stop_module, NULL, NULL);
	// mc: why check without it, a refused unload would not be tried again; nothing says that one has to succeed
	if (ret == 0)
		modules = NULL;
	mutex_unlock(&module_mutex);
	if (ret != 0)
		return false;
	mc_release(&mod);
	return true;
}
