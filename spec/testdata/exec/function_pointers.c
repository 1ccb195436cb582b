// mc: title calls through constant pointers
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>

int x;
static int f(void) { return ++x; }
static int g(void) { return x += 10; }
static int call(int (*fn)(void)) { return fn(); }
mc_thread(0, MC_OTHER) void t(void) { mc_assert((&f)() == 1); mc_assert((*f)() == 2); mc_assert(call(g) == 12); mc_assert(call(&f)==13); }
