/*
 * One count with a base that the unloader takes away, of Linux 3.19, as one would
 * write it for SPIN: a process for each thread. N getters make G rounds each.
 */
#ifndef N
#define N 3
#endif
#ifndef G
#define G 2
#endif

byte count = 1;
bool off[N], going, freed;
bool news = true;

proctype getter(byte me)
{
	byte round;
	bool got;

	do
	:: round < G ->
		off[me] = true;
		got = !going;
		if
		:: got -> assert(!freed); d_step { got = (count != 0); if :: got -> count++ :: else fi }
		:: else
		fi;
		d_step { off[me] = false; news = true };
		if
		:: got ->
			assert(!freed);
			off[me] = true;
			d_step { assert(count > 0); count-- };
			d_step { off[me] = false; news = true }
		:: else
		fi;
		round++
	:: else -> break
	od
}

proctype unloader()
{
	byte i;
	bool zero;

	do
	:: d_step { news -> news = false };
		d_step { count--; zero = (count == 0) };
		if
		:: zero
		:: else -> d_step { zero = (count == 0); if :: !zero -> count++ :: else fi }
		fi;
		if
		:: zero -> break
		:: else
		fi
	od;
	going = true;
	do
	:: i < N -> !off[i]; i++	/* a grace period */
	:: else -> break
	od;
	freed = true
}

init {
	byte k;

	atomic {
		run unloader();
		do
		:: k < N -> run getter(k); k++
		:: else -> break
		od
	}
}
