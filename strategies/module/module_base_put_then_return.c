// mc: title a module that drops the last reference to itself
// mc: source module_put(THIS_MODULE) in a module's own code; Linux has __module_put_and_exit() instead
// mc: learn whoever is still in the module's code must not hold its last reference
// mc: learn the grace period waits for the put, not for the code that it returns to
// mc: expect * violated use-after-release

#define FAULT_PUT_THEN_RETURN
#include "module_base.c"
