#include <linux/types.h>
#include <mc.h>

/* Conversions appear where a value may not fit. */
bool b;
s8 c;
u8 uc;
short s;
unsigned int u;
long l;
u64 ul;
enum state { LIVE, GOING = 5 } state;
enum sign { MINUS = -1, PLUS = 1 } sign;
int less;

mc_thread(0, MC_OTHER) void t(void)
{
	int i = u;

	b = u;
	c = i;
	uc = c;
	s = uc;
	l = i;
	l = u;
	u = l;
	ul = i;
	uc += 200;
	less = uc < c;
	less = u < i;
	less = l < u;
	less = ul < l;
	state = GOING;
	if (state > i)
		sign = MINUS;
	if (sign < 0)
		b = !b;
	l = (u8)i;
	l = -uc;
	l = u << 3 >> i;
	l = ~ul;
}
