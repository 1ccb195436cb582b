// mc: title Who counts up on one CPU counts down on another, and no reader is missed
// mc: learn The counts under the old index only go down while they are added up
// mc: expect threads verified

#include <linux/srcu.h>
#include <linux/slab.h>

DEFINE_STATIC_SRCU(srcu);
static struct object { int data; } obj = { 1 };
static struct object *lookup = &obj;
static int handed = -1;

mc_thread(1, MC_OTHER) static void reader(void)
{
	struct object *p;
	int idx = srcu_read_lock(&srcu);

	p = srcu_dereference(lookup, &srcu);
	if (p)
		mc_assert(READ_ONCE(p->data) == 1);
	srcu_read_unlock(&srcu, idx);
}

/* A section that begins on one CPU and ends on another. */
mc_thread(0, MC_OTHER) static void begins(void)
{
	WRITE_ONCE(handed, srcu_read_lock(&srcu));
}

mc_thread(1, MC_OTHER) static void ends(void)
{
	mc_sleep_until(READ_ONCE(handed) >= 0);
	srcu_read_unlock(&srcu, handed);
}

mc_thread(0, MC_OTHER) static void updater(void)
{
	rcu_assign_pointer(lookup, NULL);
	synchronize_srcu(&srcu);
	kfree(&obj);
}
