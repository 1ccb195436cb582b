// mc: title a count that is added to first and looked at afterwards
// mc: source Linux 6.4, lib/rcuref.c (Thomas Gleixner), as of 2025 with b9a49520679e
// mc: learn an unconditional add scales where a loop of compare-and-swap does not; what it finds below zero is put right afterwards
// mc: learn the count may go from no reference to one again, until a compare-and-swap has marked it as dead
// mc: learn between the two a put must be where the memory waits for it: with preemption off, or under RCU
// mc: expect * verified

#define RCU_CONSOLIDATED	/* preemption off is a read-side section */

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

/* Zero is one reference; from the saturated zone up, and below NOREF, are zones. */
#define ONEREF		0
#define MAXREF		0x7fffffffU
#define DEAD		0xe0000000U
#define NOREF		0xffffffffU
#ifdef FAULT_SMALL_ZONE
#define SATURATED	0x80000001U
#define RELEASED	0x80000003U
#else
#define SATURATED	0xa0000000U
#define RELEASED	0xc0000000U	/* from here to NOREF it is dead */
#endif

#ifndef LEAKED
#define LEAKED		0	/* references that somebody has got and will never put */
#endif

struct object {
	atomic_t ref;
	struct rcu_head rcu;
};

static struct object obj = { .ref = ATOMIC_INIT(ONEREF + LEAKED) };	/* the owner's */

static void saturate(atomic_t *ref)
{
#if LEAKED
	mc_cover(true);
#endif
	atomic_set(ref, SATURATED);
}

#if defined(TYPE_STABLE) && !defined(FAULT_BLIND_DEAD)
static bool rcuref_get_slowpath(atomic_t *ref)
{
	/* It may be another's by now: who makes that one stores over what was added. */
	return false;
}
#else
static bool rcuref_get_slowpath(atomic_t *ref)
{
	unsigned int cnt = atomic_read(ref);

	if (cnt >= RELEASED) {
#if !LEAKED || defined(FAULT_SMALL_ZONE)
		mc_cover(true);
#endif
		atomic_set(ref, DEAD);
		return false;
	}
	// mc: why check with nobody who leaks, it is dead if it is below zero
	if (cnt > MAXREF)
		saturate(ref);
	return true;
}
#endif

static bool rcuref_get(atomic_t *ref)
{
	// mc: why check what follows is right for every get, and takes longer
	if (atomic_fetch_add_relaxed(1, ref) + 1 >= 0)
		return true;
	return rcuref_get_slowpath(ref);
}

/* cnt is what the count was after the decrement. */
static bool rcuref_put_slowpath(atomic_t *ref, unsigned int cnt)
{
#ifdef FAULT_REREAD
	/* Somebody may have got and put meanwhile, and marked it as dead. */
	cnt = atomic_read(ref);
#endif
	if (cnt == NOREF) {
#ifdef FAULT_PLAIN_DEAD
		if (atomic_read(ref) != NOREF)
			return false;
		atomic_set(ref, DEAD);
#else
		if (atomic_cmpxchg(ref, NOREF, DEAD) != NOREF)
			return false;
#endif
		return true;
	}
	// mc: why check nobody puts once too often here
	if (WARN_ON(cnt >= RELEASED)) {	/* a put too many */
		atomic_set(ref, DEAD);
		return false;
	}
	// mc: why check what comes here was below zero after the decrement
	if (cnt > MAXREF)
		saturate(ref);
	return false;
}

static bool rcuref_put(atomic_t *ref)
{
	bool last = false;
	int cnt;

#ifndef FAULT_PREEMPTIBLE_PUT
	// mc: why preempt memory that only changes hands, as in file_ref, never goes
	preempt_disable();
#endif
	cnt = atomic_fetch_sub_release(1, ref) - 1;
	// mc: why check what follows is right for every put, and takes longer
	if (cnt < 0)
		last = rcuref_put_slowpath(ref, cnt);
#ifndef TYPE_STABLE
	if (last)
		mc_final_put(&obj);
#endif
#ifndef FAULT_PREEMPTIBLE_PUT
	preempt_enable();
#endif
	return last;
}

#ifdef TYPE_STABLE
#define FIRST	0
#define SECOND	1

/* Which object is in the memory, and how many have been given up. */
static int id, freed;

static void object_put(void)
{
	if (!rcuref_put(&obj.ref))
		return;
	if (READ_ONCE(id) == SECOND)
		mc_final_put(&obj);
	WRITE_ONCE(freed, READ_ONCE(freed) + 1);
}

/* Gives the first object up, and makes the second in the same memory. */
mc_thread(0, MC_OTHER) void owner(void)
{
	object_put();
	mc_sleep_until(READ_ONCE(freed) == 1);
	WRITE_ONCE(id, SECOND);
	atomic_set_release(&obj.ref, ONEREF);
	mc_got(&obj);
	mc_putting(&obj);
	object_put();
}

/* Has found the first object, and looks whether what it got is that. */
mc_thread(1, MC_OTHER) void lookup(void)
{
	if (!rcuref_get(&obj.ref))
		return;
	// mc: why check#2 nothing more is done with it here
	if (READ_ONCE(id) == FIRST) {
		mc_cover(true);
		mc_assert(READ_ONCE(id) == FIRST);
	} else {
		mc_cover(true);
	}
	object_put();
}
#else
static struct object *table = &obj;
static bool owned = true;

mc_get struct object *lookup_get(void)
{
	struct object *o;

	rcu_read_lock();
	o = rcu_dereference(table);
	if (o && !rcuref_get(&o->ref))
		o = NULL;
	rcu_read_unlock();
	return o;
}

mc_put void object_put(struct object *o)
{
	if (!rcuref_put(&o->ref))
		return;
	rcu_assign_pointer(table, NULL);
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
#endif
