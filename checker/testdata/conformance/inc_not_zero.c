// Either the count is taken up before it falls, or it stays at zero.
//
// outcome v.counter=1 a=1 b=0
// outcome v.counter=0 a=0 b=1

#include <linux/atomic.h>

static atomic_t v = ATOMIC_INIT(1);
static int a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	a = atomic_inc_not_zero(&v);
}

mc_thread(1, MC_OTHER) static void second(void)
{
	b = atomic_dec_and_test(&v);
}
