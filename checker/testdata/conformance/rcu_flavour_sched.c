// The other flavour waits for nobody here: all four.
//
// outcome first=0 then=0
// outcome first=0 then=1
// outcome first=1 then=0
// outcome first=1 then=1

#include <linux/rcupdate.h>

static int x, y, first, then;

mc_thread(0, MC_OTHER) static void reader(void)
{
	rcu_read_lock();
	first = x;
	then = y;
	rcu_read_unlock();
}

mc_thread(1, MC_OTHER) static void updater(void)
{
	x = 1;
	synchronize_sched();
	y = 1;
}
