// mc: title synchronize_srcu() inside a section of the same domain never ends
// mc: expect threads violated hang

#include <linux/srcu.h>

DEFINE_STATIC_SRCU(srcu);

mc_thread(0, MC_OTHER) static void reader(void)
{
	int idx = srcu_read_lock(&srcu);

	synchronize_srcu(&srcu);
	srcu_read_unlock(&srcu, idx);
}
