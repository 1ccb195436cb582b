// mc: title per-CPU counts, and a stop that skips isolated CPUs
// mc: source the CPU isolation patches of January 2008, "do not halt isolated CPUs with Stop Machine"; never merged
// mc: learn whoever is not stopped may be between the check of the state and the increment
// mc: learn with no get on an isolated CPU nothing goes wrong, which is why it seems to work
// mc: expect * verified
// mc: expect isolated violated get-after-final-put

#define FAULT_SKIP_ISOLATED
#include "stop_machine.c"
