// mc: title a free as soon as the count is zero
// mc: source module_base without the grace period of free_module()
// mc: learn the count says that nobody holds a reference, not that everybody has left module_put()
// mc: expect * violated use-after-release

#define FAULT_NO_GRACE_PERIOD
#include "module_base.c"
