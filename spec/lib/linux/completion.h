#ifndef _LINUX_COMPLETION_H
#define _LINUX_COMPLETION_H

#include <linux/atomic.h>

struct completion {
	int done;
};

#define DECLARE_COMPLETION(name)	struct completion name = { 0 }
#define init_completion(x)		WRITE_ONCE((x)->done, 0)
#define reinit_completion(x)		WRITE_ONCE((x)->done, 0)
#define complete(x)			((void)__mc_fetch_add(&(x)->done, 1, MC_RELEASE))
#define complete_all(x)			__mc_store(&(x)->done, 0x3fffffff, MC_RELEASE)
#define completion_done(x)		(READ_ONCE((x)->done) != 0)

static inline void wait_for_completion(struct completion *x)
{
	mc_sleep_until(__mc_dec_if_positive(&x->done, MC_ACQUIRE) > 0);
}

/* No signal comes. */
static inline int wait_for_completion_interruptible(struct completion *x)
{
	wait_for_completion(x);
	return 0;
}

static inline bool try_wait_for_completion(struct completion *x)
{
	return __mc_dec_if_positive(&x->done, MC_ACQUIRE) > 0;
}

#endif
