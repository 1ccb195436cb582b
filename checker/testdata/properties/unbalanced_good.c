// mc: title an early return gives the lock up
// mc: expect threads verified

#include <linux/spinlock.h>

static int x;
static DEFINE_SPINLOCK(lock);

mc_thread(0, MC_OTHER) static void a(void)
{
	spin_lock(&lock);
	if (x) {
		spin_unlock(&lock);
		return;
	}
	spin_unlock(&lock);
}

mc_thread(1, MC_OTHER) static void b(void)
{
	x = 1;
}
