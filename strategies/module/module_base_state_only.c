// mc: title a get that trusts the state, with nothing that waits for it
// mc: source module_base without inc_not_zero; the get of stop_machine, without the stop
// mc: learn a state that is checked and a count that is changed are two steps: something has to make them one
// mc: expect * violated get-after-final-put

#define FAULT_STATE_ONLY
#include "module_base.c"
