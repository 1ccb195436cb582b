// A sleep gives the CPU up, even in the class above: the setter gets on.
//
// outcome go=1 seen=1

#include <linux/preempt.h>

static int go, seen;

mc_thread(0, MC_STOP) static void waiter(void)
{
	mc_sleep_until(go);
	seen = 1;
}

mc_thread(0, MC_OTHER) static void setter(void)
{
	go = 1;
}
