// mc: title kfree() instead of kfree_rcu()
// mc: source Linux, Documentation/kref.txt on its third way; the fault is made up
// mc: learn the last put knows of all references, but not of those who are about to look at the count
// mc: expect * violated use-after-release

#define FAULT_FREE_AT_ONCE
#include "kref.c"
