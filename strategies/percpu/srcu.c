// mc: title readers that count themselves on their CPU, and may sleep: SRCU
// mc: source Linux 2.6.19 to 3.3, kernel/srcu.c (Paul McKenney)
// mc: learn counts that are read one after the other are the count of no moment, unless they only go down
// mc: learn so the index is flipped, and all who may have read the old one are waited for; then that only goes down
// mc: learn a reference is a read-side section: only readers of this domain hold the unload up
// mc: expect * verified

#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

/*
 * What linux/srcu.h does, written out, so that each line of it can be taken away.
 * There is one who waits at a time, so no mutex.
 */

struct object {
	int data;
};

static struct object obj;
static struct object *published = &obj;
static int counts[2][NR_CPUS];
static int completed;

static int read_lock(void)
{
	int idx;

	preempt_disable();
	idx = READ_ONCE(completed) & 1;
	this_cpu_inc(counts[idx]);
	preempt_enable();
	return idx;
}

static void read_unlock(int idx)
{
	// mc: why preempt one operation finds its CPU by itself, and nobody waits for it to be over
	preempt_disable();
	this_cpu_dec(counts[idx]);
	preempt_enable();
}

mc_get int get(void)
{
	int idx = read_lock();

	if (!READ_ONCE(published)) {
		read_unlock(idx);
		return MC_FAIL;
	}
	return idx;
}

mc_put void put(int idx)
{
	read_unlock(idx);
}

static int readers(int idx)
{
	int cpu, sum = 0;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(counts[idx], cpu));
	return sum;
}

static void synchronize(void)
{
	int idx = READ_ONCE(completed) & 1;

	// mc: why grace it orders the stores before it and the flip for readers, which is so here
	synchronize_sched();
#ifndef FAULT_NO_FLIP
	WRITE_ONCE(completed, READ_ONCE(completed) + 1);
#ifndef FAULT_ONE_GRACE_PERIOD
	/* Whoever has read the old index has counted by the end of it. */
	synchronize_sched();
#endif
#endif
	while (readers(idx) != 0)
		mc_cover(true);
	// mc: why grace it orders what readers read before their last store, which is so here
	synchronize_sched();
}

mc_unload bool retire(void)
{
	if (!xchg(&published, NULL))
		return false;
	synchronize();
	mc_release(&obj);
	return true;
}
