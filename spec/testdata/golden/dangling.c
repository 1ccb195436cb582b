// mc: title a pointer to an element of an array that is gone
// mc: expect threads violated invalid-access
#include <mc.h>

int x;

/* gcc would warn of &a[0]; which element it is makes no difference. */
static int *dangling(int i)
{
	int a[2] = { 1, 2 }, *p = &a[i];

	return p;
}

mc_thread(0, MC_OTHER) void t(void)
{
	int *p;

	{
		int a[2] = { 3, 4 };

		p = &a[x];
		mc_assert(*p == 3);
	}
	x = *({ int a[2] = { 5, 6 }; &a[x]; });
	x = *dangling(x);
	x = *p;
}
