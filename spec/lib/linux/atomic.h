#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/compiler.h>

#define ATOMIC_INIT(i)		{ (i) }

/*
 * Each operation is one step. Those that return a value are fully ordered,
 * those that do not are relaxed, as Documentation/atomic_t.txt has it.
 */
#define atomic_read(v)		((int)__mc_load(&(v)->counter, MC_RELAXED))
#define atomic_set(v, i)	__mc_store(&(v)->counter, (i), MC_RELAXED)
#define atomic_read_acquire(v)	((int)__mc_load(&(v)->counter, MC_ACQUIRE))
#define atomic_set_release(v, i) __mc_store(&(v)->counter, (i), MC_RELEASE)

#define __mc_add_op(v, i, order)	((int)__mc_fetch_add(&(v)->counter, (i), (order)))

#define atomic_add(i, v)		((void)__mc_add_op(v, i, MC_RELAXED))
#define atomic_sub(i, v)		((void)__mc_add_op(v, -(i), MC_RELAXED))
#define atomic_inc(v)			atomic_add(1, v)
#define atomic_dec(v)			atomic_sub(1, v)

#define atomic_fetch_add(i, v)		__mc_add_op(v, i, MC_FULL)
#define atomic_fetch_sub(i, v)		__mc_add_op(v, -(i), MC_FULL)
#define atomic_fetch_inc(v)		atomic_fetch_add(1, v)
#define atomic_fetch_dec(v)		atomic_fetch_sub(1, v)
#define atomic_fetch_add_relaxed(i, v)	__mc_add_op(v, i, MC_RELAXED)
#define atomic_fetch_sub_release(i, v)	__mc_add_op(v, -(i), MC_RELEASE)

#define atomic_add_return(i, v)		(atomic_fetch_add(i, v) + (i))
#define atomic_sub_return(i, v)		(atomic_fetch_sub(i, v) - (i))
#define atomic_inc_return(v)		atomic_add_return(1, v)
#define atomic_dec_return(v)		atomic_sub_return(1, v)

#define atomic_inc_and_test(v)		(atomic_inc_return(v) == 0)
#define atomic_dec_and_test(v)		(atomic_dec_return(v) == 0)
#define atomic_sub_and_test(i, v)	(atomic_sub_return(i, v) == 0)
#define atomic_add_negative(i, v)	(atomic_add_return(i, v) < 0)

#define atomic_xchg(v, n)		((int)__mc_xchg(&(v)->counter, (n), MC_FULL))
#define atomic_cmpxchg(v, o, n)		((int)__mc_cmpxchg(&(v)->counter, (o), (n), MC_FULL))

/* The conditional ones: one step each, whether they change anything or not. */
#define atomic_fetch_add_unless(v, a, u) \
	((int)__mc_add_unless(&(v)->counter, (a), (u), MC_FULL))
static inline bool atomic_add_unless(atomic_t *v, int a, int u)
{
	return atomic_fetch_add_unless(v, a, u) != u;
}
#define atomic_inc_not_zero(v)		atomic_add_unless((v), 1, 0)
#define atomic_dec_if_positive(v) \
	((int)__mc_dec_if_positive(&(v)->counter, MC_FULL) - 1)

#define xchg(p, v)		((__typeof__(*(p)))__mc_xchg((p), (long)(v), MC_FULL))
#define cmpxchg(p, o, n)	((__typeof__(*(p)))__mc_cmpxchg((p), (long)(o), (long)(n), MC_FULL))

#define atomic_fetch_or(i, v)	((int)__mc_fetch_or(&(v)->counter, (i), MC_FULL))
#define atomic_fetch_and(i, v)	((int)__mc_fetch_and(&(v)->counter, (i), MC_FULL))

#endif
