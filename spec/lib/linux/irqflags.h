#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H

#include <linux/compiler.h>

/*
 * Interrupts of the current CPU, a step each. While they are off no handler
 * comes in, and nobody else gets the CPU.
 */
#define local_irq_disable()		((void)__mc_irq_off(1))
#define local_irq_enable()		((void)__mc_irq_off(0))
#define local_irq_save(flags)		((void)((flags) = __mc_irq_off(1)))
#define local_irq_restore(flags)	((void)__mc_irq_off((int)(flags)))
#define hard_irq_disable()		do { } while (0)

#endif
