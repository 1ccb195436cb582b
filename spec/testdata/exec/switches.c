// mc: title ranges, fallthrough, nesting, negative values
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>

int x; 
static int sw(int v) { int r = 0;
 switch (v) { case -5 ... -2: r = 1; break; case -1: r = 2; case 0: r += 3; break; case 1: { switch (x) { case 0: r = 10; break; default: r = 11; } r++; } break; case 7 ... 9: case 20: r = 4; break; default: r = 5; } return r; }
static int swu(unsigned char v) { switch (v) { case 255: return 1; case 128 ... 130: return 2; } return 3; }
static int swl(unsigned long v) { switch (v) { case -1: return 1; case 1: return 2; default: return 3; } }
static int duff(int n) { int c = 0; switch (n) { do { case 3: c++; x = x; case 2: c++; case 1: c++; } while (x == 1); } return c; }
mc_thread(0, MC_OTHER) void t(void) { 
 int q = -5; x = 0; 
 mc_assert(sw(-5) == 1 && sw(-2) == 1 && sw(-1) == 5 && sw(0) == 3 && sw(1) == 11 && sw(8) == 4 && sw(20) == 4 && sw(21) == 5 && sw(-6) == 5);
 x = 1; mc_assert(sw(1) == 12); mc_assert(sw(x) == 12); x = -3; mc_assert(sw(x) == 1); x = 21; mc_assert(sw(x) == 5);
 mc_assert(swu(255) == 1 && swu(129) == 2 && swu(1) == 3); x = -1; mc_assert(swu(x) == 1); mc_assert(swl(x) == 1);
 x = 0; mc_assert(duff(3) == 3 && duff(1) == 1 && duff(0) == 0);
}
