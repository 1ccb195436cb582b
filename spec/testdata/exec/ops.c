// mc: title calls through pointers in memory
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>

struct ops { int (*get)(int); int (*put)(int); };
int x; int z;
static int a(int v) { x += v; return x; }
static int b(int v) { x -= v; z = 1; return x; }
static const struct ops ops = { .get = a, .put = b };
static const struct ops *p = &ops;
static struct ops tab[2] = { { a, b }, { .put = a, .get = b } };
mc_thread(0, MC_OTHER) void t(void) { mc_assert(p->get(3) == 3); mc_assert(p->put(1)==2); mc_assert(tab[1].get(2) == 0); mc_assert(tab[1].put != tab[0].put); mc_assert(ops.get == a); mc_assert(tab[0].get && !(tab[0].get == b)); mc_assert(z);}
