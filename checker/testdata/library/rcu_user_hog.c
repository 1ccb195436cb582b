// mc: title A hog in user mode is in no read-side section: the grace period ends
// mc: expect threads verified

#include <linux/rcupdate.h>

mc_thread(1, 99) static void hog(void)
{
	mc_hog();
}

mc_thread(0, MC_OTHER) static void updater(void)
{
	synchronize_sched();
}
