// mc: title say GOING, wait with synchronize_rcu() for readers that have preemption off
// mc: source the mistake that commit 0be964be0d45 repaired in kernel/module.c; with CONFIG_PREEMPT and before the flavours became one
// mc: learn a grace period waits for the readers of its own flavour only
// mc: expect * violated get-after-final-put

#define FAULT_WRONG_FLAVOUR
#include "rcu.c"
