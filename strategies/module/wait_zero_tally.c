// mc: title sleep until the sum is zero, while holders take further references
// mc: source Linux 2.6.27 to 2.6.33, with __module_get() as in set_binfmt() of 2.6.32; repaired by incs_decs
// mc: source the run is reconstructed from the message of that repair, commit 5fbfb18d7a5b
// mc: learn a reference taken on a CPU that was summed, and put on one that was not yet, shows as a put without its get
// mc: learn without __module_get() nothing counts up after the grace period, and the same sum is right
// mc: expect * verified
// mc: expect nested violated final-put-while-held
// mc: expect rt-hog violated hang

#define FAULT_TALLY
#include "wait_zero.c"
