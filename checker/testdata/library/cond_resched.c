// mc: title cond_resched() lets nobody of the same FIFO priority in
// mc: learn It looks whether somebody more urgent wants the CPU, and an equal is not; yield() goes to the end of the queue
// mc: expect threads violated deadlock

#include <linux/sched.h>

static int ready;

mc_thread(0, 10) static void waiter(void)
{
	while (!READ_ONCE(ready))
		cond_resched();
}

mc_thread(0, 10) static void other(void)
{
	WRITE_ONCE(ready, 1);
}
