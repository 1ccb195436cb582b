// mc: title The callbacks of the two flavours wait for readers of their own
// mc: expect threads violated use-after-release

#include <linux/rcupdate.h>
#include <linux/slab.h>

static struct object { int data; struct rcu_head rcu; } obj;

static void object_free(struct rcu_head *head)
{
	kfree(container_of(head, struct object, rcu));
}

mc_thread(0, MC_OTHER) static void reader(void)
{
	rcu_read_lock();
	mc_use(&obj);
	rcu_read_unlock();
}

mc_thread(1, MC_OTHER) static void updater(void)
{
	call_rcu_sched(&obj.rcu, object_free);
	rcu_barrier_sched();
}
