// Preemption off keeps the CPU even from the class above: the stopper, once it
// has been woken, sees 0 or 2.
//
// outcome seen=0
// outcome seen=2

#include <linux/preempt.h>

static int go, x, seen;

mc_thread(0, MC_STOP) static void stopper(void)
{
	mc_sleep_until(go);
	seen = x;
}

mc_thread(0, MC_OTHER) static void other(void)
{
	preempt_disable();
	x = 1;
	x = 2;
	preempt_enable();
}

mc_thread(1, MC_OTHER) static void starts(void)
{
	go = 1;
}
