// mc: title Looks, then sets its state and sleeps: a wake-up in between is lost
// mc: expect threads violated deadlock

#include <linux/sched.h>

static struct task_struct *waiter_task;
static int done;

mc_thread(0, MC_OTHER) static void waiter(void)
{
	WRITE_ONCE(waiter_task, current);
	while (!READ_ONCE(done)) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
	}
}

mc_thread(1, MC_OTHER) static void waker(void)
{
	struct task_struct *p;

	WRITE_ONCE(done, 1);
	p = READ_ONCE(waiter_task);
	if (p)
		wake_up_process(p);
}
