// mc: title Wakes before there is anything to wake for
// mc: learn The waiter may look between the two, find nothing, and sleep for ever
// mc: expect threads violated deadlock

#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(wq);
static int done;

mc_thread(0, MC_OTHER) static void waiter(void)
{
	wait_event(wq, READ_ONCE(done));
}

mc_thread(1, MC_OTHER) static void producer(void)
{
	wake_up(&wq);
	WRITE_ONCE(done, 1);
}
