// mc: title a percpu_ref that is brought back before the counts of its kill are added up
// mc: source percpu_ref_reinit without the wait of percpu_ref_resurrect() for the switch under way; the fault is made up
// mc: learn the sum of the kill then comes on top of counts that are in use, and takes the bias with it
// mc: learn whoever waits for zero first has waited for the sum, too: it takes one who does not
// mc: expect * verified
// mc: expect nested violated
// mc: expect handover violated

#define REINIT
#define FAULT_RESURRECT_EARLY
#include "percpu_ref.c"
