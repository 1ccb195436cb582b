// mc: title a put that touches the module after its decrement, with preemption on
// mc: source module_put() without the preempt_disable() that was removed in 2023, and with its tracepoint enabled; an inference, no report of it is known
// mc: learn a grace period waits for sections: code that left its section is not waited for
// mc: expect * violated use-after-release

#define FAULT_LATE_TOUCH
#include "module_base.c"
