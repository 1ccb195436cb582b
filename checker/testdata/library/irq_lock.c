// mc: title A lock that a handler takes, too, is taken with interrupts off
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
	spin_lock_irq(&lock);
	count++;
	spin_unlock_irq(&lock);
}
