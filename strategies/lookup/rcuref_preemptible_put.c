// mc: title a put that can be preempted between its two operations
// mc: source Linux 6.4, lib/rcuref.c: its comment says that a put has to be so protected, and why; the fault is made up
// mc: learn whoever gets and puts in between may free what the second operation still touches
// mc: expect * violated use-after-release

#define FAULT_PREEMPTIBLE_PUT
#include "rcuref.c"
