// mc: title a count that is added to first, in memory that may be another object's by then
// mc: source Linux since 2024, include/linux/file_ref.h: files are SLAB_TYPESAFE_BY_RCU
// mc: learn what is added to the count of an object that is gone harms nobody; whatever is stored there may
// mc: learn who has got one must look whether it is the one that was looked for
// mc: expect * verified

#define TYPE_STABLE
#include "rcuref.c"
