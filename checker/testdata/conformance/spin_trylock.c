// Whoever tries while the other holds the lock fails; both cannot.
//
// outcome x=2 a=1 b=1
// outcome x=1 a=1 b=0
// outcome x=1 a=0 b=1

#include <linux/spinlock.h>

static DEFINE_SPINLOCK(l);
static int x, a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	if (spin_trylock(&l)) {
		x++;
		a = 1;
		spin_unlock(&l);
	}
}

mc_thread(1, MC_OTHER) static void second(void)
{
	if (spin_trylock(&l)) {
		x++;
		b = 1;
		spin_unlock(&l);
	}
}
