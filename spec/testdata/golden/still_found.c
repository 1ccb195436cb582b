// mc: title the object is still found after the last put
// mc: expect * violated
#define FAULT_STILL_FOUND
#include "strategy.c"
