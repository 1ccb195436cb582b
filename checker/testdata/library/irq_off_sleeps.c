// mc: title Sleeps for a while with interrupts off
// mc: expect threads violated sleep-in-atomic

#include <linux/irqflags.h>
#include <linux/delay.h>

mc_thread(0, MC_OTHER) static void user(void)
{
	unsigned long flags;

	local_irq_save(flags);
	msleep(10);
	local_irq_restore(flags);
}
