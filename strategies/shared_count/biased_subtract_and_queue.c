// mc: title a drop that subtracts, and queues the object for the owner as well
// mc: source biased with a subtraction where the queue takes the reference over
// mc: learn a reference that the queue has must stay counted: dropped twice, it takes somebody else's along
// mc: expect * violated final-put-while-held

#define FAULT_SUBTRACT_AND_QUEUE
#include "biased.c"
