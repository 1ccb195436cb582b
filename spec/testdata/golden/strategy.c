// mc: title a strategy with a count in the object, and a fault to ask for
// mc: learn a wrapper defines the fault and includes this
// mc: expect * verified
#include "strategy.h"

static struct object obj = { 1 };
static struct object *lookup = &obj;
static bool owned = true;

mc_get struct object *get(void)
{
	struct object *o;

	spin_lock(&lock);
	o = lookup;
	if (o)
		o->refs++;
	spin_unlock(&lock);
	return o;
}

mc_put void put(struct object *o)
{
	bool last;

	spin_lock(&lock);
	last = --o->refs == 0;
	if (last) {
		mc_final_put(o);
#ifndef FAULT_STILL_FOUND
		lookup = NULL;
#endif
	}
	spin_unlock(&lock);
	if (last)
		mc_release(o);
}

mc_unload bool unload(void)
{
	bool was = xchg(&owned, false);

	if (was)
		put(&obj);
	return was;
}
