// mc: title a review in the next epoch
// mc: source refcache with a wait of one epoch where it takes two
// mc: learn the next epoch begins when the last core has flushed, and some have flushed before the count was zero
// mc: expect * violated final-put-while-held

#define FAULT_REVIEW_AFTER_ONE
#include "refcache.c"
