// mc: title Interrupts are as they were found after spin_unlock_irqrestore()
// mc: expect threads verified

#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static int count;

mc_irq(0) static void handler(void)
{
	spin_lock(&lock);
	count++;
	spin_unlock(&lock);
}

mc_thread(0, MC_OTHER) static void user(void)
{
	unsigned long flags, more;

	local_irq_save(flags);
	spin_lock_irqsave(&lock, more);
	count++;
	spin_unlock_irqrestore(&lock, more);
	count = -1;
	mc_assert(count == -1);
	local_irq_restore(flags);
}
