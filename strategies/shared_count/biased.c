// mc: title a count in two halves: one that only the owner thread changes, one for all others
// mc: source Choi, Shull and Torrellas, "Biased reference counting", PACT 2018; in the form of CPython without the GIL (PEP 703), Objects/object.c
// mc: learn the owner counts with plain loads and stores, and all others with one atomic operation; the truth is the sum
// mc: learn whoever drops what the owner's half counts cannot take it from there: the reference goes to the owner's queue instead
// mc: learn the object dies when the shared half is exactly "merged, and zero"; zero alone says nothing
// mc: expect * verified

#include <linux/atomic.h>
#include <linux/compiler.h>

/* The shared half: a count, which may be negative, above two bits. */
#define QUEUED	2
#define MERGED	3
#define FLAGS	3
#define ONE	(1 << 2)

/* What the owner finds at its safe points. */
#define WORK_QUEUE	1	/* the object is in its queue */
#define WORK_BACK	2	/* a reference comes back, for each of these */

static struct object {
	bool owned;	/* the owner has not left its half to the others yet */
	int local;
	atomic_t shared;
} obj = { .owned = true, .local = 3 };	/* the owner's, and one for each user */

static bool given;	/* the users have theirs */
static atomic_t work;

static void destroy(void)
{
	mc_release(&obj);
}

static bool is_last(int shared)
{
#ifdef FAULT_ZERO_IS_LAST
	return (shared & ~FLAGS) == 0;
#else
	return shared == MERGED;
#endif
}

/* By another than the owner. */
static void share(void)
{
	atomic_add(ONE, &obj.shared);
	mc_got(&obj);
}

/* By another than the owner, too. */
static void drop_shared(void)
{
	int old, new;

	mc_putting(&obj);
	do {
		old = atomic_read(&obj.shared);
		if (old == 0) {
			/* Counted by the owner. It stays counted, for the queue has it now. */
			new = QUEUED;
#ifdef FAULT_SUBTRACT_AND_QUEUE
			new -= ONE;
#endif
		} else {
			new = old - ONE;
		}
	} while (atomic_cmpxchg(&obj.shared, old, new) != old);
	if (old == 0)
		atomic_add(WORK_QUEUE, &work);
	else if (is_last(new))
		destroy();
}

/* The owner is done with its half: the last of the others sees to the rest. */
static void merge_zero(void)
{
	int old, new;

#ifdef FAULT_FORGETS_SHARED
	destroy();
#else
	// mc: why check it only saves the compare-and-swap: "merged, and zero" comes to the same
	if (atomic_read(&obj.shared) == 0) {
		destroy();
		return;
	}
	WRITE_ONCE(obj.owned, false);
	do {
		old = atomic_read(&obj.shared);
		new = (old & ~FLAGS) | MERGED;
	} while (atomic_cmpxchg(&obj.shared, old, new) != old);
	mc_cover(new != MERGED);
	if (is_last(new))
		destroy();
#endif
}

/* What the owner drops comes out of its half, until it has left it. */
static void drop_own(void)
{
	mc_putting(&obj);
	if (!READ_ONCE(obj.owned)) {
		if (is_last(atomic_sub_return(ONE, &obj.shared)))
			destroy();
		return;
	}
	WRITE_ONCE(obj.local, READ_ONCE(obj.local) - 1);
	if (READ_ONCE(obj.local) == 0)
		merge_zero();
}

/* Adds up the halves, and drops the reference that the queue had. */
static void drain_queue(void)
{
	int old, new, local = 0;

	// mc: why check a half that was left is zero: whoever leaves it has seen to that
	if (READ_ONCE(obj.owned)) {
		local = READ_ONCE(obj.local);
		// mc: why swap the owner alone looks at either
		WRITE_ONCE(obj.local, 0);
		WRITE_ONCE(obj.owned, false);
	}
	do {
		old = atomic_read(&obj.shared);
		new = ((old & ~FLAGS) + (local - 1) * ONE) | MERGED;
	} while (atomic_cmpxchg(&obj.shared, old, new) != old);
	mc_cover(old < 0);
	if (is_last(new))
		destroy();
}

mc_thread(0, MC_OTHER) void owner(void)
{
	int found;

	mc_got(&obj);
	mc_got(&obj);
	mc_got(&obj);
	// mc: why swap what it looks at next nobody else changes
	WRITE_ONCE(given, true);
	drop_own();
	for (;;) {
		mc_idle_until((found = atomic_xchg(&work, 0)) != 0);
		for (; found >= WORK_BACK; found -= WORK_BACK)
			drop_own();
		if (found & WORK_QUEUE)
			drain_queue();
	}
}

/* Takes a second reference, perhaps; gives one back to the owner, or drops it. */
static void user(void)
{
	bool twice = mc_choose(2), back = mc_choose(2);

	// mc: why wait its reference is counted from the start, and so it is whoever drops it first
	mc_sleep_until(READ_ONCE(given));
	mc_use(&obj);
	if (twice)
		share();
	// mc: why check a choice of the scenario: either way is right
	if (back)
		atomic_add(WORK_BACK, &work);
	else
		drop_shared();
	if (twice)
		drop_shared();
}

mc_thread(1, MC_OTHER) void user0(void)
{
	user();
}

mc_thread(2, MC_OTHER) void user1(void)
{
	user();
}
