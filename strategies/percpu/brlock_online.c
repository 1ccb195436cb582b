// mc: title the locks of the CPUs that are online, and a CPU that comes up
// mc: source Linux 2.6.36, include/linux/lglock.h: the loops of br_write_lock() and br_write_unlock() over online CPUs
// mc: learn a CPU that comes up behind a writer's back finds its own lock free, and reads as if nobody wrote
// mc: learn nobody gets on the CPU that comes up in rt-hog
// mc: learn the unlock makes the loop again, and gives back a lock that the writer never took
// mc: expect * violated
// mc: expect rt-hog verified

#define HOTPLUG
#define FAULT_ONLINE
#include "brlock.c"
