// local_irq_restore() leaves them off if they were.
//
// outcome first=0 then=0
// outcome first=2 then=2

#include <linux/irqflags.h>

static int x, first, then;

mc_thread(0, MC_OTHER) static void thread(void)
{
	unsigned long outer, inner;

	local_irq_save(outer);
	local_irq_save(inner);
	x = 1;
	local_irq_restore(inner);
	x = 2;
	local_irq_restore(outer);
}

mc_irq(0) static void handler(void)
{
	first = x;
	then = x;
}
