#ifndef _LINUX_KREF_H
#define _LINUX_KREF_H

/*
 * kref as in Linux 4.11 and later, include/linux/kref.h: a refcount_t, and a
 * function to be called with the last put. Puts return whether theirs was it.
 */

#include <linux/refcount.h>

struct kref {
	refcount_t refcount;
};

#define KREF_INIT(n)		{ .refcount = REFCOUNT_INIT(n) }
#define kref_init(k)		refcount_set(&(k)->refcount, 1)
#define kref_read(k)		refcount_read(&(k)->refcount)

/* For somebody who holds a reference. */
#define kref_get(k)		refcount_inc(&(k)->refcount)

/* For somebody who holds none, and to whom the memory stays. */
#define kref_get_unless_zero(k)	refcount_inc_not_zero(&(k)->refcount)

static inline int kref_put(struct kref *k, void (*release)(struct kref *k))
{
	if (!refcount_dec_and_test(&k->refcount))
		return 0;
	release(k);
	return 1;
}

/* The release function gets the lock, and gives it back. */
static inline int kref_put_mutex(struct kref *k, void (*release)(struct kref *k), struct mutex *lock)
{
	if (!refcount_dec_and_mutex_lock(&k->refcount, lock))
		return 0;
	release(k);
	return 1;
}

static inline int kref_put_lock(struct kref *k, void (*release)(struct kref *k), spinlock_t *lock)
{
	if (!refcount_dec_and_lock(&k->refcount, lock))
		return 0;
	release(k);
	return 1;
}

#endif
