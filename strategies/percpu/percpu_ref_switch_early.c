// mc: title a percpu_ref that counts for each CPU again before the counts are zero
// mc: source percpu_ref_switch with its last two parts the other way round
// mc: learn a get that is counted on a CPU and then wiped out is a get that nobody knows of
// mc: expect * violated

#define SWITCH
#define FAULT_SWITCH_EARLY
#include "percpu_ref.c"
