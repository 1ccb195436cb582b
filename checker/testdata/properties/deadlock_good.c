// mc: title two locks, taken in one order
// mc: expect threads verified

#include <linux/mutex.h>

static DEFINE_MUTEX(one);
static DEFINE_MUTEX(two);

mc_thread(0, MC_OTHER) static void a(void)
{
	mutex_lock(&one);
	mutex_lock(&two);
	mutex_unlock(&two);
	mutex_unlock(&one);
}

mc_thread(1, MC_OTHER) static void b(void)
{
	mutex_lock(&one);
	mutex_lock(&two);
	mutex_unlock(&two);
	mutex_unlock(&one);
}
