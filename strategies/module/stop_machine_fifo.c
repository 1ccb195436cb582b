// mc: title per-CPU counts, and stoppers that are FIFO-99 threads
// mc: source Linux 2.6.24 to 2.6.36, kernel/stop_machine.c; the hang is in Max Krasnyansky's mail of 2008
// mc: learn a FIFO thread does not preempt one of the same priority: the stopper of the hog's CPU never runs
// mc: learn the other stoppers wait for it with everything off, so that one busy CPU hangs the whole box
// mc: expect * verified
// mc: expect rt-hog violated hang

#define STOP_MACHINE_PRIO	99
#include "stop_machine.c"
