/*
 * A lookup under a lock, and atomic_dec_and_lock() in the put, as one would write it
 * for SPIN: a process for each thread. N getters make G rounds each.
 */
#ifndef N
#define N 3
#endif
#ifndef G
#define G 2
#endif

byte count = 1;
bool table = true, lock, freed;

inline put()
{
	if
	:: d_step { count != 1 -> count-- }
	:: d_step { count == 1 -> skip };
		d_step { !lock -> lock = true };
		d_step { count--; zero = (count == 0) };
		if
		:: zero -> table = false; lock = false; assert(!freed); freed = true
		:: else -> lock = false
		fi;
		zero = false
	fi
}

proctype getter()
{
	byte round;
	bool got, zero;

	do
	:: round < G ->
		d_step { !lock -> lock = true };
		got = table;
		if
		:: got -> assert(!freed); count++
		:: else
		fi;
		lock = false;
		if
		:: got -> assert(!freed); put()
		:: else
		fi;
		round++
	:: else -> break
	od
}

proctype owner()
{
	bool zero;

	put()
}

init {
	byte k;

	atomic {
		run owner();
		do
		:: k < N -> run getter(); k++
		:: else -> break
		od
	}
}
