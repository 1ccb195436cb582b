// mc: title check and use under the lock that the release is under
// mc: expect threads verified

#include <linux/spinlock.h>

static struct object {
	int n;
} obj;
static int gone;
static DEFINE_SPINLOCK(lock);

mc_thread(0, MC_OTHER) static void user(void)
{
	spin_lock(&lock);
	if (!gone)
		obj.n = 1;
	spin_unlock(&lock);
}

mc_thread(1, MC_OTHER) static void owner(void)
{
	spin_lock(&lock);
	gone = 1;
	mc_release(&obj);
	spin_unlock(&lock);
}
