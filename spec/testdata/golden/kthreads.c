// Threads of all classes: who is born asleep, who need not finish.
#include <linux/atomic.h>
#include <linux/irqflags.h>

static int work, done;

mc_kthread(1, 50) static void worker(void)
{
	for (;;) {
		mc_sleep_until(xchg(&work, 0));
		WRITE_ONCE(done, 1);
	}
}

mc_percpu_thread(MC_STOP) static void stopper_thread(void)
{
	mc_idle_until(READ_ONCE(done));
}

mc_irq(1) static void handler(void)
{
	WRITE_ONCE(work, 1);
}

mc_thread(0, 99) static void hog(void)
{
	local_irq_disable();
	mc_hog();
}

mc_thread(1, 1) static void user(void)
{
	WRITE_ONCE(work, 1);
}
