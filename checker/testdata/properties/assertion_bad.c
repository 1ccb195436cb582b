// mc: title two increments, one lost
// mc: expect threads violated assertion

#include <mc.h>

static int x, ready;

mc_thread(0, MC_OTHER) static void a(void)
{
	x++;
	ready = 1;
}

mc_thread(1, MC_OTHER) static void b(void)
{
	x++;
	if (ready)
		mc_assert(x == 2);
}
