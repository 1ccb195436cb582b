// With preemption off it is not: it is for ever, unless the setter came first.
//
// outcome go=1 seen=1
// outcome go=0 seen=0 deadlock

#include <linux/preempt.h>

static int go, seen;

mc_thread(0, MC_OTHER) static void waiter(void)
{
	preempt_disable();
	while (!go)
		cpu_relax();
	preempt_enable();
	seen = 1;
}

mc_thread(0, MC_OTHER) static void setter(void)
{
	go = 1;
}
