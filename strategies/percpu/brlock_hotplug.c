// mc: title a lock for each possible CPU, and a CPU that comes up
// mc: source brlock with CPU hotplug; Linux 2.6.36-rc4, commit a73f8844e1fc (Jonathan Corbet) took the locks of all possible CPUs
// mc: learn a writer that takes the locks of CPUs which are not there has them when they come
// mc: expect * verified

#define HOTPLUG
#include "brlock.c"
