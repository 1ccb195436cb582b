#ifndef _LINUX_STOP_MACHINE_H
#define _LINUX_STOP_MACHINE_H

/*
 * stop_machine() as in Linux 2.6.27 to 3.18, kernel/stop_machine.c: a stopper
 * thread on every CPU and a hand-shake of five states that the last thread to
 * acknowledge one advances. STOP_MACHINE_PRIO, defined before this file is
 * included, is the stoppers' class: the one above all others since 2.6.37, and
 * FIFO 99 before.
 *
 * Kept: the states, the acknowledgements, that a stopper can only come in where
 * the current thread is preemptible, that the function runs on one CPU while
 * the others spin. Simplified: each CPU's queue of works is one slot, since
 * stop_cpus_mutex admits one request at a time.
 */

#include <linux/kernel.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/mutex.h>
#include <linux/completion.h>
#include <mc_stop.h>
#ifndef STOP_MACHINE_PRIO
#define STOP_MACHINE_PRIO	MC_STOP
#endif
#ifndef MC_ABSTRACT_STOP
enum stopmachine_state {
	STOPMACHINE_NONE,
	STOPMACHINE_PREPARE,
	STOPMACHINE_DISABLE_IRQ,
	STOPMACHINE_RUN,
	STOPMACHINE_EXIT,
};

struct stop_machine_data {
	int (*fn)(void *);
	void *data;
	int num_threads;
	int active_cpu;
	enum stopmachine_state state;
	atomic_t thread_ack;
	int ret;
};

struct cpu_stop_done {
	atomic_t nr_todo;
	struct completion completion;
};

static DEFINE_MUTEX(stop_cpus_mutex);
static struct stop_machine_data smdata;
static struct cpu_stop_done stop_done;
static DEFINE_PER_CPU(bool, cpu_stopper_work);

static inline void stop_machine_set_state(enum stopmachine_state newstate)
{
	/* Reset the count before anybody can see the state it belongs to. */
	atomic_set(&smdata.thread_ack, smdata.num_threads);
	smp_wmb();
	WRITE_ONCE(smdata.state, newstate);
}

static inline void stop_machine_ack_state(enum stopmachine_state curstate)
{
	if (atomic_dec_and_test(&smdata.thread_ack))
		stop_machine_set_state(curstate + 1);
}

static inline void stop_machine_cpu_stop(void)
{
	enum stopmachine_state curstate = STOPMACHINE_NONE;
	enum stopmachine_state newstate;

	do {
		cpu_relax();
		newstate = READ_ONCE(smdata.state);
		if (newstate != curstate) {
			curstate = newstate;
			if (curstate == STOPMACHINE_DISABLE_IRQ)
				local_irq_disable();
			else if (curstate == STOPMACHINE_RUN &&
				 smdata.active_cpu == raw_smp_processor_id())
				smdata.ret = smdata.fn(smdata.data);
			stop_machine_ack_state(curstate);
		}
	} while (curstate != STOPMACHINE_EXIT);
	local_irq_enable();
}

mc_percpu_thread(STOP_MACHINE_PRIO) static void cpu_stopper_thread(void)
{
	for (;;) {
		mc_sleep_until(this_cpu_xchg(cpu_stopper_work, false));
		stop_machine_cpu_stop();
		if (atomic_dec_and_test(&stop_done.nr_todo))
			complete(&stop_done.completion);
	}
}

/*
 * Runs fn(data) on the lowest CPU of the mask while all CPUs of the mask are
 * held, and returns what it returned.
 */
static inline int stop_machine_cpus(int (*fn)(void *), void *data, cpumask_t mask)
{
	int cpu, ret;

	__mc_needs(cpu_stopper_thread);
	mutex_lock(&stop_cpus_mutex);
	smdata.fn = fn;
	smdata.data = data;
	smdata.num_threads = cpumask_weight(mask);
	smdata.active_cpu = cpumask_first(mask);
	atomic_set(&stop_done.nr_todo, cpumask_weight(mask));
	stop_machine_set_state(STOPMACHINE_PREPARE);
	/* The stopper of this CPU must not run before all have been asked. */
	preempt_disable();
	for_each_cpu(cpu, mask)
		WRITE_ONCE(per_cpu(cpu_stopper_work, cpu), true);
	preempt_enable();
	wait_for_completion(&stop_done.completion);
	ret = smdata.ret;
	mutex_unlock(&stop_cpus_mutex);
	return ret;
}
#endif
/* The kernel's third argument chooses the CPUs that run fn; NULL is the first. */
static inline int stop_machine(int (*fn)(void *), void *data, const cpumask_t *cpus)
{
	BUG_ON(cpus != NULL);
	return stop_machine_cpus(fn, data, cpu_online_mask);
}

#endif
