// mc: title a hazard pointer that is published, and not looked at again
// mc: source hazard_pointer without its second load
// mc: learn between the load and the store the object may be retired, scanned for and freed: the slot then protects what is gone
// mc: expect * violated get-after-final-put

#define FAULT_NO_REREAD
#include "hazard_pointer.c"
