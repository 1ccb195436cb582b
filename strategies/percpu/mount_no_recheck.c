// mc: title a get that counts, and does not look whether the sequence moved
// mc: source mount without the second look of __legitimize_mnt()
// mc: learn a sum that was taken before the count went up has not seen it: the get has to notice that by itself
// mc: expect * violated assertion

#define FAULT_NO_RECHECK
#include "mount.c"
