// mc: title percpu_ref that adds up at once
// mc: source percpu_ref with this fault
// mc: learn who has looked at the mode may still count on its CPU, in no sum
// mc: expect * violated

#define FAULT_NO_GRACE_PERIOD
#include "percpu_ref.c"
