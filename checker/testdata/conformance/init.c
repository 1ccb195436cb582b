// mc_init runs alone, before everything.
//
// outcome x=3

#include <mc.h>

static int x;

mc_init void setup(void)
{
	x = 1;
	x++;
}

mc_thread(0, MC_OTHER) static void first(void)
{
	x++;
}
