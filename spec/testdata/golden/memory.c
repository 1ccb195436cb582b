#include <mc.h>
#include <linux/kernel.h>

/* Layout and initial values; pointers to members; containers. */
enum kind { NONE, SOME = 3 };
struct node {
	enum kind kind;
	struct node *next;
	struct { int x, y; } at[2];
};
struct node nodes[2] = { { SOME, &nodes[1], { [1].y = 4 } }, { .at = { { 1 }, { 2, 3 } } } };
struct node *first = nodes;
int *member = &nodes[0].at[1].y;
static const int squares[] = { 0, 1, 4, [5 ... 6] = 30 };
int which = ARRAY_SIZE(squares);
int unused[100];
_Bool set = 17;
unsigned char byte = -1;

mc_thread(0, MC_OTHER) void t(void)
{
	struct node *n = container_of(&first->next->at[0].x, struct node, at[0].x);
	int *p = member;

	n->kind = SOME;
	*p = squares[which];
	p[-1] = 2;
	first->at[which].x++;
	if (n->next == NULL || n == first)
		nodes[1].next = n;
	byte = set;
}
