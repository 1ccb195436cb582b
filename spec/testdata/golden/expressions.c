#include <mc.h>
#include <linux/kernel.h>

/* Statement expressions, typeof, sizeof, ?:, left to right. */
int x, y;
long wide;

#define add_return(v, n) ({ __typeof__(v) __new = (v) + (n); (v) = __new; __new; })

static int get(int *p) { return *p; }

mc_thread(0, MC_OTHER) void t(void)
{
	int i = 1;

	y = add_return(x, 2) + add_return(wide, 3);
	y = sizeof(wide) + sizeof(struct { char c; int i; }) + sizeof x;
	y = get(&x) - get(&y);
	y = i + ({ i = 5; i; });
	y = x ?: y;
	wide = x ? -1 : 1u;
	y = max(x, 3);
	y = !(x && !y);
	if (likely(x == 1) && unlikely(y != 1))
		BUG_ON(x > y);
	y = x == 1 || y;
}
