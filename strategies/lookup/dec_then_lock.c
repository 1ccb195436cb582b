// mc: title put to zero, then take the lock
// mc: source the order that commits 1ebebea8e844 (mac80211), 5e11934d13c9 (NFS) and cbe9352fa08f (tty) repaired
// mc: learn dec-and-test followed by a lock is not dec-and-lock: a lookup in between revives a dead object
// mc: expect * violated
// mc: expect basic violated get-after-final-put

#define FAULT_DEC_THEN_LOCK
#include "atomic_dec_and_lock.c"
