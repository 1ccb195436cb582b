// mc: title an unload that takes its reference back in any case
// mc: source module_base with atomic_add() where kernel/module.c has atomic_add_unless()
// mc: learn nothing unsafe happens, but a get between the last put and the addition fails, and so does the unload
// mc: learn mc check --strict shows that run
// mc: expect * verified

#define FAULT_READD
#include "module_base.c"
