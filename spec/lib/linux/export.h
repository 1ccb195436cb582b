#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

#include <linux/kernel.h>

#endif
