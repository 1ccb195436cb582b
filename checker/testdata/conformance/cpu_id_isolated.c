// Nobody migrates to an isolated CPU; the thread that is there stays.
//
// migrates first
// isolated 1
// outcome a=0 b=1

#include <linux/smp.h>

static int a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	a = smp_processor_id();
}

mc_thread(1, MC_OTHER) static void second(void)
{
	b = smp_processor_id();
}
