// mc: title one for all calls
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>

int y;
static int next(void) { static int n = 10; static int *p = &n; ++*p; return n; }
static int nx(void) { static int n; return n++; }
mc_thread(0, MC_OTHER) void t(void) { mc_assert(next() == 11); mc_assert(next() == 12); mc_assert(nx() == 0); mc_assert(nx() == 1); for (int i = 0; i < 2; i++) y = next(); mc_assert(y == 14); }
