// mc: title synchronize_rcu() before the free, for puts with preemption off
// mc: source Linux with CONFIG_PREEMPT from 3.19 until commit 0be964be0d45 (Peter Zijlstra)
// mc: learn a grace period waits for the readers of its own flavour only
// mc: expect * violated use-after-release

#define FAULT_WRONG_FLAVOUR
#include "module_base.c"
