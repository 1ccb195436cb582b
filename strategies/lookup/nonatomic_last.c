// mc: title a put that reads whether its reference is the last, and only then drops it
// mc: source repaired in Linux 2.6.26 by 49641f1acfdf (XFS): it hung on an object that nobody released
// mc: learn two puts both see two, both count down, and neither is the last
// mc: expect * violated leak

#define FAULT_READ_THEN_DEC
#include "atomic_dec_and_lock.c"
