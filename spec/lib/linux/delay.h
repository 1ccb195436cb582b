#ifndef _LINUX_DELAY_H
#define _LINUX_DELAY_H

#include <linux/compiler.h>

/* No time passes: asleep, then back. */
#define msleep(msecs)		__mc_pause()
#define usleep_range(min, max)	__mc_pause()
/* These keep the CPU and are nothing. */
#define udelay(usecs)		cpu_relax()
#define ndelay(nsecs)		cpu_relax()
#define mdelay(msecs)		cpu_relax()

#endif
