// mc: title per-CPU counts, and stoppers that are ordinary threads
// mc: source Linux until 2.6.22: kstopmachine was woken before its priority was raised; repaired by commit 85653af7d488
// mc: learn nothing unsafe happens: a stop that comes late is still a stop
// mc: learn but any thread with a real-time priority keeps the stopper off its CPU, and all others wait for it
// mc: expect * verified
// mc: expect rt-hog violated hang

#define STOP_MACHINE_PRIO	MC_OTHER
#include "stop_machine.c"
