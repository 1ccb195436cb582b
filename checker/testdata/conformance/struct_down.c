// A struct is copied member by member, from the first on. Read against that order,
// the second cannot be new and the first old.
//
// outcome a=0 b=0
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
	b = to.q;
	a = to.p;
}
