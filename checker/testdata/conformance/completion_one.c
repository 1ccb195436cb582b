// One completion lets one waiter go on; the other never does.
//
// outcome done.done=0 a=1 b=0 deadlock
// outcome done.done=0 a=0 b=1 deadlock

#include <linux/completion.h>

static DECLARE_COMPLETION(done);
static int a, b;

mc_thread(0, MC_OTHER) static void first(void)
{
	wait_for_completion(&done);
	a = 1;
}

mc_thread(1, MC_OTHER) static void second(void)
{
	wait_for_completion(&done);
	b = 1;
}

mc_thread(0, MC_OTHER) static void third(void)
{
	complete(&done);
}
