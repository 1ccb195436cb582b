// mc: title Sets its state, looks, sleeps: a wake-up in between makes schedule() return
// mc: expect threads verified

#include <linux/sched.h>

static struct task_struct *waiter_task;
static int done;

mc_thread(0, MC_OTHER) static void waiter(void)
{
	WRITE_ONCE(waiter_task, current);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (READ_ONCE(done))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

mc_thread(1, MC_OTHER) static void waker(void)
{
	struct task_struct *p;

	WRITE_ONCE(done, 1);
	p = READ_ONCE(waiter_task);
	if (p)
		wake_up_process(p);
}
