// mc: title a put that leaves work to call_rcu(), and a grace period before the free
// mc: source rcu_callback with synchronize_rcu() where rcu_barrier() belongs
// mc: learn a grace period says that callbacks may run, not that they have
// mc: expect * violated use-after-release

#define FAULT_NO_BARRIER
#include "rcu_callback.c"
