// mc: title an umount that drops the reference of the tree at once
// mc: source mount without synchronize_rcu(), which namespace_unlock() calls
// mc: learn a get that is about to take its count back is in the sum meanwhile, and then nobody sees zero
// mc: expect * violated assertion

#define FAULT_NO_GRACE_PERIOD
#include "mount.c"
