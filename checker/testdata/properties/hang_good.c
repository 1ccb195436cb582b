// mc: title a thread above one that never gives up their CPU
// mc: expect threads verified

#include <linux/compiler.h>

mc_thread(0, 50) static void hog(void)
{
	mc_hog();
}

mc_thread(0, 51) static void thread(void)
{
}
