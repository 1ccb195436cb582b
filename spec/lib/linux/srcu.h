#ifndef _LINUX_SRCU_H
#define _LINUX_SRCU_H

/*
 * Sleepable RCU as in Linux 2.6.19 to 3.3, kernel/srcu.c (commit 621934ee7ed5):
 * readers count themselves per CPU under the index they found; the updater
 * flips the index and waits until nobody counts under the old one. A sum over
 * counters that move is right only because nobody begins to count under the
 * old index any more; the grace periods around the flip see to that.
 *
 * Simplified: the index itself is kept, not a count of flips, so an updater
 * that finds two flips done while it waited for the mutex does its own as well.
 */

#include <linux/percpu.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

struct srcu_struct {
	int completed;
	int c[2][NR_CPUS];
	struct mutex mutex;
};

#define DEFINE_SRCU(name)		struct srcu_struct name
#define DEFINE_STATIC_SRCU(name)	static struct srcu_struct name
#define init_srcu_struct(sp)		({ (void)(sp); 0; })
#define srcu_dereference(p, sp)		READ_ONCE(p)

/* The reader may sleep; it gives the index back to srcu_read_unlock(). */
static inline int srcu_read_lock(struct srcu_struct *sp)
{
	int idx;

	preempt_disable();
	idx = READ_ONCE(sp->completed) & 1;
	this_cpu_inc(sp->c[idx]);
	preempt_enable();
	return idx;
}

static inline void srcu_read_unlock(struct srcu_struct *sp, int idx)
{
	preempt_disable();
	this_cpu_dec(sp->c[idx]);
	preempt_enable();
}

static inline int __mc_srcu_readers(struct srcu_struct *sp, int idx)
{
	int cpu, sum = 0;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(sp->c[idx][cpu]);
	return sum;
}

static inline void synchronize_srcu(struct srcu_struct *sp)
{
	int idx;

	mutex_lock(&sp->mutex);
	synchronize_sched();
	idx = READ_ONCE(sp->completed) & 1;
	WRITE_ONCE(sp->completed, !idx);
	synchronize_sched();
	while (__mc_srcu_readers(sp, idx) != 0)
		schedule_timeout_interruptible(1);
	synchronize_sched();
	mutex_unlock(&sp->mutex);
}

#endif
