/*
 * Per-CPU counts, and stop_machine() with its hand-shake of stopper threads, as one
 * would write it for SPIN: a process for each thread; whoever runs on a CPU that
 * its stopper has taken is held by "provided". N getters make G rounds each.
 */
#ifndef N
#define N 3
#endif
#ifndef G
#define G 2
#endif
#define CPUS (N + 1)	/* the unloader's is the last */
#define NONE 0
#define PREPARE 1
#define DISABLE_IRQ 2
#define RUN 3
#define EXIT 4

short ref[CPUS];
bool off[CPUS], stopped[CPUS], work[CPUS];
byte state, ack, todo;
bool done, refused, going, freed;
bool news = true;

proctype getter(byte me) provided (!stopped[me])
{
	byte round;
	bool got;

	do
	:: round < G ->
		off[me] = true;
		got = !going;
		if
		:: got -> ref[me]++
		:: else
		fi;
		d_step { off[me] = false; news = true };
		if
		:: got ->
			assert(!freed);
			off[me] = true;
			ref[me]--;
			(going || !going);
			d_step { off[me] = false; news = true }
		:: else
		fi;
		round++
	:: else -> break
	od
}

proctype stopper(byte me)
{
	byte cur, i;
	short sum;
	bool last;

end:	do
	:: d_step { work[me] && !off[me] -> work[me] = false; stopped[me] = true };
		cur = NONE;
		do
		:: state != cur ->
			cur = state;
			if
			:: cur == RUN && me == 0 ->
				i = 0;
				sum = 0;
				do
				:: i < CPUS -> sum = sum + ref[i]; i++
				:: else -> break
				od;
				i = 0;
				if
				:: sum == 0 -> going = true; refused = false
				:: else -> refused = true
				fi;
				sum = 0
			:: else
			fi;
			d_step { ack--; last = (ack == 0) };
			if
			:: last -> ack = CPUS; state = cur + 1; last = false
			:: else
			fi;
			if
			:: cur == EXIT -> break
			:: else
			fi
		od;
		stopped[me] = false;
		d_step { todo--; last = (todo == 0) };
		if
		:: last -> done = true; last = false
		:: else
		fi
	od
}

proctype unloader() provided (!stopped[N])
{
	byte i;

	do
	:: d_step { news -> news = false };
		todo = CPUS;
		ack = CPUS;
		state = PREPARE;
		off[N] = true;
		i = 0;
		do
		:: i < CPUS -> work[i] = true; i++
		:: else -> break
		od;
		i = 0;
		off[N] = false;
		d_step { done -> done = false };
		if
		:: !refused -> freed = true; break
		:: else
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
		od;
		k = 0;
		do
		:: k < CPUS -> run stopper(k); k++
		:: else -> break
		od
	}
}
