/*
 * mc.h: what a model says to mc that is not C: roles, ghost statements,
 * nondeterminism. docs/language.md describes each.
 */
#ifndef _MC_H
#define _MC_H

#include <linux/types.h>

/* Roles: the harness calls the functions that bear them. */
#define mc_get		__attribute__((mc_get))
#define mc_pinned	__attribute__((mc_pinned))
#define mc_dup		__attribute__((mc_dup))
#define mc_put		__attribute__((mc_put))
#define mc_unload	__attribute__((mc_unload))
#define mc_init		__attribute__((mc_init))
#define mc_invariant	__attribute__((mc_invariant))

/* What a get that returns an integer token returns if it fails. */
#define MC_FAIL		(-1)

/*
 * Threads of the model's own. A priority is MC_OTHER, a FIFO priority from 1 to
 * 99, or MC_STOP, which is above them.
 */
#define MC_OTHER	0
#define MC_STOP		100
#define mc_thread(cpu, prio)	\
	__attribute__((mc_thread_cpu(cpu))) __attribute__((mc_thread_prio(prio)))
/* A thread that is born asleep and need not finish; and one of it on every CPU. */
#define mc_kthread(cpu, prio)	\
	__attribute__((mc_kthread_cpu(cpu))) __attribute__((mc_kthread_prio(prio)))
#define mc_percpu_thread(prio)	__attribute__((mc_percpu_thread(prio)))
/* An interrupt handler: it may come once, wherever interrupts are on. */
#define mc_irq(cpu)		__attribute__((mc_irq(cpu)))

/* Memory orders, as the built-ins take them. */
#define MC_PLAIN	0
#define MC_RELAXED	1
#define MC_ACQUIRE	2
#define MC_RELEASE	3
#define MC_FULL		4

/* The built-ins. Each access is one step; all else rides on the step before. */
long __mc_load(const volatile void *p, int order);
void __mc_store(volatile void *p, long v, int order);
long __mc_xchg(volatile void *p, long v, int order);
long __mc_fetch_add(volatile void *p, long v, int order);
long __mc_fetch_and(volatile void *p, long v, int order);
long __mc_fetch_or(volatile void *p, long v, int order);
long __mc_cmpxchg(volatile void *p, long old, long v, int order);
long __mc_add_unless(volatile void *p, long v, long unless, int order);
long __mc_dec_if_positive(volatile void *p, int order);
void __mc_fence(int order);
void *__mc_this_cpu(const volatile void *percpu);
void *__mc_container(const volatile void *p, unsigned long offset);

void __mc_preempt(int delta);
int __mc_irq_off(int off);	/* returns whether they were off */
int __mc_cpu(void);
int __mc_self(void);		/* the thread's number, from 0 */
void __mc_hog(void);
void __mc_yield(void);
void __mc_pause(void);		/* asleep for a while */
void __mc_rcu(int delta);
void __mc_grace_begin(int flavours);
void __mc_grace_wait(int flavours);
void __mc_stop(unsigned long cpus, int prio);	/* what follows is part of the same step, */
void __mc_go_on(void);			/* up to here */
void __mc_needs(void (*thread)(void));	/* the program has this thread of the library */
void __mc_sleep_until(int condition);
void __mc_idle_until(int condition);
void __mc_might_sleep(void);

int __mc_choose(int n);
int __mc_pick(unsigned long mask);
void __mc_assert(int condition, const char *text);
void __mc_assume(int condition);
void __mc_cover(int condition, const char *text);

void __mc_got(const volatile void *object);
void __mc_putting(const volatile void *object);
void __mc_final_put(const volatile void *object);
void __mc_release(const volatile void *object);
void __mc_object(const volatile void *object);	/* it has a lifetime */
void __mc_release_any(const volatile void *member);
void __mc_use(const volatile void *object);
void __mc_lock(const volatile void *lock);
void __mc_unlock(const volatile void *lock);

/* Ghost statements: they cost no step and ride on the step before them. */
#define mc_final_put(object)	__mc_final_put(object)
#define mc_release(object)	__mc_release(object)
#define mc_got(object)		__mc_got(object)
#define mc_putting(object)	__mc_putting(object)
#define mc_assert(condition)	__mc_assert(!!(condition), #condition)
#define mc_assume(condition)	__mc_assume(!!(condition))
#define mc_cover(condition)	__mc_cover(!!(condition), #condition)

/* The one endless loop that makes no step: whoever comes here keeps its CPU. */
#define mc_hog()		__mc_hog()

/* A real touch of the object: a step. */
#define mc_use(object)		__mc_use(object)

/* Any of 0 to n-1; n is constant. */
#define mc_choose(n)		__mc_choose(n)

/*
 * Waits of the library. The condition of a sleep makes exactly one shared
 * access; a thread that waits there has given up its CPU.
 */
#define mc_sleep_until(condition)	__mc_sleep_until(!!(condition))
/* The same, where the condition need never come true: the thread is then done. */
#define mc_idle_until(condition)	__mc_idle_until(!!(condition))
#define might_sleep()			__mc_might_sleep()

#endif
