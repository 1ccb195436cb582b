// mc: title a count that is marked as dead with a load and a store
// mc: source rcuref without its compare-and-swap
// mc: learn a get between the load and the store has revived the object, and is overwritten
// mc: expect * violated
// mc: expect basic violated final-put-while-held

#define FAULT_PLAIN_DEAD
#include "rcuref.c"
