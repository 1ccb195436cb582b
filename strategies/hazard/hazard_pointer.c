// mc: title hazard pointers: publish which object is about to be used, then look again
// mc: source Maged Michael, "Hazard pointers: safe memory reclamation for lock-free objects", IEEE TPDS 2004
// mc: source with slots for each CPU, which a get may find busy, as in the series that was posted for Linux in 2024
// mc: learn a pointer that is still published after the slot was written had not been retired when the scan began
// mc: learn a get writes a line of its own CPU; the reclaimer reads the slots of all, and waits only for those that name its object
// mc: learn on hardware both sides need a full barrier between their store and their load; here stores take effect at once, so their absence is not seen
// mc: expect * verified

#include <linux/atomic.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/percpu.h>

/* How many references the battery holds on one CPU at most. */
#define SLOTS	(1 + MC_NESTED + MC_IRQ)

struct hazard {
	struct object *slot[SLOTS];
};

struct object {
	int data;
};

static struct object obj;
static struct object *published = &obj;
static DEFINE_PER_CPU(struct hazard, hazard);

/* Says so in a free slot of this CPU, or returns MC_FAIL: they are all taken. */
static int protect(struct object *o)
{
	unsigned long flags;
	int cpu, i, token = MC_FAIL;

	/* A handler would look for a slot, too. */
	local_irq_save(flags);
	cpu = smp_processor_id();
	for (i = 0; i < SLOTS; i++) {
		if (READ_ONCE(per_cpu(hazard, cpu).slot[i]))
			continue;
		WRITE_ONCE(per_cpu(hazard, cpu).slot[i], o);
		token = cpu * SLOTS + i;
		break;
	}
	local_irq_restore(flags);
	return token;
}

/* A reference may be put on another CPU than it was got on. */
mc_put void hazard_put(int token)
{
	smp_store_release(&per_cpu(hazard, token / SLOTS).slot[token % SLOTS], NULL);
}

mc_get int hazard_get(void)
{
	struct object *o = READ_ONCE(published);
	int token;

	if (!o)
		return MC_FAIL;
#ifdef FAULT_REREAD_FIRST
	if (READ_ONCE(published) != o)
		return MC_FAIL;
#endif
	token = protect(o);
	// mc: why check there are as many slots as references on one CPU: none is ever missing
	if (token == MC_FAIL)
		return MC_FAIL;
#if !defined(FAULT_NO_REREAD) && !defined(FAULT_REREAD_FIRST)
	smp_mb();
	/* Retired meanwhile: perhaps the scan had passed this slot. */
	if (READ_ONCE(published) != o) {
		mc_cover(true);
		hazard_put(token);
		return MC_FAIL;
	}
#endif
	return token;
}

static void wait_for_readers(struct object *o)
{
	int cpu, i;

	for_each_possible_cpu(cpu)
		for (i = 0; i < SLOTS; i++)
			while (READ_ONCE(per_cpu(hazard, cpu).slot[i]) == o)
				cpu_relax();
}

/* Waits for holders; it never refuses, but to be called again. */
mc_unload bool retire(void)
{
	struct object *o;

#ifdef FAULT_SCAN_FIRST
	wait_for_readers(&obj);
	o = xchg(&published, NULL);
	if (!o)
		return false;
#else
	o = xchg(&published, NULL);
	if (!o)
		return false;
	smp_mb();
	wait_for_readers(o);
#endif
	mc_release(o);
	return true;
}
