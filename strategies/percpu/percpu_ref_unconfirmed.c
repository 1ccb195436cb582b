// mc: title a percpu_ref whose killer takes it that nobody gets any more
// mc: source percpu_ref_confirm without its wait; the comment of percpu_ref_kill_and_confirm() says why it is there
// mc: learn who has looked at the mode before it was stored still gets
// mc: expect * violated assertion

#define CONFIRM
#define FAULT_UNCONFIRMED
#include "percpu_ref.c"
