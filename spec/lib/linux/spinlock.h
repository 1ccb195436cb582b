#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/preempt.h>
#include <linux/irqflags.h>
#include <linux/atomic.h>
#include <linux/kernel.h>

typedef struct spinlock {
	int locked;
} spinlock_t;

#define __SPIN_LOCK_UNLOCKED(name)	{ 0 }
#define DEFINE_SPINLOCK(name)		spinlock_t name = { 0 }
#define spin_lock_init(lock)		WRITE_ONCE((lock)->locked, 0)
#define spin_is_locked(lock)		(READ_ONCE((lock)->locked) != 0)
#define assert_spin_locked(lock)	BUG_ON(!spin_is_locked(lock))

/* A contended lock spins, with preemption off, and so keeps its CPU. */
static inline void spin_lock(spinlock_t *lock)
{
	preempt_disable();
	while (__mc_cmpxchg(&lock->locked, 0, 1, MC_ACQUIRE) != 0)
		cpu_relax();
	__mc_lock(lock);
}

static inline bool spin_trylock(spinlock_t *lock)
{
	preempt_disable();
	if (__mc_cmpxchg(&lock->locked, 0, 1, MC_ACQUIRE) == 0) {
		__mc_lock(lock);
		return true;
	}
	preempt_enable();
	return false;
}

static inline void spin_unlock(spinlock_t *lock)
{
	int was = __mc_xchg(&lock->locked, 0, MC_RELEASE);

	__mc_assert(was == 1, "spin_unlock of a lock that is not held");
	__mc_unlock(lock);
	preempt_enable();
}

/*
 * With interrupts off as well: for a lock that a handler takes, too. A handler
 * that spins for a plain lock held by whom it interrupted spins for ever.
 */
static inline void spin_lock_irq(spinlock_t *lock)
{
	local_irq_disable();
	spin_lock(lock);
}

static inline void spin_unlock_irq(spinlock_t *lock)
{
	spin_unlock(lock);
	local_irq_enable();
}

#define spin_lock_irqsave(lock, flags)		\
	do { local_irq_save(flags); spin_lock(lock); } while (0)

static inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	spin_unlock(lock);
	local_irq_restore(flags);
}

/*
 * Takes the lock only for the step from one to zero, and returns with it held:
 * lib/dec_and_lock.c. Whoever looks the object up and increments its count
 * under the same lock cannot come between that step and what follows it.
 */
static inline bool atomic_dec_and_lock(atomic_t *v, spinlock_t *lock)
{
	if (atomic_add_unless(v, -1, 1))
		return false;
	spin_lock(lock);
	if (atomic_dec_and_test(v))
		return true;
	spin_unlock(lock);
	return false;
}

static inline bool __atomic_dec_and_lock_irqsave(atomic_t *v, spinlock_t *lock, unsigned long *flags)
{
	if (atomic_add_unless(v, -1, 1))
		return false;
	spin_lock_irqsave(lock, *flags);
	if (atomic_dec_and_test(v))
		return true;
	spin_unlock_irqrestore(lock, *flags);
	return false;
}
#define atomic_dec_and_lock_irqsave(v, lock, flags)	\
	__atomic_dec_and_lock_irqsave((v), (lock), &(flags))

static inline bool spin_trylock_irq(spinlock_t *lock)
{
	local_irq_disable();
	if (spin_trylock(lock))
		return true;
	local_irq_enable();
	return false;
}

static inline bool __spin_trylock_irqsave(spinlock_t *lock, unsigned long *flags)
{
	local_irq_save(*flags);
	if (spin_trylock(lock))
		return true;
	local_irq_restore(*flags);
	return false;
}
#define spin_trylock_irqsave(lock, flags)	__spin_trylock_irqsave((lock), &(flags))

#endif
