// mc: title say GOING, count, then wait for the grace period
// mc: source rcu with two lines the other way round
// mc: learn the grace period belongs between the announcement and the decision; before the free is too late
// mc: expect * violated get-after-final-put

#define FAULT_CHECK_FIRST
#include "rcu.c"
