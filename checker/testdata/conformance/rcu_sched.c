// The grace-period guarantee: a reader that has missed what came before the grace
// period does not see what comes after.
//
// outcome first=0 then=0
// outcome first=1 then=0
// outcome first=1 then=1

#include <linux/rcupdate.h>

static int x, y, first, then;

mc_thread(0, MC_OTHER) static void reader(void)
{
	preempt_disable();
	first = x;
	then = y;
	preempt_enable();
}

mc_thread(1, MC_OTHER) static void updater(void)
{
	x = 1;
	synchronize_sched();
	y = 1;
}
