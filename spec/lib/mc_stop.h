#ifndef _MC_STOP_H
#define _MC_STOP_H

/*
 * stop_machine() without its hand-shake, for mc check --abstract-stop: the caller
 * sleeps until threads of the stoppers' class could have every CPU of the mask,
 * and then the function runs, in one step, on the caller's CPU.
 */

#ifdef MC_ABSTRACT_STOP

#include <linux/cpumask.h>

static inline int __mc_stop_machine(int (*fn)(void *), void *data, cpumask_t mask, int prio)
{
	int ret;

	__mc_stop(mask, prio);
	ret = fn(data);
	__mc_go_on();
	return ret;
}

#define stop_machine_cpus(fn, data, mask) \
	__mc_stop_machine(fn, data, mask, STOP_MACHINE_PRIO)

#endif

#endif
