// mc: title locals whose address is taken, that escape or do not
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>


int x, *shared;

static void inc(int *p) { ++*p; }
static void swap(int *p, int *q) { int r = *p; *p = *q; *q = r; }
static int param(int v) { int *p = &v; *p += 1; return v; }
static int uninitialized(int n) { int v; if (n) v = n; else v = 7; return v; }
static int sum(const int *v, int n) { int s = 0; for (int i = 0; i < n; i++) s += v[i]; return s; }

mc_thread(0, MC_OTHER) void t(void)
{
	int a = 1, b = 2, v[3] = { 1, 2, 3 }, *p = &v[1];

	inc(&a);
	swap(&a, &b);
	mc_assert(a == 2 && b == 2);
	inc(&a);
	swap(&a, &b);
	mc_assert(a == 2 && b == 3);
	mc_assert(param(4) == 5 && param(a) == 3 && a == 2);
	mc_assert(uninitialized(3) == 3 && uninitialized(0) == 7);
	*p = 9;
	p++;
	*p = 8;
	mc_assert(v[1] == 9 && v[2] == 8 && sum(v, 3) == 18);
	for (int i = 0; i < 3; i++) {
		int in_loop = 0;

		inc(&in_loop);
		mc_assert(in_loop == 1);
		x += in_loop;
		if (i == 1)
			continue;
		x += 10;
	}
	mc_assert(x == 23);
	for (int i = 0; i < 2; i++) {
		int escapes = i;

		shared = &escapes;
		++*shared;
		mc_assert(escapes == i + 1);
	}
	{
		int *q = &a, **qq = &q;

		**qq = 5;
		*qq = &b;
		*q = 6;
	}
	mc_assert(a == 5 && b == 6);
}
