// mc: title a lookup under a lock that counts up unless it finds zero
// mc: source Linux, Documentation/kref.txt, the second of its ways: for objects that their release takes out of the table
// mc: learn puts need no lock; a lookup may then find an object that nobody holds any more, and its memory stays until the lock lets the release in
// mc: expect * verified

#define UNDER_LOCK
#include "kref.c"
