// mc: title a lookup and every put under one lock
// mc: source Linux, Documentation/kref.txt, the first of its ways
// mc: learn what is in the table has a count above zero, so a plain get will do
// mc: learn the price is the lock for each get and each put
// mc: expect * verified

#define UNDER_LOCK
#define PUT_UNDER_LOCK
#include "kref.c"
