// mc: title A callback finds its object around the rcu_head, and ends it once nobody reads
// mc: expect threads verified

#include <linux/rcupdate.h>
#include <linux/slab.h>

static struct object { int data; struct rcu_head rcu; } obj[2];
static struct object *lookup = &obj[0];
static int freed;

static void object_free(struct rcu_head *head)
{
	struct object *o = container_of(head, struct object, rcu);

	freed += o->data == 0;
	kfree(o);
}

mc_thread(0, MC_OTHER) static void reader(void)
{
	struct object *p;

	rcu_read_lock();
	p = rcu_dereference(lookup);
	if (p)
		mc_assert(READ_ONCE(p->data) == 0);
	rcu_read_unlock();
}

mc_thread(1, MC_OTHER) static void updater(void)
{
	struct object *p = xchg(&lookup, NULL);

	call_rcu(&p->rcu, object_free);
	call_rcu(&obj[1].rcu, object_free);
	rcu_barrier();
	mc_assert(READ_ONCE(freed) == 2);
}
