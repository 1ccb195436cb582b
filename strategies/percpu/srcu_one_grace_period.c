// mc: title SRCU that does not wait for those who have read the old index
// mc: source SRCU without the grace period after its flip
// mc: learn a reader that has read the index and not yet counted is in no sum
// mc: learn with one unload it takes a reader that counts down on another CPU; with more it does not
// mc: expect * verified
// mc: expect nested violated final-put-while-held

#define FAULT_ONE_GRACE_PERIOD
#include "srcu.c"
