// mc: title A handler wakes who waits for it
// mc: learn As long as an interrupt may yet come, who waits for it is not stuck
// mc: expect threads verified

#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(wq);
static int done;

mc_irq(0) static void handler(void)
{
	WRITE_ONCE(done, 1);
	wake_up(&wq);
}

mc_thread(0, MC_OTHER) static void user(void)
{
	wait_event(wq, READ_ONCE(done));
}
