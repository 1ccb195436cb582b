// Interrupts off and on again, and a handler that gets: see scenario irq.
#include <linux/irqflags.h>
#include <linux/atomic.h>

static atomic_t refs = ATOMIC_INIT(1);
static int obj, gets;

mc_get bool obj_get(void)
{
	unsigned long flags;

	local_irq_save(flags);
	gets++;
	local_irq_restore(flags);
	return atomic_inc_not_zero(&refs);
}

mc_put void obj_put(void)
{
	if (atomic_dec_and_test(&refs))
		mc_final_put(&obj);
}

mc_unload bool obj_remove(void)
{
	local_irq_disable();
	obj_put();
	local_irq_enable();
	return true;
}
