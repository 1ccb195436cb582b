// mc: title an early return forgets the lock
// mc: expect threads violated unbalanced

#include <linux/spinlock.h>

static int x;
static DEFINE_SPINLOCK(lock);

mc_thread(0, MC_OTHER) static void a(void)
{
	spin_lock(&lock);
	if (x)
		return;
	spin_unlock(&lock);
}

mc_thread(1, MC_OTHER) static void b(void)
{
	x = 1;
}
