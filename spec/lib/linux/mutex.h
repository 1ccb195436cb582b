#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/atomic.h>

struct mutex {
	int locked;
};

#define DEFINE_MUTEX(name)	struct mutex name = { 0 }
#define mutex_init(lock)	WRITE_ONCE((lock)->locked, 0)
#define mutex_is_locked(lock)	(READ_ONCE((lock)->locked) != 0)

/* A contended mutex sleeps, and so frees its CPU. */
static inline void mutex_lock(struct mutex *lock)
{
	mc_sleep_until(__mc_cmpxchg(&lock->locked, 0, 1, MC_ACQUIRE) == 0);
	__mc_lock(lock);
}

/* No signal comes. */
static inline int mutex_lock_interruptible(struct mutex *lock)
{
	mutex_lock(lock);
	return 0;
}

static inline bool mutex_trylock(struct mutex *lock)
{
	if (__mc_cmpxchg(&lock->locked, 0, 1, MC_ACQUIRE) != 0)
		return false;
	__mc_lock(lock);
	return true;
}

static inline void mutex_unlock(struct mutex *lock)
{
	int was = __mc_xchg(&lock->locked, 0, MC_RELEASE);

	__mc_assert(was == 1, "mutex_unlock of a mutex that is not held");
	__mc_unlock(lock);
}

#define mutex_lock_killable(lock)	mutex_lock_interruptible(lock)

#endif
