#ifndef _LINUX_PERCPU_H
#define _LINUX_PERCPU_H

#include <linux/smp.h>

/* A per-CPU variable is an array with an element for each CPU. */
#define DEFINE_PER_CPU(type, name)	\
	type name[NR_CPUS] __attribute__((mc_percpu))
#define DECLARE_PER_CPU(type, name)	\
	extern type name[NR_CPUS] __attribute__((mc_percpu))

#define per_cpu(var, cpu)	((var)[cpu])
#define per_cpu_ptr(var, cpu)	(&(var)[cpu])
#define this_cpu_ptr(var)	(&(var)[smp_processor_id()])

/*
 * this_cpu operations find their CPU within their own step; they cannot be
 * preempted between finding it and using it.
 */
#define __mc_this(var)		(*(__typeof__(&(var)[0]))__mc_this_cpu(&(var)[0]))

#define this_cpu_read(var)	\
	((__typeof__((var)[0]))__mc_load(&__mc_this(var), MC_RELAXED))
#define this_cpu_write(var, v)	__mc_store(&__mc_this(var), (long)(v), MC_RELAXED)
#define this_cpu_add(var, v)	((void)__mc_fetch_add(&__mc_this(var), (v), MC_RELAXED))
#define this_cpu_sub(var, v)	this_cpu_add(var, -(v))
#define this_cpu_inc(var)	this_cpu_add(var, 1)
#define this_cpu_dec(var)	this_cpu_add(var, -1)
#define this_cpu_add_return(var, v)	\
	((__typeof__((var)[0]))__mc_fetch_add(&__mc_this(var), (v), MC_FULL) + (v))
#define this_cpu_inc_return(var)	this_cpu_add_return(var, 1)
#define this_cpu_dec_return(var)	this_cpu_add_return(var, -1)
#define this_cpu_xchg(var, v)	\
	((__typeof__((var)[0]))__mc_xchg(&__mc_this(var), (long)(v), MC_FULL))

/* These leave it to the caller to stay on the CPU: a load, then a store. */
#define __this_cpu_read(var)	this_cpu_read(var)
#define __this_cpu_write(var, v)	this_cpu_write(var, v)
#define __this_cpu_add(var, v)	\
	do { __typeof__((var)[0]) __old = this_cpu_read(var); this_cpu_write(var, __old + (v)); } while (0)
#define __this_cpu_inc(var)	__this_cpu_add(var, 1)
#define __this_cpu_dec(var)	__this_cpu_add(var, -1)

#endif
