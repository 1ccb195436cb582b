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

/* Threads of the model's own. Priorities are scheduling classes. */
#define MC_OTHER	0
#define MC_STOP		100
#define mc_thread(cpu, prio)	\
	__attribute__((mc_thread_cpu(cpu))) __attribute__((mc_thread_prio(prio)))
/* One thread on every CPU, born asleep, which need not finish. */
#define mc_percpu_thread(prio)	__attribute__((mc_percpu_thread(prio)))

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
int __mc_cpu(void);
void __mc_sleep_until(int condition);
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

/* A real touch of the object: a step. */
#define mc_use(object)		__mc_use(object)

/* Any of 0 to n-1; n is constant. */
#define mc_choose(n)		__mc_choose(n)

/*
 * Waits of the library. The condition of a sleep makes exactly one shared
 * access; a thread that waits there has given up its CPU.
 */
#define mc_sleep_until(condition)	__mc_sleep_until(!!(condition))
#define might_sleep()			__mc_might_sleep()

#endif
