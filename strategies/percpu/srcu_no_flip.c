// mc: title SRCU without the flip
// mc: source SRCU without its flip
// mc: learn who counts up while the counts are read may be seen to count down only
// mc: learn it takes a reader that counts up on one CPU and down on another, so it shows only where threads migrate
// mc: expect * verified
// mc: expect nested violated final-put-while-held

#define FAULT_NO_FLIP
#include "srcu.c"
