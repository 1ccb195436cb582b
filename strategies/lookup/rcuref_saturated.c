// mc: title a count that is added to first, and somebody who leaks references
// mc: source Linux 6.4, lib/rcuref.c: the zone between the references that can be counted and those that are no more
// mc: learn who finds the count in the zone puts it back in its middle: nothing that is in use is ever freed, and it leaks
// mc: learn the zone is so wide that no number of operations under way, each of which moves it by one, gets across
// mc: expect * violated leak

/* The next reference cannot be counted. */
#define LEAKED	0x7fffffff
#include "rcuref.c"
