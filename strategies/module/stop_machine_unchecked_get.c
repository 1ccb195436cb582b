// mc: title a get that does not look at the state
// mc: source stop_machine, with __module_get() called by somebody who holds no reference
// mc: learn a module that is going is revived, and freed all the same
// mc: expect * violated get-after-final-put

#define FAULT_UNCHECKED_GET
#include "stop_machine.c"
