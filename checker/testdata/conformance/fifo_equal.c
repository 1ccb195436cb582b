// Equal FIFO priorities do not preempt each other: whoever is first, and that is
// open, runs to its end.
//
// outcome one=0 two=2
// outcome one=2 two=0

#include <mc.h>

static int x, y, one, two;

mc_thread(0, 50) static void a(void)
{
	x = 1;
	one = y;
	x = 2;
}

mc_thread(0, 50) static void b(void)
{
	y = 1;
	two = x;
	y = 2;
}
