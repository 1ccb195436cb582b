// mc: title per-CPU counts, summed while others count
// mc: source stop_machine without the stop
// mc: learn a sum over counters that move is the sum of no moment
// mc: learn even a right sum is old by the time the state is written
// mc: expect * violated
// mc: expect basic violated get-after-final-put
// mc: expect same-cpu violated get-after-final-put

#define FAULT_NO_STOP
#include "stop_machine.c"
