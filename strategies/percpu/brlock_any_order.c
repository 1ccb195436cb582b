// mc: title two writers that take the locks of all CPUs in different orders
// mc: source brlock with loops in any order
// mc: learn the order of the locks is part of the scheme: no single lock tells that it is broken
// mc: expect * violated deadlock

#define FAULT_ANY_ORDER
#include "brlock.c"
