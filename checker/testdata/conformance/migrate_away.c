// The setter's CPU may be kept for ever by the spinner, but the setter can go to
// another: nobody is stuck.
//
// migrates setter
// outcome go=1 seen=1

#include <linux/preempt.h>

static int go, seen;

mc_thread(0, MC_OTHER) static void waiter(void)
{
	preempt_disable();
	while (!go)
		cpu_relax();
	preempt_enable();
	seen = 1;
}

mc_thread(0, MC_OTHER) static void setter(void)
{
	go = 1;
}

mc_thread(1, MC_OTHER) static void elsewhere(void)
{
}
