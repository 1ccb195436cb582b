// A hog has its CPU from the first state on, and nobody below it ever gets it; on
// another CPU others go on.
//
// outcome here=0 there=1 hang

#include <mc.h>

static int here, there;

mc_thread(0, 50) static void hog(void)
{
	mc_hog();
}

mc_thread(0, 49) static void below(void)
{
	here = 1;
}

mc_thread(1, MC_OTHER) static void elsewhere(void)
{
	there = 1;
}
