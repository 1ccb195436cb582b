// mc: title a pointer is cleared between the check and the use
// mc: expect threads violated invalid-access

#include <mc.h>
#include <linux/types.h>

static int obj;
static int *table = &obj;

mc_thread(0, MC_OTHER) static void user(void)
{
	if (table)
		*table = 1;
}

mc_thread(1, MC_OTHER) static void owner(void)
{
	table = NULL;
}
