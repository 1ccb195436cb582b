#ifndef _LINUX_CPUMASK_H
#define _LINUX_CPUMASK_H

#include <linux/compiler.h>

/* A set of CPUs is a word, a bit for each. */
typedef unsigned long cpumask_t;

#define cpu_possible_mask	((1UL << NR_CPUS) - 1)
#define cpu_online_mask		cpu_possible_mask
#define cpu_isolated_mask	MC_ISOLATED_CPUS
#define nr_cpu_ids		NR_CPUS
#define num_online_cpus()	NR_CPUS
#define num_possible_cpus()	NR_CPUS
#define cpumask_of(cpu)		(1UL << (cpu))
#define cpu_isolated(cpu)	((int)(cpu_isolated_mask >> (cpu) & 1))

/* How many CPUs a set has. */
static inline int cpumask_weight(cpumask_t m)
{
	m -= m >> 1 & 0x5555555555555555UL;
	m = (m & 0x3333333333333333UL) + (m >> 2 & 0x3333333333333333UL);
	m = (m + (m >> 4)) & 0x0f0f0f0f0f0f0f0fUL;
	return (int)(m * 0x0101010101010101UL >> 56);
}

/* The lowest CPU of a set that is not empty. */
static inline int cpumask_first(cpumask_t m)
{
	return cpumask_weight((m & -m) - 1);
}

/*
 * These visit the CPUs in any order, for no caller may depend on one: each
 * turn takes any CPU that is left. The _ordered forms go up.
 */
#define for_each_cpu(cpu, mask)						\
	for (cpumask_t __left = (mask);					\
	     __left && ((cpu) = __mc_pick(__left), __left &= ~(1UL << (cpu)), 1); )
#define for_each_online_cpu(cpu)	for_each_cpu(cpu, cpu_online_mask)
#define for_each_possible_cpu(cpu)	for_each_cpu(cpu, cpu_possible_mask)

#define for_each_cpu_ordered(cpu, mask)					\
	for ((cpu) = 0; (cpu) < NR_CPUS; (cpu)++)			\
		if ((mask) >> (cpu) & 1)
#define for_each_online_cpu_ordered(cpu)	\
	for_each_cpu_ordered(cpu, cpu_online_mask)
#define for_each_possible_cpu_ordered(cpu)	\
	for_each_cpu_ordered(cpu, cpu_possible_mask)

#endif
