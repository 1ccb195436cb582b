/*
 * harness.c: the most general client of a strategy. Every program with roles
 * has these threads; the scenario says how many of each and where.
 *
 * Pinned gets, the references a thread holds, unload attempts and the balance
 * of preemption and locks are recorded by the role calls themselves.
 */
#include <mc.h>

/* The roles of the model. A token is not 0 if the get gave a reference. */
long __mc_role_get(void);
int __mc_role_has_dup(void);
void __mc_role_dup(long token);
void __mc_role_put(long token);
int __mc_role_unload(void);
/* Waits until a role call of another thread has ended since the attempt began. */
void __mc_await_call(void);

#if MC_HANDOVER
/*
 * A reference that one getter hands to the next; a slot for one at a time.
 */
#define __MC_EMPTY	0L
#define __MC_NOTHING	(-0x7fffffffffffffffL - 1)	/* the get failed */
static long __mc_slot;

/* Gets, MC_GETS times, and leaves it to another to put. */
static void __mc_giver(void)
{
	for (int round = 0; round < MC_GETS; round++) {
		long token = __mc_role_get();

		if (!token)
			token = __MC_NOTHING;
		mc_sleep_until(__mc_cmpxchg(&__mc_slot, __MC_EMPTY, token, MC_FULL) == __MC_EMPTY);	/* hands it on */
	}
}

static void __mc_taker(void)
{
	for (int round = 0; round < MC_GETS; round++) {
		long token;

		/* No get starts once the object is gone. */
		mc_idle_until((token = __mc_xchg(&__mc_slot, __MC_EMPTY, MC_FULL)) != __MC_EMPTY);	/* takes it over */
		if (token != __MC_NOTHING)
			__mc_role_put(token);
	}
}
#endif

#if MC_IRQ
/* A reference that a handler left to a getter. */
static long __mc_irq_slot;

/*
 * An interrupt on a getter's CPU that gets, and puts itself or leaves that to a
 * getter: what comes back to where it was when the handler returns would hide
 * a count that the handler cut into.
 */
static void __mc_irq_getter(void)
{
	long token = __mc_role_get();

	if (!token)
		return;
#if !MC_HANDOVER
	if (mc_choose(2)) {
		__mc_store(&__mc_irq_slot, token, MC_RELEASE);	/* leaves it to a getter */
		return;
	}
#endif
	__mc_role_put(token);
}
#endif

/* Threads that never give up their CPU. */
static void __mc_hog_user(void)
{
	mc_hog();
}

static void __mc_hog_kernel(void)
{
	__mc_preempt(1);
	mc_hog();
}

/* Gets and puts, MC_GETS times; holds up to 1 + MC_NESTED references at once. */
static void __mc_getter(void)
{
#if MC_NESTED == 0
	for (int round = 0; round < MC_GETS; round++) {
		long token = __mc_role_get();

		if (token)
			__mc_role_put(token);
	}
#else
	for (int round = 0; round < MC_GETS; round++) {
		long token[MC_NESTED + 1];
		int held = 0;

		token[0] = __mc_role_get();
		if (!token[0])
			continue;
		for (held = 1; held <= MC_NESTED; held++) {
			if (__mc_role_has_dup()) {
				__mc_role_dup(token[0]);
				token[held] = token[0];
			} else {
				token[held] = __mc_role_get();
				if (!token[held])
					break;
			}
		}
		while (held > 0) {
			held--;
			__mc_role_put(token[held]);
		}
	}
#endif
#if MC_IRQ && !MC_HANDOVER
	long left;

	/* The handler may come now, or never. */
	mc_idle_until((left = __mc_xchg(&__mc_irq_slot, 0, MC_FULL)) != 0);	/* takes over what the handler left */
	__mc_role_put(left);
#endif
}

/*
 * Unloads, and tries again after a refusal as long as somebody else's call may
 * have changed something.
 */
static void __mc_unloader(void)
{
	while (!__mc_role_unload())
		__mc_await_call();
}
