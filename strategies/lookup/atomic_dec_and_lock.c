// mc: title get under the lookup lock, put by atomic_dec_and_lock()
// mc: source Linux lib/dec_and_lock.c; users: dput() and iput() of 2.6.24
// mc: source here in the form that turns interrupts off, since a handler looks up, too
// mc: learn only the step from one to zero takes the lock; all other puts are one atomic operation
// mc: learn the count goes from zero to one nowhere, for the lookup and the last step exclude each other
// mc: expect * verified

#include <linux/spinlock.h>

struct object {
	atomic_t count;
};

static struct object obj = { .count = ATOMIC_INIT(1) };	/* the owner's reference */
static struct object *table = &obj;
static bool owned = true;
static DEFINE_SPINLOCK(table_lock);

mc_get struct object *lookup_get(void)
{
	struct object *o;
	unsigned long flags;

	spin_lock_irqsave(&table_lock, flags);
	o = table;
	if (o)
		atomic_inc(&o->count);
	spin_unlock_irqrestore(&table_lock, flags);
	return o;
}

mc_put void object_put(struct object *o)
{
	unsigned long flags;

#ifdef FAULT_DEC_THEN_LOCK
	/* Between the two lines a lookup still finds the object. */
	if (!atomic_dec_and_test(&o->count))
		return;
	mc_final_put(o);
	spin_lock_irqsave(&table_lock, flags);
#elif defined(FAULT_RECHECK)
	/* Two may have come from one to zero, with a lookup in between. */
	if (!atomic_dec_and_test(&o->count))
		return;
	spin_lock_irqsave(&table_lock, flags);
	if (atomic_read(&o->count) != 0) {
		spin_unlock_irqrestore(&table_lock, flags);
		return;
	}
	mc_final_put(o);
#elif defined(FAULT_READ_THEN_DEC)
	/* What was read need not be so any more. */
	if (atomic_read(&o->count) != 1) {
		atomic_dec(&o->count);
		return;
	}
	if (!atomic_dec_and_lock_irqsave(&o->count, &table_lock, flags))
		return;
	mc_final_put(o);
#else
	if (!atomic_dec_and_lock_irqsave(&o->count, &table_lock, flags))
		return;
	mc_final_put(o);
#endif
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
