// mc: title from everywhere
// mc: expect threads verified
#include <linux/kernel.h>
int x;
static int a(int v) { if (v) return 1; else return 2; }
static int b(int v) { switch (v) { case 1: return 1; default: return 2; } }
static int c(int v) { for (;;) { if (x == v) return 3; } }
static int d(int v) { while (1) { if (x == v) break; return 1; } return 2; }
static int e(int v) { if (v) return 1; BUG(); }
static int f(int v) { do { if (v) return 1; return 2; } while (0); }
static int g(int v) { if (v) goto out; return 2; out: return 1; }
mc_thread(0, MC_OTHER) void t(void) { x = 0; int v = a(x) + b(x) + c(0) + d(x) + e(1) + f(x) + g(x); mc_assert(v == 2+2+3+2+1+2+2); }
