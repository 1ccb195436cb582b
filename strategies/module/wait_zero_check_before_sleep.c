// mc: title count, then say that one is about to sleep
// mc: source wait_zero with the two lines of wait_for_zero_refcount() the other way round
// mc: learn a wake-up between the look and the declaration wakes nobody: who sleeps says so first, then looks
// mc: expect * violated deadlock

#define FAULT_CHECK_BEFORE_SLEEP
#include "wait_zero.c"
