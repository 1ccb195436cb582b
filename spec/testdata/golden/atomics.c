#include <linux/atomic.h>

/* Each operation is one step. */
atomic_t a = ATOMIC_INIT(3);
bool flag;

mc_thread(0, MC_OTHER) void t(void)
{
	int old;

	atomic_inc(&a);
	atomic_sub(2, &a);
	atomic_set(&a, atomic_read(&a));
	if (atomic_dec_and_test(&a))
		atomic_set_release(&a, 1);
	old = atomic_fetch_add(5, &a);
	if (atomic_cmpxchg(&a, old, 7) != old)
		return;
	if (!atomic_inc_not_zero(&a))
		return;
	flag = atomic_dec_if_positive(&a) < 0;
	if (xchg(&flag, true))
		atomic_xchg(&a, 0);
}
