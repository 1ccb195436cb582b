// A task for each thread, with its name.
#include <linux/wait.h>
#include <linux/delay.h>
#include <linux/atomic.h>

static int obj;
static atomic_t refs = ATOMIC_INIT(1);
static struct task_struct *remover;
static DECLARE_WAIT_QUEUE_HEAD(wq);

mc_get bool obj_get(void)
{
	return atomic_inc_not_zero(&refs);
}

mc_put void obj_put(void)
{
	if (atomic_dec_and_test(&refs)) {
		mc_final_put(&obj);
		wake_up(&wq);
		if (READ_ONCE(remover))
			wake_up_process(remover);
	}
}

mc_unload bool obj_remove(void)
{
	WRITE_ONCE(remover, current);
	obj_put();
	wait_event(wq, atomic_read(&refs) == 0);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (atomic_read(&refs) == 0)
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	msleep(1);
	yield();
	return true;
}
