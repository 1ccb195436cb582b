// mc: title an upgrade that looks whether the strong count is zero, then adds
// mc: source weak_upgrade with its compare-and-swap loop taken apart
// mc: learn the last strong reference may go between the look and the addition, and the value with it
// mc: expect * violated get-after-final-put

#define FAULT_LOAD_THEN_ADD
#include "weak_upgrade.c"
