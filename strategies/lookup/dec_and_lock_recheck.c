// mc: title put to zero, then take the lock, then look at the count again
// mc: source a repair of dec_then_lock that suggests itself, and is none
// mc: learn under the lock the count is zero again for a second one, too: both have taken it from one to zero
// mc: learn looking again at an object that another may have released is itself a use of it
// mc: expect * violated use-after-release

#define FAULT_RECHECK
#include "atomic_dec_and_lock.c"
