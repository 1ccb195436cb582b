// An exchange is one step: whoever comes second sees what the first left.
//
// outcome a=0 b=1 x=2
// outcome a=2 b=0 x=1

#include <linux/atomic.h>

static int x, a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	a = xchg(&x, 1);
}

mc_thread(1, MC_OTHER) static void second(void)
{
	b = xchg(&x, 2);
}
