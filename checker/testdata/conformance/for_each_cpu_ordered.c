// They go up.
//
// outcome s=123

#include <linux/cpumask.h>

static int s, n[3] = { 1, 2, 3 };

mc_thread(0, MC_OTHER) static void first(void)
{
	int cpu, r = 0;

	for_each_online_cpu_ordered(cpu)
		r = 10 * r + n[cpu];
	s = r;
}

mc_thread(2, MC_OTHER) static void elsewhere(void)
{
}
