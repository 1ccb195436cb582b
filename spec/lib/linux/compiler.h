#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#include <mc.h>
#include <linux/types.h>

#define likely(x)	(!!(x))
#define unlikely(x)	(!!(x))
#define barrier()	do { } while (0)
#define __must_check
#define __always_inline	inline
#define __user
#define __rcu
#define __percpu
#define __init
#define __exit
#define __read_mostly
#define ____cacheline_aligned_in_smp
#define __acquires(x)
#define __releases(x)

/* One marked access, a step each. */
#define READ_ONCE(x)		((__typeof__(x))__mc_load(&(x), MC_RELAXED))
#define WRITE_ONCE(x, v)	__mc_store(&(x), (long)(v), MC_RELAXED)
#define ACCESS_ONCE(x)		READ_ONCE(x)

#define smp_load_acquire(p)	((__typeof__(*(p)))__mc_load((p), MC_ACQUIRE))
#define smp_store_release(p, v)	__mc_store((p), (long)(v), MC_RELEASE)

/* Fences: steps of their own. */
#define smp_mb()		__mc_fence(MC_FULL)
#define smp_rmb()		__mc_fence(MC_ACQUIRE)
#define smp_wmb()		__mc_fence(MC_RELEASE)
#define smp_mb__before_atomic()	__mc_fence(MC_FULL)
#define smp_mb__after_atomic()	__mc_fence(MC_FULL)

/*
 * A turn of a loop that waits. A step that leads back to the very same state
 * is not taken: the thread spins, and keeps its CPU, until something changes.
 */
#define cpu_relax()	do { } while (0)

#define smp_cond_load_acquire(p, condition)	({			\
	__typeof__(*(p)) VAL;						\
	while (1) {							\
		VAL = smp_load_acquire(p);				\
		if (condition)						\
			break;						\
		cpu_relax();						\
	}								\
	VAL;								\
})

#endif
