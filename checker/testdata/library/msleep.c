// mc: title An urgent thread that polls asleep lets the other one work
// mc: expect threads verified

#include <linux/delay.h>

static int ready;

mc_thread(0, 99) static void poller(void)
{
	while (!READ_ONCE(ready))
		msleep(1);
}

mc_thread(0, MC_OTHER) static void worker(void)
{
	WRITE_ONCE(ready, 1);
}
