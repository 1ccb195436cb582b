#include <linux/spinlock.h>
#include <linux/mutex.h>
#include <linux/percpu.h>

/* What the library is made of. */
static DEFINE_SPINLOCK(lock);
static DEFINE_MUTEX(mutex);
static DEFINE_PER_CPU(int, count);
int sum;

mc_init void setup(void)
{
	per_cpu(count, 1) = 2;
}

mc_invariant bool small(void)
{
	return sum < 10;
}

mc_thread(0, MC_OTHER) void a(void)
{
	spin_lock(&lock);
	this_cpu_inc(count);
	spin_unlock(&lock);
}

mc_thread(1, MC_OTHER) void b(void)
{
	int cpu;

	mutex_lock(&mutex);
	for_each_possible_cpu(cpu)
		sum += per_cpu(count, cpu);
	mutex_unlock(&mutex);
	mc_cover(sum == mc_choose(4));
	mc_assume(sum > 0);
}
