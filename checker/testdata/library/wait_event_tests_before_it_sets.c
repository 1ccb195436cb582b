// mc: title Looks whether anybody waits before it makes true what they wait for
// mc: expect threads violated deadlock

#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(wq);
static int done;

mc_thread(0, MC_OTHER) static void waiter(void)
{
	if (wait_event_interruptible(wq, READ_ONCE(done)))
		return;
}

mc_thread(1, MC_OTHER) static void producer(void)
{
	int active = waitqueue_active(&wq);

	WRITE_ONCE(done, 1);
	if (active)
		wake_up_interruptible(&wq);
}
