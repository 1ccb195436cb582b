// mc: title money is never more than it was
// mc: expect threads verified

#include <mc.h>

static int from = 1, to;

mc_invariant static int money(void)
{
	return from + to <= 1;
}

mc_thread(0, MC_OTHER) static void move(void)
{
	from = 0;
	to = 1;
}
