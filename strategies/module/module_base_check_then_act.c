// mc: title an unload that looks at the count, then says GOING
// mc: source module_base, with a look where kernel/module.c takes its reference away
// mc: learn a count that was right is old by the time it is acted on
// mc: expect * violated get-after-final-put

#define FAULT_CHECK_THEN_ACT
#include "module_base.c"
