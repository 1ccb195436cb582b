// mc: title A hog with preemption off holds the grace period up for ever
// mc: expect threads violated hang

#include <linux/rcupdate.h>

mc_thread(1, MC_OTHER) static void hog(void)
{
	preempt_disable();
	mc_hog();
}

mc_thread(0, MC_OTHER) static void updater(void)
{
	synchronize_sched();
}
