// mc: title a put that looks at the state before its section, then counts
// mc: source wait_zero, with a put that decides early whether to wake
// mc: learn the grace period waits for whoever saw the module live, if it saw that inside the section
// mc: learn else the waiter sleeps on a count that goes to zero without a word
// mc: expect * violated deadlock

#define FAULT_STATE_FIRST
#include "wait_zero.c"
