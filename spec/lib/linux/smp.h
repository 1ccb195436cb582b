#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H

#include <linux/preempt.h>
#include <linux/cpumask.h>

/* A step where the thread may migrate, else part of the step before. */
#define raw_smp_processor_id()	__mc_cpu()
#define smp_processor_id()	__mc_cpu()

static inline int get_cpu(void)
{
	preempt_disable();
	return smp_processor_id();
}
#define put_cpu()		preempt_enable()

#endif
