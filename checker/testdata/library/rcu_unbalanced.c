// mc: title A return that leaves the read-side section open
// mc: expect threads violated unbalanced

#include <linux/rcupdate.h>

static int *lookup;

mc_thread(0, MC_OTHER) static void reader(void)
{
	rcu_read_lock();
	if (!rcu_dereference(lookup))
		return;
	rcu_read_unlock();
}
