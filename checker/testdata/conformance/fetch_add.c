// Both are counted; the second sees what the first added.
//
// outcome a=0 b=1 x=3
// outcome a=2 b=0 x=3

#include <linux/atomic.h>

static int x, a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	a = __mc_fetch_add(&x, 1, MC_FULL);
}

mc_thread(1, MC_OTHER) static void second(void)
{
	b = __mc_fetch_add(&x, 2, MC_FULL);
}
