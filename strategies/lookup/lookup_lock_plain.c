// mc: title a lookup that holds the lock with interrupts on
// mc: source lookup_lock with spin_lock() where spin_lock_irqsave() belongs
// mc: learn a handler that spins for a lock held by whom it interrupted spins for ever
// mc: learn as long as no handler gets or puts, the plain form is right, and cheaper
// mc: expect * verified
// mc: expect irq violated deadlock

#define FAULT_PLAIN_LOCK
#include "lookup_lock.c"
