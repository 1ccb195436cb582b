// mc: title a get that tests for a synchronous umount outside the lock
// mc: source CVE-2025-38058, repaired by commit 250cf3693060: __legitimize_mnt() before it
// mc: learn the umount has moved the sequence and not yet set its flag: the get sees the one and misses the other
// mc: learn its put is then the last one, after umount() has returned: the device may be gone by then
// mc: expect * violated assertion

#define FAULT_FLAG_OUTSIDE_LOCK
#include "mount.c"
