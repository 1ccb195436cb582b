#ifndef _LINUX_WAIT_H
#define _LINUX_WAIT_H

#include <linux/sched.h>

/*
 * A queue of threads that wait for something, a bit for each of the first 64.
 * As in kernel/sched/wait.c a waiter queues before it looks, and a wake-up takes
 * all of them off the queue, so one that comes between look and sleep is not
 * lost.
 */
typedef struct wait_queue_head {
	unsigned long waiters;
} wait_queue_head_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name)	{ 0 }
#define DECLARE_WAIT_QUEUE_HEAD(name)	wait_queue_head_t name = { 0 }
#define init_waitqueue_head(wq)		WRITE_ONCE((wq)->waiters, 0)
#define waitqueue_active(wq)		(READ_ONCE((wq)->waiters) != 0)

static inline unsigned long __mc_waiter(void)
{
	int self = __mc_self();

	__mc_assert(self < 64, "wait_event is for the first 64 threads only");
	return 1UL << self;
}

#define wait_event(wq, condition)						\
	do {									\
		unsigned long __bit = __mc_waiter();				\
										\
		might_sleep();							\
		if (condition)							\
			break;							\
		while (1) {							\
			(void)__mc_fetch_or(&(wq).waiters, __bit, MC_FULL);	\
			if (condition)						\
				break;						\
			mc_sleep_until(!(__mc_load(&(wq).waiters, MC_RELAXED) & __bit)); \
		}								\
		(void)__mc_fetch_and(&(wq).waiters, ~__bit, MC_RELAXED);	\
	} while (0)
/* No signal comes. */
#define wait_event_interruptible(wq, condition)	({ wait_event(wq, condition); 0; })
#define wait_event_killable(wq, condition)	wait_event_interruptible(wq, condition)

#define wake_up(wq)		((void)__mc_xchg(&(wq)->waiters, 0, MC_FULL))
#define wake_up_all(wq)		wake_up(wq)
#define wake_up_interruptible(wq)	wake_up(wq)

#endif
