// mc: title two threads find out that the object is to go
// mc: expect threads violated double-release

#include <mc.h>

static int obj, gone;

mc_thread(0, MC_OTHER) static void a(void)
{
	if (!gone) {
		gone = 1;
		mc_release(&obj);
	}
}

mc_thread(1, MC_OTHER) static void b(void)
{
	if (!gone) {
		gone = 1;
		mc_release(&obj);
	}
}
