// mc: title the last reference is found by the result of the decrement
// mc: expect threads verified

#include <linux/atomic.h>

static int obj;
static atomic_t count = ATOMIC_INIT(2);

static void put(void)
{
	if (atomic_dec_and_test(&count))
		mc_release(&obj);
}

mc_thread(0, MC_OTHER) static void a(void)
{
	put();
}

mc_thread(1, MC_OTHER) static void b(void)
{
	put();
}
