// mc: title a percpu_ref whose killer waits until nobody gets any more
// mc: source Linux 3.11 and later, lib/percpu-refcount.c: percpu_ref_kill_and_confirm(); its caller waits as drivers/nvme/target does
// mc: learn a get may succeed after percpu_ref_kill() has returned; only what is called with the sum says that none will
// mc: learn the last put may come before or after that: two things to wait for
// mc: expect * verified

#define CONFIRM
#include "percpu_ref.c"
