// mc: title a lookup under RCU that counts up whatever it finds
// mc: source repaired in Linux by b19cbe2a1695 (bridge, 2.6.21), de09a9771a53 (credentials, 2.6.35) and 7fa7cb7109d0 (fib rules, 2.6.37)
// mc: learn RCU keeps the memory, not the object: a count that goes up from zero revives what has been given up
// mc: learn a refcount_t sticks there and warns, but the caller has a dead object all the same
// mc: expect * violated get-after-final-put

#define FAULT_PLAIN_GET
#include "kref.c"
