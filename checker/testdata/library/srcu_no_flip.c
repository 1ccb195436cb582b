// mc: title Adds the readers up without flipping the index first
// mc: learn One who begins on a CPU already added and ends on one that is not yet hides another
// mc: expect threads violated use-after-release

#include <linux/srcu.h>
#include <linux/slab.h>

DEFINE_STATIC_SRCU(srcu);
static struct object { int data; } obj = { 1 };
static struct object *lookup = &obj;
static int handed = -1;

/* synchronize_srcu() but for the flip. */
static void synchronize_no_flip(struct srcu_struct *sp)
{
	mutex_lock(&sp->mutex);
	synchronize_sched();
	while (__mc_srcu_readers(sp, READ_ONCE(sp->completed) & 1) != 0)
		schedule_timeout_interruptible(1);
	synchronize_sched();
	mutex_unlock(&sp->mutex);
}

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
	synchronize_no_flip(&srcu);
	kfree(&obj);
}
