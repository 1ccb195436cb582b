// mc: title two increments, none lost
// mc: expect threads verified

#include <linux/atomic.h>

static atomic_t x;
static int ready;

mc_thread(0, MC_OTHER) static void a(void)
{
	atomic_inc(&x);
	ready = 1;
}

mc_thread(1, MC_OTHER) static void b(void)
{
	atomic_inc(&x);
	if (ready)
		mc_assert(atomic_read(&x) == 2);
}
