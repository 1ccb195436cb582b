// mc: title a lookup that finds in one section of RCU and gets in another
// mc: source Linux, Documentation/RCU/rcuref.txt: find and get belong in one section; the fault is made up
// mc: learn what was found is only there until the section ends
// mc: expect * violated use-after-release

#define FAULT_GET_LATER
#include "kref.c"
