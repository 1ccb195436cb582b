// mc: title A handler spins for a lock that whom it interrupted holds
// mc: expect threads violated deadlock

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
	spin_lock(&lock);
	count++;
	spin_unlock(&lock);
}
