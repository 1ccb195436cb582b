// mc: title A mutex inside rcu_read_lock(): such a reader may be preempted, and may not sleep
// mc: expect threads violated sleep-in-atomic

#include <linux/rcupdate.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);

mc_thread(0, MC_OTHER) static void reader(void)
{
	rcu_read_lock();
	mutex_lock(&lock);
	mutex_unlock(&lock);
	rcu_read_unlock();
}
