// mc: title counts for each CPU that become one when the end begins: percpu_ref
// mc: source Linux 3.11 and later, lib/percpu-refcount.c (Kent Overstreet, Tejun Heo): percpu_ref_kill()
// mc: learn while the object lives nobody needs to know the sum; a kill makes one counter of all, and from there on the last put shows
// mc: learn a bias keeps that counter from zero as long as the gets of some puts are still in the CPUs' counts
// mc: learn the grace period sees to it that nobody counts on a CPU any more when the counts are added up
// mc: expect * verified

#define RCU_CONSOLIDATED	/* preemption off is a read-side section */

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#define ATOMIC	1	/* flags: counts are in the one counter */
#define DEAD	2	/* and no new ones are wanted */
#define BIAS	0x1000

struct object {
	int mode;		/* the flags, which are bits of a pointer: see counts() */
	atomic_t count;
	bool switching;		/* where it is brought back: confirm_switch != NULL */
	struct rcu_head rcu;
};

#if defined(SWITCH)
static struct object obj = { .mode = ATOMIC, .count = ATOMIC_INIT(1) };
#elif defined(FAULT_NO_BIAS)
static struct object obj = { .count = ATOMIC_INIT(1) };
#else
static struct object obj = { .count = ATOMIC_INIT(BIAS + 1) };	/* the owner's */
#endif
static int ref[1][NR_CPUS];
static bool killed;

/* Whether a word without flags was seen, which is then where the counts are. */
#ifdef FAULT_ATOMIC_ONLY
#define is_percpu(mode)	(!((mode) & ATOMIC))
#else
#define is_percpu(mode)	(!(mode))
#endif
#ifdef FAULT_SECOND_LOAD
#define counts(mode)	ref[READ_ONCE(obj.mode)]
#else
#define counts(mode)	ref[mode]
#endif

#if defined(CONFIRM)
static DECLARE_COMPLETION(confirmed);
static int stopped;	/* 1: the kill has returned; 2: its caller relies on it that nobody gets any more */

static void look(void)
{
	int n = READ_ONCE(stopped);

	mc_cover(n == 1);
	mc_assert(n != 2);
}
#elif defined(REINIT)
/* Whether it is brought back before it is zero, too, where that is no great effort. */
#define MAY_RESURRECT	(MC_NESTED || MC_HANDOVER)
static bool frozen;	/* whoever killed it relies on it that nobody has a reference */

static void look(void)
{
	// mc: why swap who puts holds it until the count goes down
	mc_assert(!READ_ONCE(frozen));
}
#else
static void look(void)
{
}
#endif

static void drop(void)
{
#ifdef REINIT
	atomic_dec(&obj.count);	/* whoever waits for zero sees it */
#else
	if (!atomic_dec_and_test(&obj.count))
		return;
	mc_final_put(&obj);
	mc_release(&obj);
#endif
}

/* percpu_ref_tryget_live(), by callers to whom the memory stays. */
mc_pinned mc_get bool get(void)
{
	int mode;
	bool got = true;

	preempt_disable();
	mode = READ_ONCE(obj.mode);
	// mc: why check#2 the one counter would do; the CPUs' are there to be fast
	if (is_percpu(mode))
		this_cpu_inc(counts(mode));
	// mc: why check percpu_ref_tryget() gets what is killed as long as others hold it, and that only puts off the end
	else if (mode & DEAD)
		got = false;
	else {
		// mc: why split only those that are switched back come here
		got = atomic_inc_not_zero(&obj.count);
#if defined(SWITCH) || defined(REINIT)
		mc_cover(got);
#endif
	}
	if (got)
		look();
	preempt_enable();
	return got;
}

/* For somebody who holds a reference: percpu_ref_get(). */
mc_dup void dup(void)
{
	int mode;

	preempt_disable();
	mode = READ_ONCE(obj.mode);
	// mc: why check#2 the one counter would do; the CPUs' are there to be fast
	if (is_percpu(mode))
		this_cpu_inc(counts(mode));
	else
		atomic_inc(&obj.count);
	preempt_enable();
}

