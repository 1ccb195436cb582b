// A preemptible thread may be elsewhere each time it looks.
//
// migrates first
// outcome a=0 b=0
// outcome a=0 b=1
// outcome a=1 b=0
// outcome a=1 b=1

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
