// mc: title a last drop that gives back the memory, then ends the value
// mc: source weak_upgrade with the two halves of its drop in the other order
// mc: learn the weak reference that all strong ones hold together is what keeps the memory while the value is destroyed
// mc: expect * violated use-after-release

#define FAULT_MEMORY_FIRST
#include "weak_upgrade.c"
