// mc: title a counter that sticks, and somebody who leaks references
// mc: source Linux 4.11 and later, include/linux/refcount.h: what a refcount_t is for
// mc: learn what leaks is memory, and only that: nobody ever has a reference to an object that is gone
// mc: expect * violated leak

/* One below the largest: two references more, and it sticks. */
#define LEAKED	125
#include "refcount.c"
