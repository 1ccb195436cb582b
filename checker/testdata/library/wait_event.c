// mc: title Two producers, a condition of two accesses, one waiter: no wake-up is lost
// mc: expect threads verified

#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(wq);
static int a, b;

mc_thread(0, MC_OTHER) static void waiter(void)
{
	wait_event(wq, READ_ONCE(a) && READ_ONCE(b));
	mc_assert(a == 1 && b == 1);
}

mc_thread(1, MC_OTHER) static void first(void)
{
	WRITE_ONCE(a, 1);
	wake_up(&wq);
}

mc_thread(1, MC_OTHER) static void second(void)
{
	WRITE_ONCE(b, 1);
	if (waitqueue_active(&wq))
		wake_up(&wq);
}
