// Where they are does not help two threads that wait for each other.
//
// migrates a
// migrates b
// outcome x=0 y=0 deadlock

#include <mc.h>

static int x, y;

mc_thread(0, MC_OTHER) static void a(void)
{
	mc_sleep_until(x);
	y = 1;
}

mc_thread(1, MC_OTHER) static void b(void)
{
	while (!y)
		;
	x = 1;
}
