// mc: title a spinlock for each CPU: a get takes its own, an unload takes all
// mc: source Linux 2.6.36, include/linux/lglock.h (commit 2dc91abe03d8, Nick Piggin); counts as in fs/namespace.c of 2.6.38 (commit b3e19d924b6e)
// mc: source here with interrupts off, since a handler gets and puts, too
// mc: learn a reader writes nothing that another CPU writes while nobody unloads; a writer pays for all of them
// mc: learn with every lock held nobody is between the look at the state and the count, and no CPU was halted for it
// mc: learn writers take the locks in one order, or two of them wait for each other
// mc: expect * verified

#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>

enum state { LIVE, GOING };

struct object {
	enum state state;
	int ref[NR_CPUS];
};

static struct object obj;
static DEFINE_PER_CPU(spinlock_t, lock);

#ifdef HOTPLUG
/* All but the last CPU, which comes up when something first runs there. */
static cpumask_t online = cpu_possible_mask & ~cpumask_of(NR_CPUS - 1);

static void come_up(void)
{
	// mc: why check locks of all possible CPUs do not depend on when they come up
	if (smp_processor_id() == NR_CPUS - 1) {
		mc_cover(true);
		WRITE_ONCE(online, cpu_possible_mask);
	}
}
#else
static void come_up(void)
{
}
#endif

#if defined(FAULT_ONLINE)
#define for_each_lock(cpu)	for_each_cpu_ordered(cpu, READ_ONCE(online))
#elif defined(FAULT_ANY_ORDER)
#define for_each_lock(cpu)	for_each_possible_cpu(cpu)
#else
#define for_each_lock(cpu)	for_each_possible_cpu_ordered(cpu)
#endif

static void br_write_lock(void)
{
	int cpu;

	local_irq_disable();
	// mc: why check every CPU is in the mask of those that are possible
	for_each_lock(cpu)
		spin_lock(&per_cpu(lock, cpu));
}

static void br_write_unlock(void)
{
	int cpu;

	// mc: why check as in br_write_lock()
	for_each_lock(cpu)
		spin_unlock(&per_cpu(lock, cpu));
	local_irq_enable();
}

mc_get bool object_get(void)
{
	unsigned long flags;
	bool ok;

	local_irq_save(flags);
	come_up();
	spin_lock(this_cpu_ptr(lock));
	ok = READ_ONCE(obj.state) == LIVE;
	// mc: why check once it is going nobody sums again: a count too many for a get that failed is not seen
	if (ok)
		// mc: why split with interrupts off nobody else changes the count of this CPU
		this_cpu_inc(obj.ref);
	spin_unlock(this_cpu_ptr(lock));
	local_irq_restore(flags);
	return ok;
}

/* Perhaps on another CPU than the get: the sum counts. */
mc_put void object_put(void)
{
	unsigned long flags;

	local_irq_save(flags);
	come_up();
	// mc: why lock gets are held off by theirs, and a put alone can only make the sum smaller: one that it missed makes the unload refuse
	spin_lock(this_cpu_ptr(lock));
	// mc: why split as in object_get()
	this_cpu_dec(obj.ref);
	spin_unlock(this_cpu_ptr(lock));
	local_irq_restore(flags);
}

mc_unload bool object_remove(void)
{
	int cpu, sum = 0;
	bool idle;

	br_write_lock();
	for_each_possible_cpu_ordered(cpu)
		sum += READ_ONCE(per_cpu(obj.ref, cpu));
	idle = sum == 0;
	mc_cover(!idle);
	if (idle) {
		WRITE_ONCE(obj.state, GOING);
		mc_final_put(&obj);
	}
	br_write_unlock();
	return idle;
}

/* The locks have other writers than the one that unloads. */
mc_thread(1, MC_OTHER) void other_writer(void)
{
	// mc: why lock what it would write is not here; it is here to meet the other one
	br_write_lock();
	br_write_unlock();
}
