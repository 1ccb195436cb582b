// mc: title a percpu_ref that is killed, waited for, and brought back: a queue that is frozen
// mc: source Linux 4.19, lib/percpu-refcount.c: percpu_ref_reinit(), percpu_ref_resurrect(); block/blk-mq.c freezes a queue with them
// mc: learn between zero and the way back nobody has a reference, and what they stand for may be changed
// mc: learn it may be brought back without waiting for zero, but not before the counts of the kill are added up
// mc: learn the last store, of the mode, has release semantics, which is not seen here: stores take effect in order
// mc: expect * verified

#define REINIT
#include "percpu_ref.c"
