#ifndef _LINUX_REFCOUNT_H
#define _LINUX_REFCOUNT_H

/*
 * refcount_t as since Linux 5.5, include/linux/refcount.h and lib/refcount.c: an
 * atomic count of references that sticks to a value far from zero, and warns,
 * instead of coming round to zero again. What it has stuck to counts no
 * references any more: the object is never given back.
 *
 * A count that comes round takes very many references, so the type can be made
 * narrow: define REFCOUNT_TYPE, signed, before this file is included, and its
 * largest value as REFCOUNT_MAX. A warning of the kernel's is none here.
 */

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#ifndef REFCOUNT_TYPE
#define REFCOUNT_TYPE		int
#define REFCOUNT_MAX		0x7fffffff
#endif
/* Half-way down: neither a few gets nor a few puts lead out of there. */
#define REFCOUNT_SATURATED	((REFCOUNT_TYPE)(-REFCOUNT_MAX / 2 - 1))

typedef struct refcount_struct {
	REFCOUNT_TYPE refs;
} refcount_t;

#define REFCOUNT_INIT(n)	{ (n) }
#define refcount_set(r, n)	__mc_store(&(r)->refs, (n), MC_RELAXED)
#define refcount_read(r)	((REFCOUNT_TYPE)__mc_load(&(r)->refs, MC_RELAXED))

static inline void __refcount_saturate(refcount_t *r)
{
	refcount_set(r, REFCOUNT_SATURATED);
}

/* For somebody who holds a reference. */
static inline void refcount_inc(refcount_t *r)
{
	REFCOUNT_TYPE old = __mc_fetch_add(&r->refs, 1, MC_RELAXED);

	if (old <= 0 || old == REFCOUNT_MAX)
		__refcount_saturate(r);
}

/* For somebody who holds none, and to whom the memory stays. */
static inline bool refcount_inc_not_zero(refcount_t *r)
{
	REFCOUNT_TYPE old = __mc_add_unless(&r->refs, 1, 0, MC_RELAXED);

	if (old < 0 || old == REFCOUNT_MAX)
		__refcount_saturate(r);
	return old != 0;
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	REFCOUNT_TYPE old = __mc_fetch_add(&r->refs, -1, MC_FULL);

	if (old <= 0)
		__refcount_saturate(r);
	return old == 1;
}

/* Takes one away unless it is the last. */
static inline bool refcount_dec_not_one(refcount_t *r)
{
	REFCOUNT_TYPE old = __mc_add_unless(&r->refs, -1, 1, MC_RELEASE);

	if (old <= 0)
		__refcount_saturate(r);
	return old != 1;
}

/* True with the lock held, for the last one. */
static inline bool refcount_dec_and_lock(refcount_t *r, spinlock_t *lock)
{
	if (refcount_dec_not_one(r))
		return false;
	spin_lock(lock);
	if (refcount_dec_and_test(r))
		return true;
	spin_unlock(lock);
	return false;
}

#define refcount_dec_and_lock_irqsave(r, lock, flags)			\
	__refcount_dec_and_lock_irqsave(r, lock, &(flags))

static inline bool __refcount_dec_and_lock_irqsave(refcount_t *r, spinlock_t *lock, unsigned long *flags)
{
	if (refcount_dec_not_one(r))
		return false;
	spin_lock_irqsave(lock, *flags);
	if (refcount_dec_and_test(r))
		return true;
	spin_unlock_irqrestore(lock, *flags);
	return false;
}

static inline bool refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *lock)
{
	if (refcount_dec_not_one(r))
		return false;
	mutex_lock(lock);
	if (refcount_dec_and_test(r))
		return true;
	mutex_unlock(lock);
	return false;
}

#endif
