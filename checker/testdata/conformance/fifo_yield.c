// yield() goes behind the equal: they take turns. If a is first, b has stored 1
// when it comes back, and yields to it; if b is, it has come to its end.
//
// outcome seen=1
// outcome seen=2

#include <linux/sched.h>

static int x, seen;

mc_thread(0, 50) static void a(void)
{
	yield();
	seen = x;
}

mc_thread(0, 50) static void b(void)
{
	x = 1;
	yield();
	x = 2;
}
