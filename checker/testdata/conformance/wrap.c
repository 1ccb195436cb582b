// An atomic of 8 bits wraps: 255 + 1 is 0, and -128 - 1 is 127.
//
// outcome u=0 s=127

#include <linux/atomic.h>

static unsigned char u = 255;
static signed char s = -128;

mc_thread(0, MC_OTHER) static void first(void)
{
	__mc_fetch_add(&u, 1, MC_FULL);
	__mc_fetch_add(&s, -1, MC_FULL);
}
