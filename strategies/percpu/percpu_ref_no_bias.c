// mc: title percpu_ref without the bias
// mc: source percpu_ref with this fault
// mc: learn a put may be seen before its get: the counter reaches zero while references exist
// mc: expect * violated

#define FAULT_NO_BIAS
#include "percpu_ref.c"
