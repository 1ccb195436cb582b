// mc: title A callback takes a mutex: callbacks may not sleep
// mc: expect threads violated sleep-in-atomic

#include <linux/rcupdate.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);
static struct rcu_head head;

static void callback(struct rcu_head *unused)
{
	mutex_lock(&lock);
	mutex_unlock(&lock);
}

mc_thread(0, MC_OTHER) static void owner(void)
{
	call_rcu(&head, callback);
	rcu_barrier();
}
