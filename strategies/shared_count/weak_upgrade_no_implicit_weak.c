// mc: title strong references that hold no weak one
// mc: source weak_upgrade without the weak reference that the strong ones share
// mc: learn the last weak reference then takes the memory from under those who hold the value
// mc: expect * violated use-after-release

#define FAULT_NO_IMPLICIT_WEAK
#include "weak_upgrade.c"
