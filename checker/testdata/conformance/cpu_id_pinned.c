// With preemption off it stays where it was.
//
// migrates first
// outcome a=0 b=0
// outcome a=1 b=1

#include <linux/smp.h>

static int a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	a = get_cpu();
	b = smp_processor_id();
	put_cpu();
}

mc_thread(1, MC_OTHER) static void second(void)
{
}
