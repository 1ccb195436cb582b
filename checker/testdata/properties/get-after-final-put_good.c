// mc: title a reference is counted in the step that looks whether there is an object
// mc: expect threads verified

#include <linux/atomic.h>

static int obj;
static int count;	/* -1: it is going */

mc_thread(0, MC_OTHER) static void getter(void)
{
	if (cmpxchg(&count, 0, 1) == 0) {
		mc_got(&obj);
		mc_putting(&obj);
		xchg(&count, 0);
	}
}

mc_thread(1, MC_OTHER) static void owner(void)
{
	mc_sleep_until(cmpxchg(&count, 0, -1) == 0);
	mc_final_put(&obj);
}
