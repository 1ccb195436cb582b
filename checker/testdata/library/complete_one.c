// mc: title complete() lets one through, and two wait
// mc: expect threads violated deadlock

#include <linux/completion.h>

static DECLARE_COMPLETION(ready);

mc_thread(0, MC_OTHER) static void first(void)
{
	wait_for_completion(&ready);
}

mc_thread(0, MC_OTHER) static void second(void)
{
	wait_for_completion(&ready);
}

mc_thread(1, MC_OTHER) static void starter(void)
{
	complete(&ready);
}
