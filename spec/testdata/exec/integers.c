// mc: title conversions, promotions and comparisons
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>


signed char c = -1; unsigned char uc = 200; short s = -300; unsigned short us = 65535;
int i = -1; unsigned u = 1; long l = -1; unsigned long ul = 1; bool b;
enum e { NONE, ONE = 1, BIG = 300 } e;
enum neg { MINUS = -1, PLUS } n = MINUS;

mc_thread(0, MC_OTHER) void t(void)
{
	mc_assert(i > u);		/* as unsigned */
	mc_assert(l < u);		/* as long */
	mc_assert(l > ul);		/* as unsigned long */
	mc_assert(c > us + 0 == 0);
	mc_assert((unsigned char)c == 255);
	mc_assert(uc + uc == 400);
	uc += uc;
	mc_assert(uc == 144);
	mc_assert((signed char)uc == -112);
	us++;
	mc_assert(us == 0);
	us--;
	mc_assert(us == 65535 && us == (unsigned short)-1);
	s <<= 8;
	mc_assert(s == (short)0xd400);
	mc_assert(~uc < 0);
	mc_assert(-u == 4294967295U);
	mc_assert(-u > 0);
	i = 0x7fffffff;
	i++;
	mc_assert(i < 0 && i == -0x7fffffff - 1);
	mc_assert(i >> 31 == -1);
	mc_assert((unsigned)i >> 31 == 1);
	mc_assert(1UL << 40 == 1099511627776);
	b = 256;
	mc_assert(b == 1);
	b = u && !l;
	mc_assert(b == 0);
	b--;
	mc_assert(b == 1);
	b++;
	mc_assert(b == 1);
	e = BIG;
	mc_assert(e == 300 && (unsigned char)e == 44);
	i = -1;
	e = i;
	mc_assert(e > 0);		/* an enum without negative values is unsigned */
	mc_assert(n < 0 && n == MINUS && PLUS == 0);
	mc_assert(sizeof(int) == 4 && sizeof(us) == 2 && sizeof(long) == 8 && sizeof(void *) == 8);
	mc_assert(sizeof(uc + uc) == 4 && sizeof(e) == 4 && sizeof(b) == 1);
	mc_assert(0xffffffff == 4294967295 && 0xffffffff > 0 && 0x7fffffffffffffff + 1UL == 0x8000000000000000);
	mc_assert('a' == 97 && '\n' == 10 && '\0' == 0 && sizeof('a') == 4 && '\377' == -1);
	mc_assert(-7 / 2 == -3 && -7 % 2 == -1 && 7 / -2 == -3 && 7u / 2 == 3);
	l = s;
	mc_assert(l == -11264);
	ul = s;
	mc_assert(ul == 0xffffffffffffd400);
	mc_assert((s, 5) == 5);
	i = -1;
	mc_assert((1 ? i : e) > 0 && ((enum e)-1 & -1) > 0);	/* the type is of both */
	switch (1 ? i : u) {
	case 0xffffffff:
		break;
	default:
		mc_assert(0);
	}
	mc_assert((1 ? -1 : 0u) > 0 && (0 ? 1L : -1) < 0 && sizeof(1 ? 1 : 1L) == 8);
	mc_assert(_Generic(l, int: 1, long: 2, default: 3) == 2);
}
