// mc: title a thread of the priority of one that never gives up their CPU
// mc: expect threads violated hang

#include <linux/compiler.h>

mc_thread(0, 50) static void hog(void)
{
	mc_hog();
}

mc_thread(0, 50) static void thread(void)
{
}
