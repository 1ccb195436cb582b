// mc: title a get with preemption on, a grace period that does not see it
// mc: source rcu, with a get that is no read-side section
// mc: learn a grace period waits for sections, not for code that should have been in one
// mc: expect * violated get-after-final-put

#define FAULT_READER_OUTSIDE
#include "rcu.c"
