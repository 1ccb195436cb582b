// mc: title the last reference is found by a look before the decrement
// mc: expect threads violated leak

#include <linux/atomic.h>

static int obj;
static atomic_t count = ATOMIC_INIT(2);

static void put(void)
{
	if (atomic_read(&count) == 1)
		mc_release(&obj);
	else
		atomic_dec(&count);
}

mc_thread(0, MC_OTHER) static void a(void)
{
	put();
}

mc_thread(1, MC_OTHER) static void b(void)
{
	put();
}
