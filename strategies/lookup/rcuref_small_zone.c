// mc: title a count that is added to first, with a zone that is left before anybody looks
// mc: source rcuref_saturated with a zone of three values; the fault is made up
// mc: learn an unconditional add goes on while others have not yet seen where it has come to: two gets from its middle are across
// mc: learn the second finds it dead, and marks it so under the feet of all who have a reference
// mc: expect * violated leak
// mc: expect basic violated assertion

#define LEAKED	0x7fffffff
#define FAULT_SMALL_ZONE
#include "rcuref.c"
