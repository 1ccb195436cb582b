#include <mc.h>

/*
 * A local is a register; with its address taken but known, too; an array of
 * which elements are chosen in the run is memory that makes no steps; one
 * whose address escapes is shared.
 */
int x, *shared;

static void add(int *p, int n) { *p += n; }

mc_thread(0, MC_OTHER) void t(void)
{
	int reg = x, known = 1, uninitialized;
	struct { int a, b; } s = { .b = 2 }, copy;
	int array[3] = { 5 };

	add(&known, reg);
	x = known;
	copy = s;
	copy.a += copy.b;
	x = copy.a;
	array[reg]++;
	x = array[reg + 1];
	{
		int escapes = 4;

		shared = &escapes;
		x = escapes;
		if (x)
			goto out;
		escapes++;
	}
	x = uninitialized;
out:
	x = 0;
}
