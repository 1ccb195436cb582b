// Runs in which an assumption does not hold end unjudged.
//
// outcome x=1

#include <mc.h>

static int x;

mc_thread(0, MC_OTHER) static void first(void)
{
	int r = mc_choose(3);

	mc_assume(r == 1);
	x = r;
}
