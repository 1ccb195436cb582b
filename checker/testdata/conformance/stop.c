// The function runs while all CPUs are held: it never sees x between the two stores
// of a section with preemption off, and nobody sees z between the stores of the
// function. The section without (y) it does see.
//
// outcome y_seen=0 x_seen=0 z_seen=0
// outcome y_seen=0 x_seen=0 z_seen=2
// outcome y_seen=1 x_seen=0 z_seen=0
// outcome y_seen=1 x_seen=0 z_seen=2

#include <linux/stop_machine.h>

static int x, y, z, y_seen, x_seen, z_seen;

static int look(void *unused)
{
	z = 1;
	x_seen = x;
	y_seen = y;
	z = 2;
	return 0;
}

mc_thread(0, MC_OTHER) static void stops(void)
{
	stop_machine(look, NULL, NULL);
}

mc_thread(1, MC_OTHER) static void works(void)
{
	preempt_disable();
	x = 1;
	x = 0;
	preempt_enable();
	y = 1;
	y = 0;
}

mc_thread(1, MC_OTHER) static void reads(void)
{
	z_seen = z;
}
