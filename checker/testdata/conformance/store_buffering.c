// Sequential consistency: of two stores one is first.
//
// outcome a=0 b=1
// outcome a=1 b=0
// outcome a=1 b=1

#include <linux/atomic.h>

static int x, y, a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	x = 1;
	a = y;
}

mc_thread(1, MC_OTHER) static void second(void)
{
	y = 1;
	b = x;
}
