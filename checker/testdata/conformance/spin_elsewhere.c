// A spin keeps no other CPU.
//
// outcome go=1 seen=1

#include <linux/preempt.h>

static int go, seen;

mc_thread(0, MC_STOP) static void waiter(void)
{
	while (!go)
		cpu_relax();
	seen = 1;
}

mc_thread(1, MC_OTHER) static void setter(void)
{
	go = 1;
}
