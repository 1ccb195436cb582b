// mc: title one lock around the lookup and every put
// mc: source the first of the legal shapes of Documentation/kref.txt: lock, find, get; lock, put
// mc: learn a count in the object is only reached through a pointer outside it, and the lock covers both
// mc: learn the count may be a plain one: the lock orders everything
// mc: learn where a handler takes the lock, too, whoever holds it keeps interrupts off
// mc: expect * verified

#include <linux/spinlock.h>

struct object {
	int count;
};

static struct object obj = { .count = 1 };	/* the owner's reference */
static struct object *table = &obj;
static bool owned = true;
static DEFINE_SPINLOCK(table_lock);

mc_get struct object *lookup_get(void)
{
	struct object *o;

#ifdef FAULT_PLAIN_LOCK
	/* A handler may come while its own CPU holds the lock. */
	spin_lock(&table_lock);
	o = table;
	if (o)
		o->count++;
	spin_unlock(&table_lock);
#else
	unsigned long flags;

	spin_lock_irqsave(&table_lock, flags);
	o = table;
	if (o)
		o->count++;
	spin_unlock_irqrestore(&table_lock, flags);
#endif
	return o;
}

mc_put void object_put(struct object *o)
{
	unsigned long flags;
	bool last;

	spin_lock_irqsave(&table_lock, flags);
	last = --o->count == 0;
	if (last) {
		mc_final_put(o);
		table = NULL;
	}
	spin_unlock_irqrestore(&table_lock, flags);
	if (last)
		mc_release(o);
}

/* The owner drops its reference; the object lives on until the last put. */
mc_unload bool object_remove(void)
{
	struct object *o = NULL;
	unsigned long flags;

	spin_lock_irqsave(&table_lock, flags);
	if (owned)
		o = table;
	owned = false;
	spin_unlock_irqrestore(&table_lock, flags);
	if (!o)
		return false;
	object_put(o);
	return true;
}
