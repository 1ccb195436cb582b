// mc: title separate counts of gets and puts, the gets summed first
// mc: source incs_decs with the two sums the other way round
// mc: learn a get that comes after the first sum, and a put of the older reference before the second, make one too few
// mc: expect * verified
// mc: expect nested violated final-put-while-held
// mc: expect rt-hog violated hang

#define FAULT_INCS_FIRST
#include "incs_decs.c"
