// mc: title The same, and a get may come too late
// mc: source made up for the examples of package checker
// mc: expect * violated use-after-release
#include <linux/atomic.h>

static struct object { atomic_t count; } obj = { ATOMIC_INIT(1) };
static struct object *table = &obj;

mc_get struct object *obj_get(void)
{
	struct object *o = READ_ONCE(table);

	return o && atomic_inc_not_zero(&o->count) ? o : NULL;
}

mc_put void obj_put(struct object *o)
{
	if (atomic_dec_and_test(&o->count))
		mc_release(o);
}

mc_unload bool obj_remove(void)
{
	obj_put(xchg(&table, NULL));
	return true;
}
