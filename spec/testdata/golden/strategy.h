#ifndef STRATEGY_H
#define STRATEGY_H

#include <linux/spinlock.h>

struct object {
	int refs;
};

static DEFINE_SPINLOCK(lock);

#endif
