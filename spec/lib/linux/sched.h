#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/compiler.h>
#include <linux/preempt.h>

enum task_state {
	TASK_RUNNING,
	TASK_INTERRUPTIBLE,
	TASK_UNINTERRUPTIBLE,
};

struct task_struct {
	enum task_state __state;
};

/* One for each thread, in the order of the threads. */
static struct task_struct __mc_tasks[MC_THREADS];
#define current			(&__mc_tasks[__mc_self()])

#define set_current_state(s)	__mc_store(&current->__state, (s), MC_FULL)
#define __set_current_state(s)	__mc_store(&current->__state, (s), MC_RELAXED)
#define get_current_state()	READ_ONCE(current->__state)

/*
 * Sleeps until the state is TASK_RUNNING. Whoever is to be woken sets the state
 * first, then looks whether there is anything to wait for, then comes here: a
 * wake-up in between makes this return at once.
 */
static inline void schedule(void)
{
	struct task_struct *self = current;

	mc_sleep_until(READ_ONCE(self->__state) == TASK_RUNNING);
}

/* 1 if the task was asleep, or about to be; else 0. */
static inline int wake_up_process(struct task_struct *p)
{
	return __mc_xchg(&p->__state, TASK_RUNNING, MC_FULL) != TASK_RUNNING;
}

/*
 * yield() goes to the end of the queue of its priority; threads of class other
 * interleave anyway. cond_resched() lets nobody in that preemption would not,
 * and no equal of its priority.
 */
#define yield()			do { might_sleep(); __mc_yield(); } while (0)
#define cond_resched()		({ might_sleep(); 0; })

/* Asleep for a while: it frees the CPU and comes back by itself. */
#define schedule_timeout_interruptible(timeout)		({ __mc_pause(); 0L; })
#define schedule_timeout_uninterruptible(timeout)	({ __mc_pause(); 0L; })

#endif
