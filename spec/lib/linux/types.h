#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

#define bool	_Bool
#define true	1
#define false	0
#ifndef NULL
#define NULL	((void *)0)
#endif

typedef unsigned long size_t;
typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long s64;
typedef unsigned long u64;

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	long counter;
} atomic64_t;
typedef atomic64_t atomic_long_t;

#endif
