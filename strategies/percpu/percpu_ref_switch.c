// mc: title a percpu_ref that becomes one counter to be looked at, and counts for each CPU again
// mc: source Linux 4.x, lib/percpu-refcount.c: percpu_ref_switch_to_atomic_sync(), percpu_ref_switch_to_percpu()
// mc: learn the way back needs no grace period: the CPUs' counts are zeroed while nobody uses them, and only then is the mode stored
// mc: learn while it is one counter nobody is refused; an unload that is costs a grace period
// mc: expect * verified

#define SWITCH
#include "percpu_ref.c"
