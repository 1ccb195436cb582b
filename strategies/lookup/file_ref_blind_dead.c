// mc: title a get that marks as dead what it has found so, in memory that changes hands
// mc: source file_ref with the slow path of rcuref; the comments of the two say why they differ
// mc: learn before the look, or between it and the store, the memory has become another object's: a stranger is counted, or killed
// mc: expect * violated assertion

#define TYPE_STABLE
#define FAULT_BLIND_DEAD
#include "rcuref.c"
