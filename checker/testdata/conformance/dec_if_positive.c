// The first takes 1 to 0 and returns 0; the second returns -1 and leaves 0.
//
// outcome v.counter=0 a=0 b=-1
// outcome v.counter=0 a=-1 b=0

#include <linux/atomic.h>

static atomic_t v = ATOMIC_INIT(1);
static int a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	a = atomic_dec_if_positive(&v);
}

mc_thread(1, MC_OTHER) static void second(void)
{
	b = atomic_dec_if_positive(&v);
}
