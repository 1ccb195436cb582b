#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <mc.h>

/* Objects are static; this is the end of one. NULL is none. */
#define kfree(p)							\
	do {								\
		__typeof__(p) __p = (p);				\
									\
		__mc_object(p);						\
		if (__p)						\
			__mc_release_any(__p);				\
	} while (0)
#define kvfree(p)	kfree(p)

#endif
