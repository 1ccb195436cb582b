// One step finds the CPU and increments there, so nothing is lost wherever the
// first thread is when it takes it.
//
// migrates first
// outcome n[0]=1 n[1]=1
// outcome n[0]=0 n[1]=2

#include <linux/percpu.h>

static DEFINE_PER_CPU(int, n);

mc_thread(0, MC_OTHER) static void first(void)
{
	this_cpu_inc(n);
}

mc_thread(1, MC_OTHER) static void second(void)
{
	this_cpu_inc(n);
}
