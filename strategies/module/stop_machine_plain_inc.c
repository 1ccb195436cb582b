// mc: title per-CPU counts that are loaded, changed and stored
// mc: source stop_machine with __this_cpu_inc(), as commit e1783a240f49 (2.6.34) has it, on a CPU without an increment of memory in one instruction
// mc: learn preemption off keeps other threads from the count of this CPU, but not its interrupts
// mc: learn what an interrupt counts between the load and the store is lost
// mc: expect * verified
// mc: expect irq violated final-put-while-held

#define FAULT_PLAIN_INC
#include "stop_machine.c"
