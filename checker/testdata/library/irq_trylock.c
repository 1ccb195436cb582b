// mc: title A lock that is tried for is left as it was found if it is not free
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
	unsigned long flags;

	if (spin_trylock_irqsave(&lock, flags)) {
		count++;
		spin_unlock_irqrestore(&lock, flags);
	}
	if (spin_trylock_irq(&lock))
		spin_unlock_irq(&lock);
}
