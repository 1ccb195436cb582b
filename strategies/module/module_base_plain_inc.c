// mc: title a get that cannot fail
// mc: source module_base, with __module_get() called by somebody who holds no reference
// mc: learn only a reference that one holds makes an unconditional increment right
// mc: expect * violated get-after-final-put

#define FAULT_PLAIN_INC
#include "module_base.c"
