// A grace period, and who never gives up its CPU: see scenario rt-hog.
#include <linux/rcupdate.h>
#include <linux/slab.h>

static struct object {
	atomic_t refs;
} obj = { ATOMIC_INIT(1) };
static struct object *lookup = &obj;

mc_get struct object *obj_get(void)
{
	struct object *o;

	rcu_read_lock();
	o = rcu_dereference(lookup);
	if (o && !atomic_inc_not_zero(&o->refs))
		o = NULL;
	rcu_read_unlock();
	return o;
}

mc_put void obj_put(struct object *o)
{
	if (!atomic_dec_and_test(&o->refs))
		return;
	mc_final_put(o);
	rcu_assign_pointer(lookup, NULL);
	synchronize_rcu();
	kfree(o);
}

mc_unload bool obj_remove(void)
{
	obj_put(&obj);
	return true;
}
