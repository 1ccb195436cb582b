// mc: title a get that looks again before it has published
// mc: source hazard_pointer with its store and its second load in the other order
// mc: learn a second look says something only once the reclaimer can see the slot; before that it is as old as the first
// mc: expect * violated get-after-final-put

#define FAULT_REREAD_FIRST
#include "hazard_pointer.c"
