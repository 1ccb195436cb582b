// mc: expect threads violated invalid-access
// A struct larger than the variable it is made to lie in.
#include <mc.h>

static int x, y;
struct big {
	int a[10], b;
};

mc_thread(0, MC_OTHER) void t(void)
{
	struct big *p = (struct big *)&x;

	mc_assert(&y != 0);
	p->a[1] = 1;
	mc_assert(y == 0);
}
