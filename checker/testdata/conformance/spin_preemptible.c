// A spin in the class of the setter, with preemption on, is preempted.
//
// outcome go=1 seen=1

#include <linux/preempt.h>

static int go, seen;

mc_thread(0, MC_OTHER) static void waiter(void)
{
	while (!go)
		cpu_relax();
	seen = 1;
}

mc_thread(0, MC_OTHER) static void setter(void)
{
	go = 1;
}
