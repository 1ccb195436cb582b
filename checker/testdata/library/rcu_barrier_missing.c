// mc: title A module waits for a grace period, and not for its callbacks
// mc: learn A grace period is not enough: it says that the callback may run, not that it has
// mc: expect threads violated use-after-release

#include <linux/rcupdate.h>
#include <linux/slab.h>

/* The code of the callback is memory of the module. */
static struct module { int text; } mod;
static struct object { struct rcu_head rcu; } obj;

static void object_free(struct rcu_head *head)
{
	mc_use(&mod);
}

mc_thread(0, MC_OTHER) static void module_exit_and_free(void)
{
	call_rcu(&obj.rcu, object_free);
	synchronize_rcu();
	kfree(&mod);
}
