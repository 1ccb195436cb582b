// Two handlers of a CPU come one after the other, in either order.
//
// outcome seen=0
// outcome seen=2

#include <mc.h>

static int x, seen;

mc_irq(0) static void one(void)
{
	x = 1;
	x = 2;
}

mc_irq(0) static void two(void)
{
	seen = x;
}
