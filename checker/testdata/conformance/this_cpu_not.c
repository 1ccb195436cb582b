// A load and a store, each on the CPU of its own moment. old is what was loaded:
// 
//   load on 0 (old 0), store on 0: 1 1
//   load on 0 (old 0), store on 1: 0 1 if the second came before the store, else 0 2
//   load on 1 (old 0), store on 0: 1 1
//   load on 1 (old 1), store on 0: 2 1
//   load on 1 (old 0), store on 1: 0 1 if the second came between, else 0 2
//   load on 1 (old 1), store on 1: 0 2
//
// migrates first
// outcome n[0]=1 n[1]=1
// outcome n[0]=0 n[1]=1
// outcome n[0]=0 n[1]=2
// outcome n[0]=2 n[1]=1

#include <linux/percpu.h>

static DEFINE_PER_CPU(int, n);

mc_thread(0, MC_OTHER) static void first(void)
{
	__this_cpu_inc(n);
}

mc_thread(1, MC_OTHER) static void second(void)
{
	this_cpu_inc(n);
}
