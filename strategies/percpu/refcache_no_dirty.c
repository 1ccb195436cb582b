// mc: title a review that does not ask whether the count was zero all the time
// mc: source refcache without its dirty flag
// mc: learn zero at the first look and zero at the last are not zero in between
// mc: expect * violated final-put-while-held

#define FAULT_NO_DIRTY
#include "refcache.c"
