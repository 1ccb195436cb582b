// mc: title compound assignment, increments, logic, comma
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>


int x, y = 5, calls, v[4];

static int f(int r) { calls++; return r; }

mc_thread(0, MC_OTHER) void t(void)
{
	int i = 0, n;

	mc_assert(x++ == 0 && ++x == 2 && x-- == 2 && --x == 0);
	x += 7; x -= 2; x *= 6; x /= 4; x %= 5; x <<= 3; x >>= 1; x |= 3; x &= 10; x ^= 6;
	mc_assert(x == 12);
	n = (x = 3, y = x + 1, y);
	mc_assert(n == 4 && x == 3);
	mc_assert((x = y = 9) == 9 && x == 9 && y == 9);
	n = f(0) && f(1);
	mc_assert(n == 0 && calls == 1);
	n = f(2) || f(1);
	mc_assert(n == 1 && calls == 2);
	n = f(0) || (f(3) && !f(0));
	mc_assert(n == 1 && calls == 5);
	mc_assert(!(f(1) && f(0)) == 1 && calls == 7);
	v[i++] = 4; v[i++] = 7; v[i] = v[i - 1]++;
	mc_assert(v[0] == 4 && v[1] == 8 && v[2] == 7 && i == 2);
	v[f(3)] += 2;
	mc_assert(v[3] == 2 && calls == 8);
	n = x > y ? 1 : x < y ? 2 : x == y ? 3 : 4;
	mc_assert(n == 3);
	for (i = 0, n = 10; i < n; i++, n--)
		x = i;
	mc_assert(i == 5 && x == 4);
	while (x --> 0)
		if (x == 2)
			break;
	mc_assert(x == 2);
	do
		x++;
	while (x < 5);
	mc_assert(x == 5);
	mc_assert(!x == 0 && !!x == 1 && !(x - 5) && -(-x) == 5 && ~~x == 5 && +x == 5);
	typeof(x) z = x;
	__typeof__(v[0]) *pz = &v[0];
	mc_assert(z == 5 && max(z, 7) == 7 && min(*pz, 3) == min(v[0], 3));
}
