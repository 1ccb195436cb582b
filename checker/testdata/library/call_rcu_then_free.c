// mc: title Frees the object that a callback is queued for
// mc: expect threads violated use-after-release

#include <linux/rcupdate.h>
#include <linux/slab.h>

static struct object { int data; struct rcu_head rcu; } obj;
static int total;

static void object_done(struct rcu_head *head)
{
	total += container_of(head, struct object, rcu)->data;
}

mc_thread(0, MC_OTHER) static void owner(void)
{
	call_rcu(&obj.rcu, object_done);
	synchronize_rcu();
	kfree(&obj);
}
