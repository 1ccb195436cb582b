// mc: title operands are evaluated left to right
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>

int x;
static int f(int a, int b) { return a * 10 + b; }
mc_thread(0, MC_OTHER) void t(void) {
 int i = 1, a[3] = { 5, 6, 7 };
 mc_assert(i + ({ i = 5; i; }) == 6);
 i = 1; mc_assert(f(i, ({ i = 3; i; })) == 13);
 i = 1; mc_assert(a[({ i++; })] == 6 && i == 2);
 i = 0; mc_assert((i < ({ i = -1; 1; })));
 i = 2; i += ({ i = 7; 1; }); mc_assert(i == 3);
 i = 0; a[i] = ({ i = 2; 40; }); mc_assert(a[0] == 40);
}
