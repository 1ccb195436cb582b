// mc: title an isolated CPU takes the lock to get, but not to put
// mc: source isolated_slow_path, with the cheaper put one is tempted to write
// mc: learn a put goes on after its decrement: it looks at the state of a module that may be gone by then
// mc: learn the stop was what waited for that look, too
// mc: expect * verified
// mc: expect isolated violated use-after-release

#define FAULT_LOCKLESS_PUT
#include "isolated_slow_path.c"
