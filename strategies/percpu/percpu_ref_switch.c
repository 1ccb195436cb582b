// mc: title a percpu_ref that begins as one counter, and becomes counts for each CPU later
// mc: source Linux 3.18 and later, lib/percpu-refcount.c: percpu_ref_init() with PERCPU_REF_INIT_ATOMIC, percpu_ref_switch_to_percpu()
// mc: learn this way needs no grace period: the CPUs' counts are zeroed while nobody uses them, and only then is the mode stored
// mc: learn while it is one counter nobody is refused, and a get costs what it does there
// mc: expect * verified

#define SWITCH
#include "percpu_ref.c"
