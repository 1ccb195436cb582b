// mc: title a counter that sticks instead of coming round: refcount_t
// mc: source Linux 4.11 and later, include/linux/refcount.h; used here as atomic_t is in atomic_dec_and_lock
// mc: learn as long as nobody leaks references it is an atomic_t
// mc: learn a lookup under the lock that the last put takes finds no count of zero
// mc: expect * verified

/* Narrow, so that a few references are many: variants begin near the end. */
#define REFCOUNT_TYPE	signed char
#define REFCOUNT_MAX	127

#include <linux/refcount.h>

#ifndef LEAKED
#define LEAKED	0	/* references that somebody has got and will never put */
#endif

struct object {
	refcount_t count;
};

static struct object obj = { .count = REFCOUNT_INIT(1 + LEAKED) };	/* the owner's */
static struct object *table = &obj;
static bool owned = true;
static DEFINE_SPINLOCK(table_lock);

#ifdef FAULT_NO_SATURATION
static void get(refcount_t *r)
{
	__mc_fetch_add(&r->refs, 1, MC_RELAXED);
}

static bool put_and_lock(refcount_t *r, unsigned long *flags)
{
	if (__mc_add_unless(&r->refs, -1, 1, MC_RELEASE) != 1)
		return false;
	spin_lock_irqsave(&table_lock, *flags);
	if (__mc_fetch_add(&r->refs, -1, MC_FULL) == 1)
		return true;
	spin_unlock_irqrestore(&table_lock, *flags);
	return false;
}
#else
#define get(r)			refcount_inc(r)
#define put_and_lock(r, flags)	refcount_dec_and_lock_irqsave(r, &table_lock, *(flags))
#endif

mc_get struct object *lookup_get(void)
{
	struct object *o;
	unsigned long flags;

	spin_lock_irqsave(&table_lock, flags);
	o = table;
	if (o)
		get(&o->count);
	spin_unlock_irqrestore(&table_lock, flags);
	return o;
}

mc_put void object_put(struct object *o)
{
	unsigned long flags;

	if (!put_and_lock(&o->count, &flags))
		return;
	mc_final_put(o);
	table = NULL;
	spin_unlock_irqrestore(&table_lock, flags);
	mc_release(o);
}

/* The owner's reference is dropped by the same put as any other. */
mc_unload bool object_remove(void)
{
	if (!xchg(&owned, false))
		return false;
	object_put(&obj);
	return true;
}
