// Who takes the reference over: see scenario handover.
#include <linux/atomic.h>

static struct object {
	atomic_t refs;
} obj = { ATOMIC_INIT(1) };

mc_get struct object *obj_get(void)
{
	return atomic_inc_not_zero(&obj.refs) ? &obj : NULL;
}

mc_put void obj_put(struct object *o)
{
	if (atomic_dec_and_test(&o->refs))
		mc_final_put(o);
}

mc_unload bool obj_remove(void)
{
	obj_put(&obj);
	return true;
}
