// One wins; the other sees the value of the winner and changes nothing.
//
// outcome a=0 b=1 x=1
// outcome a=2 b=0 x=2

#include <linux/atomic.h>

static int x, a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	a = cmpxchg(&x, 0, 1);
}

mc_thread(1, MC_OTHER) static void second(void)
{
	b = cmpxchg(&x, 0, 2);
}
