#include <mc.h>
#include <linux/compiler.h>

/* What is one step, and in which order; the order of each access. */
int x, y;
volatile int v;
struct pair { int a; short b; } p, q;
long table[2][3];

mc_thread(0, MC_OTHER) void t(void)
{
	x++;
	--x;
	x += y;
	x = y = 3;
	x = x + x * y;
	p = q;
	table[x][y] += 2;
	v = v + 1;
	WRITE_ONCE(x, READ_ONCE(y) + 1);
	smp_mb();
	smp_store_release(&x, smp_load_acquire(&y));
	if (x && y || !x)
		y = x ? y : 7;
	y = (x, 5);
	(void)x;
}
