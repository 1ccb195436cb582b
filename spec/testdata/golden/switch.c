#include <mc.h>

/* Ranges, negative values, fallthrough, a default in the middle, nesting. */
int a;
unsigned char c;

mc_thread(0, MC_OTHER) void t(void)
{
	switch (a) {
	case -3 ... -1:
		a = 1;
		break;
	default:
		a = 2;
	case 0:
		a = 3;
		break;
	case 5:
		switch (c) {
		case 255:
			return;
		case 1:
			break;
		}
		a = 4;
	}
	switch (c) {
	}
}
