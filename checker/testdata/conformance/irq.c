// A handler comes in anywhere, with preemption off too, and keeps the CPU until
// it is done.
//
// outcome first=0 then=0
// outcome first=1 then=1
// outcome first=2 then=2

#include <linux/preempt.h>

static int x, first, then;

mc_thread(0, MC_OTHER) static void thread(void)
{
	preempt_disable();
	x = 1;
	x = 2;
	preempt_enable();
}

mc_irq(0) static void handler(void)
{
	first = x;
	then = x;
}
