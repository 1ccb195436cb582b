// Two references, two puts: one of them is the last, and holds the lock then.
//
// outcome v.counter=0 a=1 b=0
// outcome v.counter=0 a=0 b=1

#include <linux/spinlock.h>

static atomic_t v = ATOMIC_INIT(2);
static DEFINE_SPINLOCK(l);
static int a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	if (atomic_dec_and_lock(&v, &l)) {
		a = 1;
		spin_unlock(&l);
	}
}

mc_thread(1, MC_OTHER) static void second(void)
{
	if (atomic_dec_and_lock(&v, &l)) {
		b = 1;
		spin_unlock(&l);
	}
}
