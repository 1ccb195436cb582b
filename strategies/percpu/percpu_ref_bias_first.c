// mc: title percpu_ref that takes the bias away before the sum is added
// mc: source percpu_ref with this fault
// mc: learn in between the counter is too low by all that is in the CPUs' counts
// mc: expect * violated

#define FAULT_BIAS_FIRST
#include "percpu_ref.c"
