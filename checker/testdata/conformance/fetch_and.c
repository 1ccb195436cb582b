// 7 & 3 & 6 is 2 in either order; the second sees 7 & 3 = 3 or 7 & 6 = 6.
//
// outcome a=7 b=3 x=2
// outcome a=6 b=7 x=2

#include <linux/atomic.h>

static int x = 7, a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	a = __mc_fetch_and(&x, 3, MC_FULL);
}

mc_thread(1, MC_OTHER) static void second(void)
{
	b = __mc_fetch_and(&x, 6, MC_FULL);
}
