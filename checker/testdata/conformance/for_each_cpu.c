// Three CPUs come in any of six orders.
//
// outcome s=123
// outcome s=132
// outcome s=213
// outcome s=231
// outcome s=312
// outcome s=321

#include <linux/cpumask.h>

static int s, n[3] = { 1, 2, 3 };

mc_thread(0, MC_OTHER) static void first(void)
{
	int cpu, r = 0;

	for_each_online_cpu(cpu)
		r = 10 * r + n[cpu];
	s = r;
}

mc_thread(2, MC_OTHER) static void elsewhere(void)
{
}
