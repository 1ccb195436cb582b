#include <mc.h>

/* Calls are inlined; a call by a pointer in memory is a choice. */
struct ops { int (*get)(int); void (*put)(void); };
int x;

static int twice(int v) { return 2 * v; }
static int plus(int v) { x += v; return x; }
static void nothing(void) { }
static const struct ops fast = { twice, nothing }, slow = { .get = plus };
const struct ops *ops = &fast;

static int counter(void)
{
	static int calls = 3;

	return calls++;
}

static int early(int v)
{
	if (v < 0)
		return 0;
	while (x)
		if (x == v)
			return v;
	v++;
	return v;
}

static int call(int (*f)(int), int v) { return f(v); }

mc_thread(0, MC_OTHER) void t(void)
{
	x = twice(x);
	x = call(plus, 4) + call(&twice, 5);
	x = ops->get(x);
	if (ops->put)
		ops->put();
	x = counter() + counter();
	x = early(x);
	if (ops->get == plus)
		ops = &slow;
}