mc_put void put(void)
{
	int mode;

	preempt_disable();
#ifdef REINIT
	look();
#endif
	mode = READ_ONCE(obj.mode);
	// mc: why check#2 the one counter would do; the CPUs' are there to be fast
	if (is_percpu(mode)) {
		this_cpu_dec(counts(mode));
	} else {
		mc_cover(true);
		drop();
	}
	preempt_enable();
}

/* Nobody counts on a CPU any more. */
static void switched(struct rcu_head *head)
{
	int cpu, sum = 0;

#ifdef FAULT_BIAS_FIRST
	atomic_sub(BIAS, &obj.count);
#endif
#ifdef IN_PARTS
	for_each_possible_cpu(cpu)
		atomic_add(READ_ONCE(per_cpu(ref[0], cpu)), &obj.count);
#else
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(ref[0], cpu));
#endif
#if defined(FAULT_NO_BIAS) || defined(FAULT_BIAS_FIRST)
	atomic_add(sum, &obj.count);
#else
	// mc: why swap who waits for the end of the switch relies on the grace period; and what is added may be added in any order
	atomic_add(sum - BIAS, &obj.count);
#endif
#if defined(CONFIRM)
	// mc: why swap who waits for it does not look at the counter
	complete(&confirmed);
#elif defined(REINIT)
	WRITE_ONCE(obj.switching, false);
#endif
	drop();	/* what kept it until now */
}

/* percpu_ref_kill(): the owner's reference goes. */
static void kill(void)
{
	WRITE_ONCE(obj.mode, DEAD);
#ifdef REINIT
	// mc: why wait here resurrect() has waited; elsewhere others may switch
	mc_sleep_until(!READ_ONCE(obj.switching));
#endif
	// mc: why swap what is put in between is held by the bias
	WRITE_ONCE(obj.mode, DEAD | ATOMIC);
#ifdef REINIT
	// mc: why swap nobody asks before the kill is over
	WRITE_ONCE(obj.switching, true);
#endif
	atomic_inc(&obj.count);
#ifdef FAULT_NO_GRACE_PERIOD
	/* Some may still count on their CPU. */
	switched(&obj.rcu);
#else
	call_rcu(&obj.rcu, switched);
#endif
	drop();
}

#if defined(SWITCH) || defined(REINIT)
/* percpu_ref_switch_to_percpu() */
static void switch_to_percpu(void)
{
	int cpu;

	atomic_add(BIAS, &obj.count);
#ifdef FAULT_SWITCH_EARLY
	smp_store_release(&obj.mode, 0);
#endif
	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu(ref[0], cpu), 0);
#ifndef FAULT_SWITCH_EARLY
	smp_store_release(&obj.mode, 0);
#endif
}
#endif

#ifdef REINIT
/* percpu_ref_resurrect(): the owner's reference is back. */
static void resurrect(void)
{
#ifndef FAULT_RESURRECT_EARLY
	mc_sleep_until(!READ_ONCE(obj.switching));
#endif
	// mc: why swap a get in between finds zero, and fails once more
	WRITE_ONCE(obj.mode, ATOMIC);
	atomic_inc(&obj.count);
	switch_to_percpu();
}

static void wait_for_zero(void)
{
	mc_sleep_until(atomic_read(&obj.count) == 0);
}
#endif

mc_unload bool object_kill(void)
{
	if (xchg(&killed, true))
		return false;
#if defined(SWITCH)
	switch_to_percpu();
#elif defined(REINIT)
	kill();
	// mc: why check to wait each time is as right
	if (!mc_choose(1 + MAY_RESURRECT)) {
		wait_for_zero();
		WRITE_ONCE(frozen, true);
		WRITE_ONCE(frozen, false);
	}
	resurrect();
#endif
	kill();
#if defined(CONFIRM)
	WRITE_ONCE(stopped, 1);
#ifndef FAULT_UNCONFIRMED
	wait_for_completion(&confirmed);
#endif
	WRITE_ONCE(stopped, 2);
#elif defined(REINIT)
	wait_for_zero();
	mc_final_put(&obj);
	mc_release(&obj);
#endif
	return true;
}
