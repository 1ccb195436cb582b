// mc: title one of two threads finds out that the object is to go
// mc: expect threads verified

#include <linux/atomic.h>

static int obj, gone;

mc_thread(0, MC_OTHER) static void a(void)
{
	if (!xchg(&gone, 1))
		mc_release(&obj);
}

mc_thread(1, MC_OTHER) static void b(void)
{
	if (!xchg(&gone, 1))
		mc_release(&obj);
}
