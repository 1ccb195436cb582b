// mc: title a get that looks whether the count is zero, then increments
// mc: source module_base, with inc_not_zero taken apart
// mc: learn between the two the last reference may go, and the increment revives a dead object
// mc: expect * violated get-after-final-put

#define FAULT_READ_THEN_INC
#include "module_base.c"
