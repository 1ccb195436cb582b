// From 2 down unless it is 1: one of them may.
//
// outcome v.counter=1 a=1 b=0
// outcome v.counter=1 a=0 b=1

#include <linux/atomic.h>

static atomic_t v = ATOMIC_INIT(2);
static int a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	a = atomic_add_unless(&v, -1, 1);
}

mc_thread(1, MC_OTHER) static void second(void)
{
	b = atomic_add_unless(&v, -1, 1);
}
