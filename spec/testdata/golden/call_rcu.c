// Callbacks: the thread that runs them is there because something needs it, and
// that of the other flavour is not. kfree_rcu() evaluates its pointer once.
#include <linux/rcupdate.h>

static struct object {
	int data;
	struct rcu_head rcu;
} obj, more;
static struct object *lookup = &more;

static void object_free(struct rcu_head *head)
{
	mc_release(container_of(head, struct object, rcu));
}

mc_thread(0, MC_OTHER) static void updater(void)
{
	call_rcu(&obj.rcu, object_free);
	kfree_rcu(xchg(&lookup, NULL), rcu);
	rcu_barrier();
}
