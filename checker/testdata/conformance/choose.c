// Each outcome of each choice.
//
// outcome a=0 b=0
// outcome a=0 b=1
// outcome a=1 b=0
// outcome a=1 b=1
// outcome a=2 b=0
// outcome a=2 b=1

#include <mc.h>

static int a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	a = mc_choose(3);
	b = mc_choose(2);
}
