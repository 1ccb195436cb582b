// The class above preempts the other at any step, and is not preempted: low sees 0
// if it is read before the stopper begins, and then y is 2 already; or 2, and
// then the stopper may have come at any time; but never 1.
//
// outcome low=0 high=2
// outcome low=2 high=0
// outcome low=2 high=1
// outcome low=2 high=2

#include <mc.h>

static int x, y, low, high, go;

/* Sleeps until go is set, by whoever is on another CPU; then it has the CPU. */
mc_thread(0, MC_STOP) static void stopper(void)
{
	mc_sleep_until(go);
	x = 1;
	high = y;
	x = 2;
}

mc_thread(0, MC_OTHER) static void other(void)
{
	y = 1;
	y = 2;
	low = x;
}

mc_thread(1, MC_OTHER) static void starts(void)
{
	go = 1;
}
