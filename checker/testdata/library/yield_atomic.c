// mc: title Yields with preemption off
// mc: expect threads violated sleep-in-atomic

#include <linux/sched.h>

mc_thread(0, MC_OTHER) static void polite(void)
{
	preempt_disable();
	yield();
	preempt_enable();
}
