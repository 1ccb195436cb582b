// mc: title A reader that sleeps inside its section
// mc: expect threads verified

#include <linux/srcu.h>
#include <linux/slab.h>

DEFINE_STATIC_SRCU(srcu);
static DEFINE_MUTEX(lock);
static struct object { int data; } obj = { 1 };
static struct object *lookup = &obj;

mc_thread(0, MC_OTHER) static void reader(void)
{
	struct object *p;
	int idx = srcu_read_lock(&srcu);

	p = srcu_dereference(lookup, &srcu);
	mutex_lock(&lock);
	if (p)
		mc_assert(READ_ONCE(p->data) == 1);
	mutex_unlock(&lock);
	srcu_read_unlock(&srcu, idx);
}

mc_thread(1, MC_OTHER) static void updater(void)
{
	rcu_assign_pointer(lookup, NULL);
	synchronize_srcu(&srcu);
	kfree(&obj);
}
