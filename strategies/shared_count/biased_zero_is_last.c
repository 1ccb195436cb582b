// mc: title a drop that takes zero in the shared half for the end
// mc: source biased with a look at the count alone, where count and flag must be "merged, and zero"
// mc: learn as long as the owner has its half, zero in the other says only that as many were dropped there as were taken
// mc: expect * violated final-put-while-held

#define FAULT_ZERO_IS_LAST
#include "biased.c"
