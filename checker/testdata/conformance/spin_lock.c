// Three increments under a lock, two of them on one CPU: none is lost.
// Nobody is stuck: there is no other end.
//
// outcome x=3

#include <linux/spinlock.h>

static DEFINE_SPINLOCK(l);
static int x;

mc_thread(0, MC_OTHER) static void first(void)
{
	spin_lock(&l);
	x++;
	spin_unlock(&l);
}

mc_thread(1, MC_OTHER) static void second(void)
{
	spin_lock(&l);
	x++;
	spin_unlock(&l);
}

mc_thread(0, MC_OTHER) static void third(void)
{
	spin_lock(&l);
	x++;
	spin_unlock(&l);
}
