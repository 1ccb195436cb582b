// mc: title an owner that destroys the object when its own half is zero
// mc: source biased without the look at the shared half
// mc: learn references that others took are in the shared half only
// mc: expect * violated final-put-while-held

#define FAULT_FORGETS_SHARED
#include "biased.c"
