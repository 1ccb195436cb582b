// Without it the other on the same CPU does come between.
//
// outcome near=0
// outcome near=1
// outcome near=2

#include <linux/preempt.h>

static int x, near;

mc_thread(0, MC_OTHER) static void first(void)
{
	x = 1;
	x = 2;
}

mc_thread(0, MC_OTHER) static void second(void)
{
	near = x;
}
