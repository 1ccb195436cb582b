// mc: title Since Linux 4.20 there is one flavour, which waits for both kinds of readers
// mc: expect threads verified

#define RCU_CONSOLIDATED
#include <linux/rcupdate.h>
#include <linux/slab.h>

static struct object { int data; struct rcu_head rcu; } obj = { .data = 1 };
static struct object *lookup = &obj;

mc_thread(0, MC_OTHER) static void reader(void)
{
	struct object *p;

	rcu_read_lock_sched();
	p = rcu_dereference(lookup);
	if (p)
		mc_assert(READ_ONCE(p->data) == 1);
	rcu_read_unlock_sched();
}

mc_thread(1, MC_OTHER) static void updater(void)
{
	struct object *p = rcu_dereference_protected(lookup, 1);

	rcu_assign_pointer(lookup, NULL);
	synchronize_rcu();
	kfree(p);
}
