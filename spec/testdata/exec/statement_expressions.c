// mc: title and their values
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>

struct s { int a, b; };
struct s gs; int x;
static void set(int *p) { *p = 9; }
mc_thread(0, MC_OTHER) void t(void) {
 struct s v = ({ struct s t = { 1, 2 }; x = 1; t; });
 mc_assert(v.a == 1 && v.b == 2);
 int q = ({ int w; set(&w); w; }); mc_assert(q == 9);
 gs = ({ struct s t = { 3, 4 }; t; }); mc_assert(gs.b == 4);
 mc_assert(({ gs; }).a == 3);
}
