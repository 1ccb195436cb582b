// mc: title Preemption off keeps threads out, and no handler
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
	preempt_disable();
	count = -1;
	mc_assert(count == -1);
	preempt_enable();
}
