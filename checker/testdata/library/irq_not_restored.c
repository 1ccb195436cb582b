// mc: title Returns with interrupts off
// mc: expect threads violated unbalanced

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
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	count++;
	spin_unlock(&lock);
}
