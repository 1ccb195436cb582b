// mc: title sleep until the sum is zero, then free without another stop
// mc: source wait_zero without the stop_machine() of free_module()
// mc: learn the sum is zero as soon as the last put has counted; its look at the state comes after that
// mc: expect * violated use-after-release

#define FAULT_FREE_AT_ONCE
#include "wait_zero.c"
