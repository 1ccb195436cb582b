// mc: title a percpu_ref whose users test one flag of two
// mc: source percpu_ref with this fault; the comment of __ref_is_percpu() warns of it
// mc: learn a kill sets DEAD before ATOMIC: with the first only, the word is neither the pointer to the counts nor that of one counter
// mc: expect * violated invalid-access

#define FAULT_ATOMIC_ONLY
#include "percpu_ref.c"
