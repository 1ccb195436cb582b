// mc: title per-CPU counts: say GOING, wait for a grace period, count, roll back
// mc: source what rmmod -w does in Linux 2.6.27 to 3.12, with a refusal instead of the wait
// mc: learn after the grace period everybody who saw the module live has counted, and nobody counts up any more
// mc: learn no CPU is halted; only the unload waits, and a hog in user mode does not hold up a grace period
// mc: learn the price: a get that meets an attempt which is then rolled back has failed for nothing
// mc: expect * verified

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>

enum module_state { LIVE, GOING };

struct module {
	enum module_state state;
	int ref[NR_CPUS];
};

static struct module mod;
static struct module *modules = &mod;
static DEFINE_MUTEX(module_mutex);

/* With preemption off: what synchronize_sched() waits for. */
mc_pinned mc_get bool try_module_get(void)
{
	bool ret = false;

#ifdef FAULT_READER_OUTSIDE
	/* Two steps, with anything in between. */
	if (READ_ONCE(mod.state) != GOING) {
		this_cpu_inc(mod.ref);
		ret = true;
	}
#else
	preempt_disable();
	if (READ_ONCE(mod.state) != GOING) {
		this_cpu_inc(mod.ref);
		ret = true;
	}
	preempt_enable();
#endif
	return ret;
}

/* Nothing of the module is touched after the decrement. */
mc_put void module_put(void)
{
	this_cpu_dec(mod.ref);
}

static int module_refcount(void)
{
	int cpu, sum = 0;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(mod.ref, cpu));
	return sum;
}

static bool try_stop_module(void)
{
	bool idle;

	WRITE_ONCE(mod.state, GOING);
#if defined(FAULT_NO_GRACE_PERIOD) || defined(FAULT_CHECK_FIRST)
	/* Whoever saw the module live has perhaps not counted yet. */
#elif defined(FAULT_WRONG_FLAVOUR)
	/* Waits for readers of rcu_read_lock(), of which there are none. */
	synchronize_rcu();
#else
	synchronize_sched();
#endif
	idle = module_refcount() == 0;
	if (idle)
		mc_final_put(&mod);
	else
		WRITE_ONCE(mod.state, LIVE);
#ifdef FAULT_CHECK_FIRST
	synchronize_sched();
#endif
	return idle;
}

mc_unload bool delete_module(void)
{
	bool gone;

	mutex_lock(&module_mutex);
	gone = modules && try_stop_module();
	// mc: why check without it, a refused unload would not be tried again; nothing says that one has to succeed
	if (gone)
		modules = NULL;
	mutex_unlock(&module_mutex);
	if (gone)
		mc_release(&mod);
	return gone;
}
