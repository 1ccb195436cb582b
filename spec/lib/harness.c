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
