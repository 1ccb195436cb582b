// mc: title a lock and a count in one word
// mc: source Linux 3.12, lib/lockref.c, in what dentries do with it: bc08b449ee14 (Linus Torvalds) says what the lock half is for
// mc: learn most gets and puts are one compare-and-swap of both halves, which fails while somebody has the lock
// mc: learn so whoever has the lock sees a count that stands still, and may change it with a load and a store
// mc: learn the last put marks the count as dead: a lookup that still finds the object sees that in the count
// mc: expect * verified

#include <linux/atomic.h>
#include <linux/irqflags.h>
#include <linux/rcupdate.h>

/* Twice the count, and one more while it is locked. */
struct lockref {
	atomic_t lock_count;
};
#define LOCKED	1
#define ONE	2
#define DEAD	(-128 * ONE)

struct object {
	struct lockref ref;
	struct rcu_head rcu;
};

static struct object obj = { .ref.lock_count = ATOMIC_INIT(ONE) };	/* the owner's */
static struct object *table = &obj;
static bool owned = true;

static unsigned long lockref_lock(struct lockref *l)
{
	unsigned long flags;

	local_irq_save(flags);
	while (atomic_fetch_or(LOCKED, &l->lock_count) & LOCKED)
		cpu_relax();
	return flags;
}

static void lockref_unlock(struct lockref *l, unsigned long flags)
{
	// mc: why split while it is locked nobody else changes the word
	atomic_fetch_and(~LOCKED, &l->lock_count);
	local_irq_restore(flags);
}

/* Without the lock, while nobody has it: false if it is better taken. */
static bool add_unlocked(struct lockref *l, int n, int least)
{
	int old, was;

	for (;;) {
		old = atomic_read(&l->lock_count);
#ifndef FAULT_IGNORE_LOCK
		// mc: why retry with the lock the same is done, only slower
		if (old & LOCKED)
			return false;
#endif
		// mc: why retry with the lock the same is done, only slower
		if (old < least)
			return false;
		was = atomic_cmpxchg(&l->lock_count, old, old + n);
		if (was == old)
			return true;
	}
}

static bool lockref_get_not_dead(struct lockref *l)
{
	unsigned long flags;
	bool alive;

	if (add_unlocked(l, ONE, 0))
		return true;
	flags = lockref_lock(l);
	alive = atomic_read(&l->lock_count) >= 0;
	mc_cover(alive);
	// mc: why check a dead count is so far below zero that one more leaves it dead
	if (alive)
		atomic_set(&l->lock_count, atomic_read(&l->lock_count) + ONE);
	lockref_unlock(l, flags);
	return alive;
}

mc_get struct object *lookup_get(void)
{
	struct object *o;

	rcu_read_lock();
	o = rcu_dereference(table);
	if (o && !lockref_get_not_dead(&o->ref))
		o = NULL;
	rcu_read_unlock();
	return o;
}

mc_put void object_put(struct object *o)
{
	unsigned long flags;
	int count;

	if (add_unlocked(&o->ref, -ONE, 2 * ONE))
		return;
	/* Perhaps the last one: under the lock the count stands still. */
	flags = lockref_lock(&o->ref);
	count = atomic_read(&o->ref.lock_count) / ONE;
	if (count > 1) {
		mc_cover(true);
		atomic_set(&o->ref.lock_count, (count - 1) * ONE + LOCKED);
		lockref_unlock(&o->ref, flags);
		return;
	}
	// mc: why swap a lookup that finds it in between waits for the lock, and then finds it dead
	atomic_set(&o->ref.lock_count, DEAD + LOCKED);
	mc_final_put(o);
	// mc: why swap whoever still finds it finds it dead, locked or not
	rcu_assign_pointer(table, NULL);
	lockref_unlock(&o->ref, flags);
	kfree_rcu(o, rcu);
}

/* The owner's reference is dropped by the same put as any other. */
mc_unload bool object_remove(void)
{
	if (!xchg(&owned, false))
		return false;
	object_put(&obj);
	return true;
}
