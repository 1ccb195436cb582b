// mc: title a percpu_ref that loads the word of its mode twice
// mc: source percpu_ref with this fault; the comment of __ref_is_percpu() warns of it
// mc: learn the flags are bits of the pointer to the counts: what was tested has to be what is used
// mc: expect * violated invalid-access

#define FAULT_SECOND_LOAD
#include "percpu_ref.c"
