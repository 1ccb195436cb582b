// mc: title Two of one FIFO priority on one CPU: who waits yields to the other
// mc: expect threads verified

#include <linux/sched.h>

static int ready;

mc_thread(0, 10) static void waiter(void)
{
	while (!READ_ONCE(ready))
		yield();
}

mc_thread(0, 10) static void other(void)
{
	WRITE_ONCE(ready, 1);
}
