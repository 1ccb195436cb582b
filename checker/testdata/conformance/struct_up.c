// Read in the same order anything can be seen, for the reader may overtake the copy
// or be overtaken.
//
// outcome a=0 b=0
// outcome a=0 b=1
// outcome a=1 b=0
// outcome a=1 b=1

#include <mc.h>

static struct pair {
	int p, q;
} to, from = { 1, 1 };
static int a, b;

mc_thread(0, MC_OTHER) static void copies(void)
{
	to = from;
}

mc_thread(1, MC_OTHER) static void reads(void)
{
	a = to.p;
	b = to.q;
}
