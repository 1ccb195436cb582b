// mc: title a mutex that is free is taken with preemption off
// mc: expect threads violated sleep-in-atomic

#include <linux/mutex.h>
#include <linux/preempt.h>

static DEFINE_MUTEX(mutex);

mc_thread(0, MC_OTHER) static void a(void)
{
	preempt_disable();
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	preempt_enable();
}
