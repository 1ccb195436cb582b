// mc: title differences cached on each core, and a count of zero that has to last for two epochs
// mc: source Refcache: Clements, Kaashoek and Zeldovich, "RadixVM: scalable address spaces for multithreaded applications", EuroSys 2013
// mc: source as repaired afterwards in its public source, kernel/refcache.cc, commit 102fd1ed2766: differences of zero are flushed, too
// mc: source here two cores, one object, no conflicts in the caches and no weak references
// mc: learn a get and a put change a word of their own core; the shared count hears of it at the next tick
// mc: learn a shared count of zero proves nothing, for a core may hold a difference back; zero through a whole epoch, on all cores, does
// mc: learn the price is time: an object is destroyed two to three ticks after its last put, and a core that does not tick stops all of it
// mc: expect * verified

#include <linux/atomic.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>

#define CORES		2
/* Epochs count modulo 4: a review is at most 2 ahead. */
#define EPOCHS		3
/* How often the reference is passed on: a bug takes three times. */
#define PASSES		3

#ifdef FAULT_REVIEW_AFTER_ONE
#define REVIEW_AFTER	1
#else
#define REVIEW_AFTER	2
#endif

enum review { NONE, CLEAN, DIRTY };	/* dirty: zero again, so not all the time */

static struct object {
	int refcount;	/* without what the cores have cached */
	enum review review;
} obj = { .refcount = 1 };
static DEFINE_SPINLOCK(obj_lock);
static bool destroyed;

/*
 * What a core has cached. Each change adds TOUCHED as well, so that a word which
 * is not zero says that this core had the object in hand, whatever came of it.
 */
#define TOUCHED	16
static DEFINE_PER_CPU(int, cached);

static u8 epoch;
static atomic_t epoch_left = ATOMIC_INIT(CORES);	/* cores yet to flush in it */

/* A timer's own: what nobody but its core looks at. */
struct timer {
	u8 flushed;	/* the last epoch in which it flushed */
	bool reviews;	/* the object is in its queue */
	u8 review_epoch;
};

static int difference(int word)
{
	return ((word + TOUCHED / 2) & (TOUCHED - 1)) - TOUCHED / 2;
}

static void evict(struct timer *t, int word)
{
	int refcount;

	spin_lock(&obj_lock);
	refcount = READ_ONCE(obj.refcount) + difference(word);
	WRITE_ONCE(obj.refcount, refcount);
	// mc: why check a review finds out by itself that there is more than zero: it only costs time
	if (refcount == 0) {
		if (READ_ONCE(obj.review) == NONE) {
			WRITE_ONCE(obj.review, CLEAN);
			t->reviews = true;
			t->review_epoch = (t->flushed + REVIEW_AFTER) & EPOCHS;
		} else {
			WRITE_ONCE(obj.review, DIRTY);
		}
	}
	spin_unlock(&obj_lock);
}

/* Once in each epoch; the last core begins the next. */
static void flush(struct timer *t)
{
	// mc: why split interrupts are off: no user of this core comes in between
	int word = this_cpu_xchg(cached, 0);

#ifdef FAULT_SKIPS_ZERO
	/* As in the paper: what comes to nothing is not worth the lock. */
	if (difference(word) != 0)
		evict(t, word);
#else
	if (word != 0)
		evict(t, word);
#endif
	if (atomic_dec_and_test(&epoch_left)) {
		atomic_set(&epoch_left, CORES);
		WRITE_ONCE(epoch, (t->flushed + 1) & EPOCHS);
	}
}

static void review(struct timer *t)
{
	bool zero, dirty;

	if (!t->reviews || t->review_epoch != t->flushed)
		return;
	spin_lock(&obj_lock);
	// mc: why swap nobody else is at either, under the lock
	zero = READ_ONCE(obj.refcount) == 0;
	dirty = READ_ONCE(obj.review) == DIRTY;
#ifdef FAULT_NO_DIRTY
	dirty = false;
#else
	mc_cover(zero && dirty);
#endif
	mc_cover(!zero);
	WRITE_ONCE(obj.review, zero && dirty ? CLEAN : NONE);
	spin_unlock(&obj_lock);
	t->reviews = zero && dirty;
	t->review_epoch = (t->flushed + REVIEW_AFTER) & EPOCHS;
	if (zero && !dirty) {
		mc_release(&obj);
		WRITE_ONCE(destroyed, true);
	}
}

/* The timer interrupt, again and again; what it does once in each epoch. */
static void ticks(void)
{
	struct timer t = { .flushed = EPOCHS };

	for (;;) {
		u8 last = t.flushed;

		mc_sleep_until(READ_ONCE(epoch) != last);
		// mc: why irq a timer interrupt has them off; here the exchange would do, as it is one step
		local_irq_disable();
		t.flushed = (t.flushed + 1) & EPOCHS;
		flush(&t);
		review(&t);
		local_irq_enable();
	}
}

mc_kthread(0, MC_OTHER) void timer0(void)
{
	ticks();
}

mc_kthread(1, MC_OTHER) void timer1(void)
{
	ticks();
}

/* Passed on so often, each time by taking it here, then dropping it there. */
static int passed;

static void take(int nth)
{
	this_cpu_add(cached, TOUCHED + 1);
	mc_got(&obj);
	WRITE_ONCE(passed, nth);
}

static void drop(void)
{
	mc_putting(&obj);
	this_cpu_add(cached, TOUCHED - 1);
}

static void await(int nth)
{
	mc_sleep_until(READ_ONCE(passed) == nth);
}

/* Takes it every second time, and drops it when the other one has it. */
static void pass_on(int first)
{
	int n;

	for (n = first; n <= PASSES; n += 2) {
		if (n > 0)
			take(n);
		if (n < PASSES)
			await(n + 1);
		drop();
	}
}

/* Has the first reference. */
mc_thread(0, MC_OTHER) void user0(void)
{
	mc_got(&obj);
	pass_on(0);
	/* That it is destroyed in the end is part of the scheme. */
	// mc: why wait it asks for what is to come, and does nothing for it
	mc_sleep_until(READ_ONCE(destroyed));
}

mc_thread(1, MC_OTHER) void user1(void)
{
	pass_on(1);
}
