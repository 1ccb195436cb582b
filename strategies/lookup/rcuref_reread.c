// mc: title a slow path that reads the count again
// mc: source Linux 6.4 to 6.12, lib/rcuref.c; repaired by b9a49520679e (2025), found by the kernel test robot
// mc: learn what an operation returned is what it did; what is read afterwards is somebody else's, too
// mc: learn nothing is freed wrongly here: it is the warning of a put too many that is wrong
// mc: expect * violated assertion

#define FAULT_REREAD
#include "rcuref.c"
