// With preemption off nobody on the same CPU comes between the two stores: near
// sees 0 or 2. On another CPU far sees 0, 1 or 2. They are independent.
//
// outcome near=0 far=0
// outcome near=0 far=1
// outcome near=0 far=2
// outcome near=2 far=0
// outcome near=2 far=1
// outcome near=2 far=2

#include <linux/preempt.h>

static int x, near, far;

mc_thread(0, MC_OTHER) static void first(void)
{
	preempt_disable();
	x = 1;
	x = 2;
	preempt_enable();
}

mc_thread(0, MC_OTHER) static void second(void)
{
	near = x;
}

mc_thread(1, MC_OTHER) static void third(void)
{
	far = x;
}
