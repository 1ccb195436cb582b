// Three increments under a lock, two of them on one CPU: none is lost.
// Nobody is stuck: there is no other end.
//
// outcome x=3

#include <linux/mutex.h>

static DEFINE_MUTEX(l);
static int x;

mc_thread(0, MC_OTHER) static void first(void)
{
	mutex_lock(&l);
	x++;
	mutex_unlock(&l);
}

mc_thread(1, MC_OTHER) static void second(void)
{
	mutex_lock(&l);
	x++;
	mutex_unlock(&l);
}

mc_thread(0, MC_OTHER) static void third(void)
{
	mutex_lock(&l);
	x++;
	mutex_unlock(&l);
}
