#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

/*
 * RCU by its definition: a grace period remembers who is inside a read-side
 * section when it begins, and ends when each of them has left it.
 *
 * The flavours are those of Linux 2.6.25 to 4.19 with CONFIG_PREEMPT_RCU:
 * synchronize_rcu() waits for sections of rcu_read_lock() only, and
 * synchronize_sched() for CPUs with preemption or interrupts off, only. Since
 * 4.20 there is one that waits for both: RCU_CONSOLIDATED, defined before this
 * file is included, makes synchronize_rcu() and call_rcu() that.
 */

#include <linux/compiler.h>
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/preempt.h>

#define __MC_RCU_PREEMPTIBLE	1
#define __MC_RCU_SCHED		2
#ifdef RCU_CONSOLIDATED
#define __MC_RCU		(__MC_RCU_PREEMPTIBLE | __MC_RCU_SCHED)
#else
#define __MC_RCU		__MC_RCU_PREEMPTIBLE
#endif

/* A reader may be preempted and may migrate; it may not sleep. */
#define rcu_read_lock()			__mc_rcu(1)
#define rcu_read_unlock()		__mc_rcu(-1)
#define rcu_read_lock_sched()		preempt_disable()
#define rcu_read_unlock_sched()		preempt_enable()

#define rcu_dereference(p)		READ_ONCE(p)
#define rcu_dereference_sched(p)	READ_ONCE(p)
#define rcu_dereference_raw(p)		READ_ONCE(p)
#define rcu_dereference_check(p, c)	READ_ONCE(p)
#define rcu_dereference_protected(p, c)	(p)
#define rcu_access_pointer(p)		READ_ONCE(p)
#define rcu_assign_pointer(p, v)	smp_store_release(&(p), (v))
#define RCU_INIT_POINTER(p, v)		WRITE_ONCE((p), (v))

#define __mc_synchronize(flavours)	\
	do { might_sleep(); __mc_grace_begin(flavours); __mc_grace_wait(flavours); } while (0)
#define synchronize_rcu()		__mc_synchronize(__MC_RCU)
#define synchronize_rcu_expedited()	synchronize_rcu()
#define synchronize_sched()		__mc_synchronize(__MC_RCU_SCHED)
#define synchronize_sched_expedited()	synchronize_sched()

/*
 * Callbacks. One thread for each flavour takes all that are queued, waits for a
 * grace period, and runs them with preemption off, as the softirq does: they
 * may not sleep. In which order is not defined. Callbacks are counted when they
 * are queued, before the thread can see them, and when they have run, so that
 * rcu_barrier() knows when those queued before it have.
 */
struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};
typedef void (*rcu_callback_t)(struct rcu_head *head);

struct __mc_callbacks {
	struct rcu_head *queued;
	int count;	/* queued so far */
	int ran;	/* of them */
};

static struct __mc_callbacks __mc_rcu_callbacks, __mc_sched_callbacks;

static inline void __mc_call(struct __mc_callbacks *q, struct rcu_head *head, void (*func)(struct rcu_head *))
{
	struct rcu_head *first;

	head->func = func;
	(void)__mc_fetch_add(&q->count, 1, MC_RELAXED);
	do {
		first = READ_ONCE(q->queued);
		WRITE_ONCE(head->next, first);
	} while (cmpxchg(&q->queued, first, head) != first);
}

static inline void __mc_run_callbacks(struct rcu_head *head, struct __mc_callbacks *q)
{
	int n = 0;

	preempt_disable();
	while (head) {
		struct rcu_head *next = READ_ONCE(head->next);	/* the callback may end the object */

		head->func(head);
		head = next;
		n++;
	}
	preempt_enable();
	(void)__mc_fetch_add(&q->ran, n, MC_RELEASE);
}

mc_kthread(0, MC_OTHER) static void rcu_callback_thread(void)
{
	for (;;) {
		struct rcu_head *head;

		mc_sleep_until((head = xchg(&__mc_rcu_callbacks.queued, NULL)) != NULL);
		__mc_synchronize(__MC_RCU);
		__mc_run_callbacks(head, &__mc_rcu_callbacks);
	}
}

mc_kthread(0, MC_OTHER) static void rcu_sched_callback_thread(void)
{
	for (;;) {
		struct rcu_head *head;

		mc_sleep_until((head = xchg(&__mc_sched_callbacks.queued, NULL)) != NULL);
		__mc_synchronize(__MC_RCU_SCHED);
		__mc_run_callbacks(head, &__mc_sched_callbacks);
	}
}

static inline void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	__mc_needs(rcu_callback_thread);
	__mc_call(&__mc_rcu_callbacks, head, func);
}

static inline void call_rcu_sched(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	__mc_needs(rcu_sched_callback_thread);
	__mc_call(&__mc_sched_callbacks, head, func);
}

/* Waits until the callbacks queued so far have run. */
static inline void __mc_barrier(struct __mc_callbacks *q)
{
	int count = READ_ONCE(q->count);

	mc_sleep_until(smp_load_acquire(&q->ran) - count >= 0);
}
#define rcu_barrier()		__mc_barrier(&__mc_rcu_callbacks)
#define rcu_barrier_sched()	__mc_barrier(&__mc_sched_callbacks)

static inline void __mc_kfree_rcu(struct rcu_head *head)
{
	__mc_release_any(head);
}

/* The object that has the rcu_head as a member is released after a grace period. */
#define kfree_rcu(p, member)						\
	do {								\
		__typeof__(p) __p = (p);				\
									\
		__mc_object(p);						\
		if (__p)						\
			call_rcu(&__p->member, __mc_kfree_rcu);		\
	} while (0)

#endif
