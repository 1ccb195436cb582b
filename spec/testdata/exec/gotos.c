// mc: title into and out of scopes
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>

int x; int *sh;
static void set(int *p) { *p = 4; }
mc_thread(0, MC_OTHER) void t(void) {
 int n = 0;
again:
 {
   int v = 0; sh = &v; *sh = 5;
   set(&v);
   n++; 
   if (n < 3) goto again;
   if (n == 3) goto inner;
 }
 { int w; int *pw;
 w = 1;
inner:
   pw = &w; sh = pw; *pw = 3; mc_assert(w == 3); mc_assert(*sh == 3);
 }
 switch (n) { int q; case 3: sh = &q; *sh = 8; mc_assert(q == 8); x++; break; default: x = 100; }
 mc_assert(x == 1);
}
