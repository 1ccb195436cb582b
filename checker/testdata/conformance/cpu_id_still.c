// A thread that does not migrate is where it began.
//
// outcome a=0 b=0

#include <linux/smp.h>

static int a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	a = smp_processor_id();
	b = smp_processor_id();
}

mc_thread(1, MC_OTHER) static void second(void)
{
}
