// A higher priority takes the CPU when its wake-up has arrived, which takes its
// time, and then keeps it.
//
// outcome first=1 then=1
// outcome first=2 then=2
// outcome first=3 then=3

#include <mc.h>

static int x, first, then;

mc_thread(0, 1) static void low(void)
{
	x = 1;
	x = 2;
	x = 3;
}

mc_thread(0, 2) static void high(void)
{
	mc_sleep_until(x);
	first = x;
	then = x;
}
