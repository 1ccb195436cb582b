// mc: title A worker of FIFO priority sleeps between pieces of work, and need not finish
// mc: expect threads verified

#include <linux/sched.h>
#include <linux/completion.h>

static struct task_struct *worker_task;
static DECLARE_COMPLETION(finished);
static int work;

mc_kthread(0, 50) static void worker(void)
{
	WRITE_ONCE(worker_task, current);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!READ_ONCE(work)) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		WRITE_ONCE(work, 0);
		complete(&finished);
	}
}

mc_thread(0, MC_OTHER) static void client(void)
{
	struct task_struct *p;

	WRITE_ONCE(work, 1);
	p = READ_ONCE(worker_task);
	if (p)
		wake_up_process(p);
	wait_for_completion(&finished);
	mc_assert(READ_ONCE(work) == 0);
}
