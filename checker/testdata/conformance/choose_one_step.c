// Choices that ride on one step are combined, too; the second depends on the first.
//
// outcome x=0
// outcome x=10
// outcome x=11
// outcome x=12

#include <mc.h>

static int x;

mc_thread(0, MC_OTHER) static void first(void)
{
	int r = mc_choose(2);

	if (r)
		r = 10 + mc_choose(3);
	x = r;
}
