// mc: title What was unlinked is freed at once
// mc: expect threads violated use-after-release

#include <linux/rcupdate.h>
#include <linux/slab.h>

static struct object { int data; struct rcu_head rcu; } obj = { .data = 1 };
static struct object *lookup = &obj;

mc_thread(0, MC_OTHER) static void reader(void)
{
	struct object *p;

	rcu_read_lock();
	p = rcu_dereference(lookup);
	if (p)
		mc_assert(READ_ONCE(p->data) == 1);
	rcu_read_unlock();
}

mc_thread(1, MC_OTHER) static void updater(void)
{
	struct object *p = rcu_dereference_protected(lookup, 1);

	rcu_assign_pointer(lookup, NULL);
	kfree(p);
}
