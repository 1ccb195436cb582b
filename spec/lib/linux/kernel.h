#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/compiler.h>

#define container_of(ptr, type, member)	\
	((type *)__mc_container((ptr), __builtin_offsetof(type, member)))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define min(a, b)	((a) < (b) ? (a) : (b))
#define max(a, b)	((a) > (b) ? (a) : (b))

#define EPERM		1
#define ENOENT		2
#define EINTR		4
#define EAGAIN		11
#define ENOMEM		12
#define EBUSY		16
#define EWOULDBLOCK	EAGAIN
#define EINVAL		22

/* A bug in the kernel is a violation of the model. */
#define BUG_ON(condition)	__mc_assert(!(condition), "BUG_ON(" #condition ")")
#define BUG()			__mc_assert(0, "BUG()")
#define WARN_ON(condition)	({ int __warn = !!(condition); __mc_assert(!__warn, "WARN_ON(" #condition ")"); __warn; })
#define WARN_ON_ONCE(condition)	WARN_ON(condition)

/* Messages say nothing to a model, and their arguments are not evaluated. */
#define printk(...)		do { } while (0)
#define pr_debug(...)		do { } while (0)
#define pr_info(...)		do { } while (0)
#define pr_warn(...)		do { } while (0)
#define pr_err(...)		do { } while (0)

#define EXPORT_SYMBOL(name)
#define EXPORT_SYMBOL_GPL(name)
#define MODULE_LICENSE(text)
#define MODULE_AUTHOR(text)
#define MODULE_DESCRIPTION(text)
#define module_init(f)
#define module_exit(f)

#endif
