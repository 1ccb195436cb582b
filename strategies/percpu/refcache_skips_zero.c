// mc: title a tick that does not flush differences of zero
// mc: source Refcache as it was published at EuroSys 2013, and as it was in its public source until commit 102fd1ed2766
// mc: learn a reference that goes to and fro just ahead of each flush shows as zero on every core that is asked
// mc: learn a core with a difference of zero has had the object in hand: that is what the flush must tell
// mc: expect * violated final-put-while-held

#define FAULT_SKIPS_ZERO
#include "refcache.c"
