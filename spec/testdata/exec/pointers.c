// mc: title and arrays
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>

int a[4] = { 1, 2, 3, 4 }; int *p = a; int **pp = &p; int g2[2][3]; 
struct n { int v; struct n *next; int arr[2]; } nodes[3] = { { 1, &nodes[1] }, { 2, &nodes[2] }, { 3 } };
static int sum(int v[], unsigned n) { int s = 0; for (unsigned i = 0; i < n; i++) s += v[i]; return s; }
static int at(int v[2][3], int i, int j) { return v[i][j]; }
mc_thread(0, MC_OTHER) void t(void) {
 unsigned one = 1; 
 mc_assert(**pp == 1); p++; mc_assert(**pp == 2); *pp += 2; mc_assert(*p == 4); p = p - one; mc_assert(*p == 3); p -= one; mc_assert(*p == 2);
 --*pp; mc_assert(p == a); mc_assert(p[2] == 3 && 2[p] == 3 && *(p + 3) == 4); mc_assert(sum(a, 4) == 10); mc_assert(sum(a + 1, 2) == 5);
 g2[1][2] = 6; mc_assert(at(g2, 1, 2) == 6); int (*row)[3] = g2; mc_assert(row[1][2] == 6); mc_assert((*(row + 1))[2] == 6); mc_assert(*(*(g2 + 1) + 2) == 6);
 struct n *q = nodes; mc_assert(q->next->next->v == 3); mc_assert(q->next->next->next == NULL); q++; mc_assert(q->v == 2); mc_assert((q + 1)->v == 3); (*q).arr[1] = 5; mc_assert(nodes[1].arr[1] == 5);
 int *last = &nodes[1].arr[1]; mc_assert(container_of(last, struct n, arr[1]) == q); 
 struct n *w = container_of(&nodes[2].next, struct n, next); mc_assert(w == &nodes[2]); mc_assert(w->v == 3);
 p = &a[2]; int *e = p + 1; mc_assert(e != p);
}
