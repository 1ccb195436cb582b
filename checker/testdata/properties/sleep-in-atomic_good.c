// mc: title preemption is turned off when the mutex is held
// mc: expect threads verified

#include <linux/mutex.h>
#include <linux/preempt.h>

static DEFINE_MUTEX(mutex);

mc_thread(0, MC_OTHER) static void a(void)
{
	mutex_lock(&mutex);
	preempt_disable();
	mutex_unlock(&mutex);
	preempt_enable();
}
