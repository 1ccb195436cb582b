// mc: title assignment, nesting, layout
// mc: expect threads verified
#include <mc.h>
#include <linux/kernel.h>


struct empty { };
struct inner { char c; long l; };
struct outer { short s; struct empty nothing; struct inner in[2]; struct { int x, y; }; void *p; };
struct outer a, b = { 1, { }, { { 2, 3 }, { 4, 5 } }, { 6, 7 }, &a };
struct empty nothing, no_array[2][0], *is_nothing = &nothing;
struct list { struct list *next; } head = { &head };

static void fill(struct inner *in, int n)
{
	in->c = n;
	in->l = n + 1;
}

mc_thread(0, MC_OTHER) void t(void)
{
	struct empty local, *p = &local;
	struct outer copy;
	struct inner *in = &copy.in[1];

	a = b;
	mc_assert(a.s == 1 && a.in[0].c == 2 && a.in[1].l == 5 && a.x == 6 && a.y == 7 && a.p == &a);
	copy = a;
	fill(in, 200);
	mc_assert(copy.in[1].c == (char)200 && copy.in[1].l == 201 && copy.in[0].l == 3);
	a.in[0] = *in;
	b = a = copy;
	mc_assert(b.in[1].l == 201 && b.in[0].l == 3 && a.in[0].l == 3);
	mc_assert(sizeof(struct outer) == 56 && sizeof(struct inner) == 16 && sizeof(a.in) == 32);
	mc_assert(__builtin_offsetof(struct outer, in) == 8 && __builtin_offsetof(struct outer, y) == 44);
	mc_assert(__builtin_offsetof(struct outer, in[1].l) == 32);
	mc_assert(container_of(&b.in[1].l, struct outer, in[1].l) == &b);
	mc_assert(container_of(&b.y, struct outer, y)->s == 1);
	mc_assert(head.next->next == &head);
	nothing = local;
	mc_assert((void *)is_nothing != &a && is_nothing == &nothing && p == &local && p != is_nothing);
	mc_assert(sizeof(nothing) == 0);
	mc_assert(ARRAY_SIZE(a.in) == 2);
}
