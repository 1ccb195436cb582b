// mc: title whoever takes the count to zero decides the final put
// mc: expect threads verified

#include <linux/atomic.h>

static int obj;
static atomic_t count = ATOMIC_INIT(1);

mc_thread(0, MC_OTHER) static void holder(void)
{
	if (!atomic_inc_not_zero(&count))
		return;
	mc_got(&obj);
	mc_putting(&obj);
	if (atomic_dec_and_test(&count))
		mc_final_put(&obj);
}

mc_thread(1, MC_OTHER) static void owner(void)
{
	if (atomic_dec_and_test(&count))
		mc_final_put(&obj);
}
