// mc: title spin_unlock_irq() turns interrupts on, whatever they were: the handler comes in
// mc: expect threads violated assertion

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

	local_irq_save(flags);
	spin_lock_irq(&lock);
	count++;
	spin_unlock_irq(&lock);
	count = -1;
	mc_assert(count == -1);
	local_irq_restore(flags);
}
