// What was done before the completion is seen after the wait.
//
// outcome seen=1 done.done=0

#include <linux/completion.h>

static DECLARE_COMPLETION(done);
static int x, seen;

mc_thread(0, MC_OTHER) static void first(void)
{
	x = 1;
	complete(&done);
}

mc_thread(0, MC_OTHER) static void second(void)
{
	wait_for_completion(&done);
	seen = x;
}
