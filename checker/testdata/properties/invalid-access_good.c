// mc: title a pointer is read once
// mc: expect threads verified

#include <mc.h>
#include <linux/types.h>

static int obj;
static int *table = &obj;

mc_thread(0, MC_OTHER) static void user(void)
{
	int *p = table;

	if (p)
		*p = 1;
}

mc_thread(1, MC_OTHER) static void owner(void)
{
	table = NULL;
}
