// mc: title complete_all() lets everybody through, those who come later too
// mc: expect threads verified

#include <linux/completion.h>

static DECLARE_COMPLETION(ready);
static int x;

mc_thread(0, MC_OTHER) static void first(void)
{
	wait_for_completion(&ready);
	mc_assert(READ_ONCE(x) == 1);
}

mc_thread(0, MC_OTHER) static void second(void)
{
	wait_for_completion(&ready);
	wait_for_completion(&ready);
	mc_assert(try_wait_for_completion(&ready));
}

mc_thread(1, MC_OTHER) static void starter(void)
{
	WRITE_ONCE(x, 1);
	complete_all(&ready);
}
