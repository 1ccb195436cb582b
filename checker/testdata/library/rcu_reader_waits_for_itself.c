// mc: title synchronize_rcu() inside a read-side section would wait for itself
// mc: expect threads violated sleep-in-atomic

#include <linux/rcupdate.h>

mc_thread(0, MC_OTHER) static void reader(void)
{
	rcu_read_lock();
	synchronize_rcu();
	rcu_read_unlock();
}
