// mc: title SRCU that does not wait for those who have read the old index
// mc: source SRCU without the grace period after its flip
// mc: learn a reader that has read the index and not yet counted is in no sum
// mc: learn it takes a reader that counts up on one CPU and down on another, so it shows only where threads migrate
// mc: expect * verified
// mc: expect nested violated final-put-while-held

#define FAULT_ONE_GRACE_PERIOD
#include "srcu.c"
