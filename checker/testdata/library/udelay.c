// mc: title An urgent thread that polls awake keeps the other one from working
// mc: expect threads violated deadlock

#include <linux/delay.h>

static int ready;

mc_thread(0, 99) static void poller(void)
{
	while (!READ_ONCE(ready))
		udelay(10);
}

mc_thread(0, MC_OTHER) static void worker(void)
{
	WRITE_ONCE(ready, 1);
}
