// mc: title a reclaimer that scans the slots, then unpublishes
// mc: source hazard_pointer with a retirement in the other order
// mc: learn as long as the pointer can be found, a slot that was empty may be filled right behind the scan
// mc: expect * violated

#define FAULT_SCAN_FIRST
#include "hazard_pointer.c"
