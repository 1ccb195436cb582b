// mc: title of static variables
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>

enum e { A, B = 5, C };
struct in { int a, b; short c[3]; };
struct out { struct in x; enum e e; struct in y[2]; int *p; unsigned char last; };
static int tgt[4] = { [2] = 7, 8 };
static struct out o = { .x = { 1, 2, { 3, [2] = 5 } }, .e = C, .y[1].c[1] = 9, .y[0] = { .b = 4 }, .p = &tgt[2], .last = 300 };
static int m[2][3] = { 1, 2, 3, 4 };
static int mm[2][3] = { { 1 }, { 2, 3 } };
static struct out *po = &o;
static int r[6] = { [0 ... 3] = 4, 5 };
static struct in flat[2] = { 1, 2, 3, 4, 5, 6 };
mc_thread(0, MC_OTHER) void t(void) { 
mc_assert(tgt[2] == 7 && tgt[3] == 8 && tgt[0] == 0);
mc_assert(o.x.a == 1 && o.x.b == 2 && o.x.c[0] == 3 && o.x.c[1] == 0 && o.x.c[2] == 5);
mc_assert(po->e == C && po->e == 6); mc_assert(po->y[1].c[1] == 9); mc_assert(po->y[0].b == 4); mc_assert(*o.p == 7); mc_assert(o.last == 44);
mc_assert(m[1][0] == 4 && m[0][2] == 3 && m[1][1] == 0); mc_assert(mm[1][1] == 3 && mm[0][1] == 0);
mc_assert(flat[0].c[2] == 5 && flat[1].a == 6);
mc_assert(r[0] == 4); mc_assert(r[3] == 4); mc_assert(r[4] == 5);mc_assert(r[1] == 4);
}
