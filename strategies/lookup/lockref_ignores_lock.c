// mc: title a lock and a count in one word, and a fast path that looks at the count only
// mc: source made up; it is what an atomic_t beside the lock would be
// mc: learn the count moves under the feet of whoever has the lock: what it stores undoes a get
// mc: expect * violated
// mc: expect basic violated final-put-while-held

#define FAULT_IGNORE_LOCK
#include "lockref.c"
