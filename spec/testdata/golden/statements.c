#include <mc.h>

/* Each kind of statement on shared memory: what is visible, and in what order. */
int a, b;

mc_thread(0, MC_OTHER) void t(void)
{
	int i;

	if (a)
		b = 1;
	else if (b > 2)
		b = 2;
	else
		b = 3;
	while (a < 3) {
		if (b == 7)
			continue;
		if (b == 8)
			break;
		a++;
	}
	do
		b--;
	while (b > 0);
	for (i = 0; i < 2; i++)
		for (int j = i; j < 2; j++)
			a += j;
	goto end;
	a = 99;		/* nothing comes here */
again:
	a = 4;
end:
	if (a == 5)
		goto again;
	;
}
