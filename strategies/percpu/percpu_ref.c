// mc: title counts for each CPU that become one when the end begins: percpu_ref
// mc: source Linux 3.11 and later, lib/percpu-refcount.c (Kent Overstreet, Tejun Heo): percpu_ref_kill()
// mc: learn while the object lives nobody needs to know the sum; a kill makes one counter of all, and from there on the last put shows
// mc: learn a bias keeps that counter from zero as long as the gets of some puts are still in the CPUs' counts
// mc: learn the grace period sees to it that nobody counts on a CPU any more when the counts are added up
// mc: expect * verified

#define RCU_CONSOLIDATED	/* preemption off is a read-side section */

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#define ATOMIC	1	/* flags: counts are in the one counter */
#define DEAD	2	/* and no new ones are wanted */
#define BIAS	0x1000

struct object {
	int mode;
	atomic_t count;
	struct rcu_head confirm;
};

#ifdef FAULT_NO_BIAS
static struct object obj = { .count = ATOMIC_INIT(1) };
#else
static struct object obj = { .count = ATOMIC_INIT(BIAS + 1) };	/* the owner's */
#endif
static DEFINE_PER_CPU(int, ref);
static bool killed;

static void drop(void)
{
	if (!atomic_dec_and_test(&obj.count))
		return;
	mc_final_put(&obj);
	mc_release(&obj);
}

/* percpu_ref_tryget_live(), by callers to whom the memory stays. */
mc_pinned mc_get bool get(void)
{
	int mode;
	bool got = true;

	preempt_disable();
	mode = READ_ONCE(obj.mode);
	// mc: why check#2 the one counter would do; the CPUs' are there to be fast
	if (!mode)
		this_cpu_inc(ref);
	else if (mode & DEAD)
		got = false;
	else
		// mc: why split only percpu_ref_switch comes here
		got = atomic_inc_not_zero(&obj.count);
	preempt_enable();
	return got;
}

/* For somebody who holds a reference: percpu_ref_get(). */
mc_dup void dup(void)
{
	preempt_disable();
	// mc: why check#2 the one counter would do; the CPUs' are there to be fast
	if (!READ_ONCE(obj.mode))
		this_cpu_inc(ref);
	else
		atomic_inc(&obj.count);
	preempt_enable();
}

mc_put void put(void)
{
	preempt_disable();
	// mc: why check#2 the one counter would do; the CPUs' are there to be fast
	if (!READ_ONCE(obj.mode)) {
		this_cpu_dec(ref);
	} else {
		mc_cover(true);
		drop();
	}
	preempt_enable();
}

#ifdef SWITCH
static DEFINE_MUTEX(switch_mutex);

/* percpu_ref_switch_to_atomic_sync(), a look, and perhaps the way back. */
mc_unload bool object_remove(void)
{
	int cpu, sum = 0;

	mutex_lock(&switch_mutex);
	if (killed) {
		mutex_unlock(&switch_mutex);
		return false;
	}
	WRITE_ONCE(obj.mode, ATOMIC);
	synchronize_rcu();
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(ref, cpu));
	atomic_add(sum - BIAS, &obj.count);
	if (atomic_cmpxchg(&obj.count, 1, 0) == 1) {
		mc_final_put(&obj);
		killed = true;
		mutex_unlock(&switch_mutex);
		mc_release(&obj);
		return true;
	}
	mc_cover(true);
	/* percpu_ref_switch_to_percpu() */
	atomic_add(BIAS, &obj.count);
#ifdef FAULT_SWITCH_EARLY
	smp_store_release(&obj.mode, 0);
#endif
	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu(ref, cpu), 0);
#ifndef FAULT_SWITCH_EARLY
	smp_store_release(&obj.mode, 0);
#endif
	mutex_unlock(&switch_mutex);
	return false;
}
#else
/* Nobody counts on a CPU any more. */
static void switch_to_atomic(struct rcu_head *head)
{
	int cpu, sum = 0;

#ifdef FAULT_BIAS_FIRST
	atomic_sub(BIAS, &obj.count);
#endif
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(ref, cpu));
#if defined(FAULT_NO_BIAS) || defined(FAULT_BIAS_FIRST)
	atomic_add(sum, &obj.count);
#else
	atomic_add(sum - BIAS, &obj.count);
#endif
	drop();	/* what kept it until now */
}

/* percpu_ref_kill(): the owner's reference goes. */
mc_unload bool object_kill(void)
{
	if (xchg(&killed, true))
		return false;
	// mc: why swap what is put in between is held by the bias
	WRITE_ONCE(obj.mode, ATOMIC | DEAD);
	atomic_inc(&obj.count);
#ifdef FAULT_NO_GRACE_PERIOD
	/* Some may still count on their CPU. */
	switch_to_atomic(&obj.confirm);
#else
	call_rcu(&obj.confirm, switch_to_atomic);
#endif
	drop();
	return true;
}
#endif
