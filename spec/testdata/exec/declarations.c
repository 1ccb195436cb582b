// mc: title extern and tentative ones
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>

extern int a[]; extern int b; int c; int c; static int d; static int d = 4;
int a[3]; int b = 2; extern int z;
static int fwd(int);
mc_thread(0, MC_OTHER) void t(void) { extern int b; a[1] = 2; mc_assert(a[1] == 2); mc_assert(b == 2); mc_assert(d == 4); c++; mc_assert(c == 1); mc_assert(fwd(3) == 4);}
static int fwd(int q) { return q + 1; }
