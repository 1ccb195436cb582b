// mc: title a lookup under RCU that counts up unless it finds zero
// mc: source Linux 3.8, commit 4b20db3de8da (Thomas Hellstrom): kref_get_unless_zero(); Documentation/kref.txt, the third of its ways
// mc: learn RCU keeps the memory, not the object: a lookup may find what the last put has just given up, and has to see that from the count
// mc: learn the last put needs no lock; only taking the object out of the table does
// mc: learn a get can only fail where the last put has been
// mc: expect * verified

#include <linux/kref.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

struct object {
	struct kref kref;
	struct rcu_head rcu;
};

static struct object obj = { .kref = KREF_INIT(1) };	/* the owner's */
static struct object *table = &obj;
static bool owned = true;
static DEFINE_SPINLOCK(table_lock);

/* Whether it is counted. */
static bool count_up(struct object *o)
{
	if (!o)
		return false;
#if defined(PUT_UNDER_LOCK) || defined(FAULT_PLAIN_GET)
	/* Under the lock of all puts, what is in the table has not been put for the last time. */
	kref_get(&o->kref);
	return true;
#else
	bool got = kref_get_unless_zero(&o->kref);

	mc_cover(!got);
	return got;
#endif
}

mc_get struct object *lookup_get(void)
{
	struct object *o;
	bool got;
#ifdef UNDER_LOCK
	unsigned long flags;

	spin_lock_irqsave(&table_lock, flags);
	o = table;
	got = count_up(o);
	spin_unlock_irqrestore(&table_lock, flags);
#else
	rcu_read_lock();
	o = rcu_dereference(table);
#ifdef FAULT_GET_LATER
	/* The memory may go between the two sections. */
	rcu_read_unlock();
	rcu_read_lock();
#endif
	got = count_up(o);
	rcu_read_unlock();
#endif
	// mc: why check#1 a plain get, of kref_lock, always gets what it has found
	return got ? o : NULL;
}

/* Called with the last put. */
static void object_release(struct kref *kref)
{
	struct object *o = container_of(kref, struct object, kref);
#ifndef PUT_UNDER_LOCK
	unsigned long flags;
#endif

	mc_final_put(o);
#ifndef PUT_UNDER_LOCK
	// mc: why lock this table has one place, and one store empties it; a list has neighbours
	// mc: why irq nobody takes the lock in a handler while lookups do without it
	spin_lock_irqsave(&table_lock, flags);
#endif
	rcu_assign_pointer(table, NULL);
#ifndef PUT_UNDER_LOCK
	spin_unlock_irqrestore(&table_lock, flags);
#endif
#if defined(UNDER_LOCK)
#ifndef PUT_UNDER_LOCK
	mc_release(o);
#endif
#elif defined(FAULT_FREE_AT_ONCE)
	/* A lookup may have found it, and not yet looked at the count. */
	mc_release(o);
#else
	kfree_rcu(o, rcu);
#endif
}

mc_put void object_put(struct object *o)
{
#ifdef PUT_UNDER_LOCK
	unsigned long flags;
	int last;

	spin_lock_irqsave(&table_lock, flags);
	last = kref_put(&o->kref, object_release);
	spin_unlock_irqrestore(&table_lock, flags);
	if (last)
		mc_release(o);
#else
	kref_put(&o->kref, object_release);
#endif
}

/* The owner's reference is dropped by the same put as any other. */
mc_unload bool object_remove(void)
{
	if (!xchg(&owned, false))
		return false;
	object_put(&obj);
	return true;
}
