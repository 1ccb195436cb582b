// mc: title say GOING, count at once
// mc: source rcu without synchronize_sched()
// mc: learn whoever saw the module live a moment ago has yet to count itself
// mc: expect * violated get-after-final-put

#define FAULT_NO_GRACE_PERIOD
#include "rcu.c"
