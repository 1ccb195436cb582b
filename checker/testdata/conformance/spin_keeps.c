// A spin in the class above keeps its CPU: the setter never gets it. The spinner is
// there from the beginning.
//
// outcome go=0 seen=0 deadlock

#include <linux/preempt.h>

static int go, seen;

mc_thread(0, MC_STOP) static void waiter(void)
{
	while (!go)
		cpu_relax();
	seen = 1;
}

mc_thread(0, MC_OTHER) static void setter(void)
{
	go = 1;
}
