// mc: title a strong and a weak count: the value ends with the one, its memory with the other
// mc: source std::sync::Arc of Rust, library/alloc/src/sync.rs; std::shared_ptr of C++ is made the same way
// mc: learn all strong references together hold one weak one, so the memory outlives the value
// mc: learn an upgrade counts up unless it finds zero: nobody ever takes the strong count up from there
// mc: learn whoever has a weak reference may read the counts, but not the value
// mc: expect * verified

#include <linux/atomic.h>

#define GONE	(-1)

struct arc {
	atomic_t strong;
	atomic_t weak;
	int data;
};

#ifdef FAULT_NO_IMPLICIT_WEAK
#define IMPLICIT	0
#else
#define IMPLICIT	1	/* the weak reference of all strong ones */
#endif

/* The owner's strong reference, and a weak one for each watcher. */
static struct arc arc = { ATOMIC_INIT(1), ATOMIC_INIT(IMPLICIT + 2), 1 };
/* Stands for the life of what is in arc.data. */
static struct value { int unused; } value;

static void drop_weak(void)
{
	if (atomic_dec_and_test(&arc.weak))
		mc_release(&arc);
}

static void drop_strong(void)
{
	mc_putting(&value);
	if (!atomic_dec_and_test(&arc.strong))
		return;
	mc_final_put(&value);
#ifdef FAULT_MEMORY_FIRST
	drop_weak();
	WRITE_ONCE(arc.data, GONE);
	mc_release(&value);
#else
	WRITE_ONCE(arc.data, GONE);
	mc_release(&value);
	if (IMPLICIT)
		drop_weak();
#endif
}

/* A strong reference, for somebody who has a weak one. */
static bool upgrade(void)
{
#ifdef FAULT_LOAD_THEN_ADD
	if (atomic_read(&arc.strong) == 0)
		return false;
	atomic_inc(&arc.strong);
#else
	if (!atomic_inc_not_zero(&arc.strong))
		return false;
#endif
	mc_got(&value);
	return true;
}

static void use(void)
{
	mc_assert(READ_ONCE(arc.data) != GONE);
}

mc_thread(0, MC_OTHER) void owner(void)
{
	bool downgrades = mc_choose(2);

	mc_got(&value);
	use();
	/* Holds on to the memory, and looks again later. */
	if (downgrades)
		atomic_inc(&arc.weak);
	drop_strong();
	if (!downgrades)
		return;
	if (upgrade()) {
		mc_cover(true);
		drop_strong();
	}
	drop_weak();
}

static void watch(void)
{
	if (upgrade()) {
		use();
		drop_strong();
	} else {
		mc_cover(true);
	}
	drop_weak();
}

mc_thread(1, MC_OTHER) void watcher0(void)
{
	watch();
}

mc_thread(2, MC_OTHER) void watcher1(void)
{
	watch();
}
