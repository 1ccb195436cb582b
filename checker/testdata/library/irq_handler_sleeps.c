// mc: title A handler takes a mutex
// mc: expect threads violated sleep-in-atomic

#include <linux/mutex.h>

static DEFINE_MUTEX(lock);

mc_irq(0) static void handler(void)
{
	mutex_lock(&lock);
	mutex_unlock(&lock);
}

mc_thread(0, MC_OTHER) static void user(void)
{
	mutex_lock(&lock);
	mutex_unlock(&lock);
}
