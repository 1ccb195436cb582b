// mc: title types and values of ?:
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>

struct s { int a; struct s *n; };
struct s s1 = { 4 }, s2 = { 5, &s1 };
int x; long l; unsigned u = 1;
mc_thread(0, MC_OTHER) void t(void) {
 struct s *p = &s2;
 mc_assert((x ? NULL : p) == &s2); mc_assert((x ? p : NULL) == NULL);
 p = x ? NULL : p; mc_assert(p->n->a == 4);
 mc_assert((p ?: &s1)->a == 5);
 mc_assert((x ? -1 : u) == 1); l = x ? u : -1; mc_assert(l == 4294967295);
 x = 3; mc_assert((x++ ?: 7) == 3); mc_assert(x == 4);
 l = (x ? (x == 4 ? 1 : 2) : (x == 5 ? 3: 4)); mc_assert(l == 1);
 void *vp = x ? (void *)p : NULL; mc_assert(vp == p);
 mc_assert((x ? x > 3 ? -1 : 1 : 5u) > 100);
}
