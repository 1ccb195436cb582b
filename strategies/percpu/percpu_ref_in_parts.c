// mc: title a percpu_ref that adds the count of one CPU after the other
// mc: source percpu_ref with this difference
// mc: learn it need not be one sum: whatever part of it is there, the bias keeps the counter from zero, as long as it goes last
// mc: learn one atomic operation instead of many is what the sum saves
// mc: expect * verified

#define IN_PARTS
#include "percpu_ref.c"
