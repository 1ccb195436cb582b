// mc: title a caller that ignores a failed get, and puts if the count is not zero
// mc: source scsi_device_get() and scsi_device_put() of Linux 2.6.34, drivers/scsi/scsi.c
// mc: learn a count that is not zero does not say that one of the references is mine
// mc: learn it takes a get that fails while others hold the module: rmmod -w lets gets fail for as long as it waits
// mc: expect * violated final-put-while-held
// mc: expect migrate verified
// mc: expect handover verified
// mc: expect rt-hog violated hang

#include <linux/cpumask.h>

/* Any get may count here: that CPUs are visited going up is enough. */
#undef for_each_possible_cpu
#define for_each_possible_cpu(cpu)	for_each_possible_cpu_ordered(cpu)

#define FAULT_PUT_BY_COUNT
#include "wait_zero.c"
