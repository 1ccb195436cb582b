#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

#include <linux/compiler.h>

/* A step each. While the count is not zero the thread keeps its CPU. */
#define preempt_disable()		__mc_preempt(1)
#define preempt_enable()		__mc_preempt(-1)
#define preempt_enable_no_resched()	__mc_preempt(-1)

#endif
