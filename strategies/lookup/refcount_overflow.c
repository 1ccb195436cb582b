// mc: title a counter that comes round to zero when somebody leaks references
// mc: source CVE-2016-0728 (Linux 3.8 to 4.4, join_session_keyring()) was of this kind
// mc: learn a leak of references is as bad as a put too many, if the counter is narrow enough to come round
// mc: expect * violated
// mc: expect basic violated final-put-while-held

/* Eight bits full of ones: the next get makes it zero. */
#define LEAKED	(-2)
#define FAULT_NO_SATURATION
#include "refcount.c"
