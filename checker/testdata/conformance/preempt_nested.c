// The inner enable does not let anybody in.
//
// outcome near=0
// outcome near=2

#include <linux/preempt.h>

static int x, near;

mc_thread(0, MC_OTHER) static void first(void)
{
	preempt_disable();
	preempt_disable();
	x = 1;
	preempt_enable();
	x = 2;
	preempt_enable();
}

mc_thread(0, MC_OTHER) static void second(void)
{
	near = x;
}
