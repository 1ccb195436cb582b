// mc: title the final put is decided by who does not look at the count
// mc: expect threads violated final-put-while-held

#include <linux/atomic.h>

static int obj;
static atomic_t count = ATOMIC_INIT(1);

mc_thread(0, MC_OTHER) static void holder(void)
{
	if (!atomic_inc_not_zero(&count))
		return;
	mc_got(&obj);
	mc_putting(&obj);
	atomic_dec(&count);
}

mc_thread(1, MC_OTHER) static void owner(void)
{
	atomic_dec(&count);
	mc_final_put(&obj);
}
