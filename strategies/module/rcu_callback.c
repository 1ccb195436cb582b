// mc: title a put that leaves work to call_rcu(), and rcu_barrier() before the free
// mc: source Jesper Brouer's series of June 2009, which put rcu_barrier() into the unload of modules that use call_rcu()
// mc: learn the code of a callback is part of the module: it must have run, not only be allowed to run
// mc: learn a reference that is dropped after the callback is queued lets the unload know that no more will come
// mc: expect * verified

#include <linux/atomic.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>

/* The count is the simplest one that works: it is not what this is about. */
struct module {
	atomic_t refcnt;
};

/* Something the module allocated, so no part of it. */
struct entry {
	struct rcu_head rcu;
	bool queued;
};

static struct module mod = { .refcnt = ATOMIC_INIT(1) };	/* the owner's */
static struct entry entry;
static struct module *modules = &mod;
static DEFINE_MUTEX(module_mutex);

mc_pinned mc_get bool try_module_get(void)
{
	return atomic_inc_not_zero(&mod.refcnt);
}

/* Its text is the module's: running it touches the module. */
static void cleanup(struct rcu_head *head)
{
	struct entry *e = container_of(head, struct entry, rcu);

	mc_use(&mod);
	WRITE_ONCE(e->queued, false);
}

mc_put void module_put(void)
{
	if (!xchg(&entry.queued, true))
		// mc: why at-once nobody reads the entry here; what is left to call_rcu() is there to come late
		call_rcu(&entry.rcu, cleanup);
	atomic_dec(&mod.refcnt);
}

mc_unload bool delete_module(void)
{
	mutex_lock(&module_mutex);
	if (!modules || atomic_cmpxchg(&mod.refcnt, 1, 0) != 1) {
		mutex_unlock(&module_mutex);
		return false;
	}
	mc_final_put(&mod);
	modules = NULL;
#ifdef FAULT_NO_BARRIER
	/* Callbacks may run after this. They may also run much later. */
	synchronize_rcu();
#else
	rcu_barrier();
#endif
	mutex_unlock(&module_mutex);
	mc_release(&mod);
	return true;
}
