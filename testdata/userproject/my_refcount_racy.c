//go:build ignore

// mc: title the same as it was first: the lookup is not under the lock
// mc: expect * violated use-after-release
#define LOOKUP_OUTSIDE_LOCK
#include "my_refcount.c"
