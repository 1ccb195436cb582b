// mc: title one shared count that holds the module itself, and no stop
// mc: source Linux 3.19, kernel/module.c: try_module_get(), module_put(), delete_module(); commits 2f35c41f58a9 and e513cc1c07e2 (Masami Hiramatsu)
// mc: learn the count itself decides: who takes it to zero has won, and nobody takes it up from there
// mc: learn a get fails only when the unload can no longer fail, so none fails for nothing
// mc: learn the price is a shared count in every get and put; the unload halts nobody, and only the free waits
// mc: expect * verified

#include <linux/atomic.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>

enum module_state { LIVE, GOING };

#define MODULE_REF_BASE	1	/* the reference of the loaded module to itself */

struct module {
	enum module_state state;
	atomic_t refcnt;
};

static struct module mod = { .refcnt = ATOMIC_INIT(MODULE_REF_BASE) };
static struct module *modules = &mod;
static DEFINE_MUTEX(module_mutex);

mc_pinned mc_get bool try_module_get(void)
{
	bool ret = false;

	// mc: why preempt the count is taken up in one step, and callers pin the memory
	preempt_disable();
#if defined(FAULT_PLAIN_INC)
	atomic_inc(&mod.refcnt);
	ret = true;
#elif defined(FAULT_STATE_ONLY)
	if (READ_ONCE(mod.state) != GOING) {
		atomic_inc(&mod.refcnt);
		ret = true;
	}
#elif defined(FAULT_READ_THEN_INC)
	if (atomic_read(&mod.refcnt) != 0) {
		atomic_inc(&mod.refcnt);
		ret = true;
	}
#else
	/* The state is a hint; the count decides. */
	// mc: why check@6 the state is a hint; the count decides
	if (READ_ONCE(mod.state) != GOING && atomic_inc_not_zero(&mod.refcnt))
		ret = true;
#endif
	preempt_enable();
	return ret;
}

/* For somebody who holds a reference, so that the count is not zero. */
mc_dup void __module_get(void)
{
	// mc: why preempt the reference held keeps the memory
	preempt_disable();
	atomic_inc(&mod.refcnt);
	preempt_enable();
}

/* The tracepoint is given the module, and looks at it. */
#define trace_module_put(m)	mc_use(m)

mc_put void module_put(void)
{
	int left;

#ifndef FAULT_LATE_TOUCH
	preempt_disable();
#endif
	left = atomic_dec_if_positive(&mod.refcnt);
	WARN_ON(left < 0);
	/* It may be the last one: what keeps the memory is the grace period. */
	trace_module_put(&mod);
#ifndef FAULT_LATE_TOUCH
	preempt_enable();
#endif
#ifdef FAULT_PUT_THEN_RETURN
	/* The caller's code is the module's, and the put returns there. */
	mc_use(&mod);
#endif
}

#if defined(FAULT_CHECK_THEN_ACT)
static bool try_release_module_ref(void)
{
	return atomic_read(&mod.refcnt) == MODULE_REF_BASE;
}
#elif defined(FAULT_READD)
static bool try_release_module_ref(void)
{
	int left = atomic_sub_return(MODULE_REF_BASE, &mod.refcnt);

	BUG_ON(left < 0);
	if (left)
		atomic_add(MODULE_REF_BASE, &mod.refcnt);
	return left == 0;
}
#else
/* Gives the base back; takes it again, unless the last user left meanwhile. */
static bool try_release_module_ref(void)
{
	int left = atomic_sub_return(MODULE_REF_BASE, &mod.refcnt);

	BUG_ON(left < 0);
	// mc: why check atomic_add_unless() leaves a count of zero alone; this saves it the work
	if (left)
		left = atomic_add_unless(&mod.refcnt, MODULE_REF_BASE, 0);
	return left == 0;
}
#endif

mc_unload bool delete_module(void)
{
	mutex_lock(&module_mutex);
	if (!modules || !try_release_module_ref()) {
		mutex_unlock(&module_mutex);
		return false;
	}
	mc_final_put(&mod);
	// mc: why swap the count has decided, and the mutex is held
	WRITE_ONCE(mod.state, GOING);
	modules = NULL;
#if defined(FAULT_WRONG_FLAVOUR)
	/* Waits for readers of rcu_read_lock(), of which there are none. */
	synchronize_rcu();
#elif !defined(FAULT_NO_GRACE_PERIOD)
	synchronize_sched();
#endif
	mutex_unlock(&module_mutex);
	mc_release(&mod);
	return true;
}
