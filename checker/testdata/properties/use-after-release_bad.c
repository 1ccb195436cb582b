// mc: title an object is used after the check that it is there
// mc: expect threads violated use-after-release

#include <mc.h>

static struct object {
	int n;
} obj;
static int gone;

mc_thread(0, MC_OTHER) static void user(void)
{
	if (!gone)
		obj.n = 1;
}

mc_thread(1, MC_OTHER) static void owner(void)
{
	gone = 1;
	mc_release(&obj);
}
