// mc: title say GOING, and sum at once
// mc: source wait_zero without the synchronize_sched() of commit da39ba5e1d65
// mc: learn a get that saw the module live has yet to count itself when the sum is zero
// mc: expect * violated get-after-final-put

#define FAULT_NO_GRACE_PERIOD
#include "wait_zero.c"
