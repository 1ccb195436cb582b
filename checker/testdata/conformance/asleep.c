// A thread on every CPU, born asleep, which need not finish: the work of each is done
// or, at the end, nobody waits for it.
//
// outcome n=1

#include <linux/percpu.h>

static int n;
static DEFINE_PER_CPU(int, work);

mc_percpu_thread(MC_STOP) static void worker(void)
{
	for (;;) {
		mc_sleep_until(this_cpu_xchg(work, 0));
		__mc_fetch_add(&n, 1, MC_FULL);
	}
}

mc_thread(0, MC_OTHER) static void asks(void)
{
	per_cpu(work, 1) = 1;
}

mc_thread(1, MC_OTHER) static void there(void)
{
}
