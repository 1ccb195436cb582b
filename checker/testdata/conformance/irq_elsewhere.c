// Interrupts are off on one CPU: a handler of another goes on all the same, and
// side by side with the thread.
//
// outcome first=0 then=0
// outcome first=0 then=1
// outcome first=0 then=2
// outcome first=1 then=1
// outcome first=1 then=2
// outcome first=2 then=2

#include <linux/irqflags.h>

static int x, first, then;

mc_thread(0, MC_OTHER) static void thread(void)
{
	local_irq_disable();
	x = 1;
	x = 2;
	local_irq_enable();
}

mc_irq(1) static void handler(void)
{
	first = x;
	then = x;
}
