// mc: title of locals
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>

enum e { A, B = 5, C };
struct in { int a, b; short c[3]; };
struct out { struct in x; enum e e; struct in y[2]; int *p; unsigned char last; };
int tgt[4]; int g;
mc_thread(0, MC_OTHER) void t(void) { 
 g = 3;
 struct out o = { .x = { 1, g, { 3, [2] = 5 } }, .e = C, .y[1].c[1] = 9, .y[0] = { .b = 4 }, .p = &tgt[2], .last = 300 };
 int m[2][3] = { 1, 2, 3, 4 };
 struct in cpy = o.x;
 struct out o2 = { .x = cpy, .y = { cpy, { 1 } } };
 struct in flat[2] = { 1, 2, 3, 4, 5, 6 };
 int r[6] = { [0 ... 3] = 4, 5 };
 int one = { 7 };
mc_assert(o.x.a == 1 && o.x.b == 3 && o.x.c[0] == 3 && o.x.c[1] == 0 && o.x.c[2] == 5);
mc_assert(o.e == C && o.e == 6); mc_assert(o.y[1].c[1] == 9); mc_assert(o.y[0].b == 4); mc_assert(o.p == &tgt[2]); mc_assert(o.last == 44);
mc_assert(m[1][0] == 4 && m[0][2] == 3 && m[1][1] == 0);
mc_assert(o2.x.b == 3 && o2.y[0].c[2] == 5 && o2.y[1].a == 1 && o2.y[1].b == 0);
mc_assert(flat[0].c[2] == 5 && flat[1].a == 6); mc_assert(one == 7);
mc_assert(r[0] == 4); mc_assert(r[3] == 4); mc_assert(r[4] == 5);
}
