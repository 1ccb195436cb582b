/*
 * Per-CPU counts, and an unloader that stops all CPUs in one step, as one would
 * write it for SPIN: a process for each thread. N getters make G rounds each.
 */
#ifndef N
#define N 3
#endif
#ifndef G
#define G 2
#endif

short ref[N];
byte off;		/* CPUs with preemption off */
bool going, freed;
bool news = true;	/* a call has ended since the last attempt */

proctype getter(byte me)
{
	byte round;
	bool got;

	do
	:: round < G ->
		off++;
		got = !going;
		if
		:: got -> ref[me]++
		:: else
		fi;
		d_step { off--; news = true };
		if
		:: got ->
			assert(!freed);
			off++;
			ref[me]--;
			(going || !going);	/* the look at the state */
			d_step { off--; news = true }
		:: else
		fi;
		round++
	:: else -> break
	od
}

proctype unloader()
{
	byte i;
	short sum;

	do
	:: d_step { news -> news = false };
		d_step {
			off == 0 ->
			sum = 0;
			i = 0;
			do
			:: i < N -> sum = sum + ref[i]; i++
			:: else -> break
			od;
			i = 0;
			going = (sum == 0)
		};
		if
		:: going -> freed = true; break
		:: else -> sum = 0
		fi
	od
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
