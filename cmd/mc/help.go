package main

import (
	"fmt"
	"strings"
)

// This file holds the words of mc's help.

const helpHelp = `Says what mc can do, or what COMMAND does.

    mc help check
`

const listHelp = `Lists the built-in strategies, a line each, by family, those that are right
before those that are broken somewhere; or says of one, or of your own file, what
it is, where it is from, what to learn from it, what it expects, and of what it is
a variant or which variants it has.

  --right        only those that are verified in every scenario
  --broken       only those that are not
  --family NAME  only those of one family

    mc list
    mc list --broken --family lookup
    mc list isolated_skip
`

const newHelp = `Writes a small commented model, NAME.c, into the current folder, and beside it
NAME_test.go, which holds it to its verdict in go test. The model is right; a
comment in it says how to break it. Nothing is overwritten.

    mc new my_refcount
    mc check my_refcount.c
`

const checkHelp = `Runs every interleaving of each model in each scenario, and says for which
bounds it is right or draws the simplest run that breaks it. A model is a
built-in strategy (mc list) or a C file of yours: a name that ends in .c or
has a / in it.

Scenarios: without these flags, the standard battery, or the threads of a
model that has its own.
    --scenario NAME    basic, same-cpu, migrate, nested, handover, irq,
                       isolated, rt-hog or threads; several with commas, or
                       repeated
    The others change the numbers of the scenarios named, or of basic:
    --getters N        threads that get and put, each on a CPU of its own
    --gets G           rounds of get and put that each of them runs
    --nested D         references it takes while it holds one
    --unloaders U      threads that unload, each on a CPU of its own
    --isolated K       the CPUs of the last K getters are isolated
    --migrate          threads move to other CPUs wherever they may
    --same-cpu         the first getter runs on the unloader's CPU
    --handover         what one getter got, the next one puts
    --irq              an interrupt on the first getter's CPU gets and puts
    --hog user|kernel  one more CPU, isolated, has nothing but a FIFO-99 thread
                       that never gives it up: in user mode, or in the kernel
                       with preemption off
    --abstract-stop    in any scenario: stop_machine() waits until it could have
                       every CPU and is one step then, without a hand-shake

Limits: a search that reaches one ends inconclusive, with what it has seen.
    --max-states N     states stored: 5000, 20k, 3M, 1e6; a level of the search
                       is brought to its end
    --max-memory SIZE  bytes for the stored states: 512M, 8G (default 4G)
    --timeout TIME     for each scenario: 30s, 5m

Engine:
    --workers N        how many search at once (default: one for each CPU);
                       nothing that is printed depends on it
    --no-symmetry      tell CPUs apart that are alike
    --no-por           take steps in every order, also where it cannot matter
    --no-reduction     both. Verdict, run and notes do not depend on them; the
                       numbers of states and transitions, and the depth, do

Judgement:
    --ignore PROPERTY  look past violations of it; repeatable, commas
    --strict           what is otherwise a note counts as a violation
    --expect           hold each file to its "// mc: expect" lines: draw only
                       what differs. A scenario of which the file says nothing
                       is expected to be verified

Output:
    --expand           draw the steps inside library functions, too
    --json             one JSON document instead of text
    --timing           say how long each search took, and with what reductions
    --color WHEN       always, never, or auto: in a terminal, unless NO_COLOR is set
    --width N          columns of text; else those of the terminal, at most 90
    --html FILE        a page of its own: verdicts, the run as a picture and step by
                       step, the source with lines that never ran, small state graphs
    --sarif FILE       for code scanners and editors (docs/ci.md): SARIF 2.1.0
    --svg FILE         a picture of the first run that is found
                       FILE may be -: standard output, instead of the text

Exit code: 0 nothing is violated; 1 something is (with --expect: something
differs from the file); 2 usage, bad model or internal error; 3 inconclusive.
Where several apply, the first of 2, 1, 3, 0.

    mc check isolated_skip
    mc check --getters 3 --gets 2 stop_machine
    mc check --json --scenario basic,isolated my_model.c
`

const showHelp = `Prints the C of a model: a built-in strategy (mc list) or a file of yours.

    --program          print the flat program made of it, instead: cells,
                       threads and instructions, all that is explored
    --promela          print that program in Promela, for SPIN: its first lines
                       say how to run it (docs/promela.md)
    --dot              print its states and steps for Graphviz, if there are not
                       too many
    --thread NAME      with --dot, where this thread can rest, and what comes next
    --scenario NAME, --getters N, --gets G, --nested D, --unloaders U,
    --isolated K, --migrate, --same-cpu, --handover, --irq, --hog user|kernel,
    --abstract-stop
                       with these, the scenario it is made for, as in
                       mc check (default basic)

    mc show stop_machine
    mc show --program --getters 1 --gets 1 stop_machine
    mc show --promela --scenario isolated isolated_skip > isolated_skip.pml
    mc show --dot --getters 1 --gets 1 no_stop | dot -Tsvg > no_stop.svg
`

const compareHelp = `Puts models beside each other; without names, all the strategies that have a
get, a put and an unload. Each is checked in the standard battery as mc check
does, but no run is drawn: mc check draws it. Then a get, a put and an unload are
run alone, and counted.

Verdicts: "ok" is verified, "?" inconclusive, a word in capitals the property
that is violated: the first in the order of precedence.

To others:
    halts              the CPUs that an unload keeps from their threads: none,
                       all, or all that are not isolated
    spurious           in some scenario a get fails although no unload that it
                       overlaps succeeds: the note spurious-failure
    user hog, kernel hog
                       whom a thread hangs that never gives up an isolated CPU,
                       in user mode or in the kernel with preemption off: the
                       unloader alone, or the box, which is others as well

Price: run alone from the initial state on, with an unloader and two getters,
the second of them on an isolated CPU. What it waits for is done by stoppers and
their like, and counts as well. A write to shared memory is counted once, under
rmw, st, pc or lk; mb, sh and halt look at the same operations again.
    ops                all visible operations
    rmw                atomic read-modify-writes, whether they change anything
    st                 stores
    pc                 read-modify-writes and stores by this_cpu operations,
                       which are atomic against their own CPU only
    lk                 locks: one for what takes and what gives back
    mb                 full barriers: fences, and operations that are fully
                       ordered, other than those of pc
    sh                 writes to lines that a thread on another CPU writes, too,
                       in one of these runs. A variable is a line; an element
                       of an array with as many elements as there are CPUs is
                       a line of its own
    gp                 grace periods waited for
    halt               operations while another CPU is halted

Limits: a search that reaches one ends inconclusive, with what it has seen.
    --max-states N, --max-memory SIZE, --timeout TIME, --workers N,
    --no-symmetry, --no-por, --no-reduction
                       for each scenario, as in mc check

Output:
    --json             one JSON document instead of text
    --markdown         the tables as GitHub reads them

Exit code: 0, whatever is violated; 2 usage, bad model or internal error; 3
something is inconclusive. Where both apply, 2.

    mc compare
    mc compare stop_machine isolated_skip my_model.c
    mc compare --markdown --timeout 10s
`

const whyHelp = `Takes away, one at a time, everything a model does for safety, checks what is
left, and prints the source with what came of it under each line:

    needed             without it some run does what it must not: which
                       property, in which scenario, in how many steps
    needed only for liveness
                       without it some run deadlocks, hangs or leaks, and none
                       does worse
    not needed here    without it nothing is violated: it is redundant, or the
                       scenarios do not exercise it. "// mc: why KIND TEXT" in
                       the line above says in the file why that is so

Taken away are: pairs that take something and give it up (lock, preempt, irq,
reader), fences (barrier), grace periods (grace), waits (wait), functions that
are handed to others to be run, which are called at once (at-once), conditions
(check), turns of a loop (retry). An atomic operation becomes a load and a store
(split), two accesses one after the other change places (swap). What a function
is, is told by what it does, so your own wrappers count.

Which:
    --line N           only what touches this line, and the run that breaks it

Scenarios: without these flags, the battery and three more (see docs/why.md).
    --scenario NAME, --getters N, --gets G, --nested D, --unloaders U,
    --isolated K, --migrate, --same-cpu, --handover, --irq, --hog user|kernel,
    --abstract-stop
                       as in mc check
    --ignore PROPERTY  looks past violations of it; those of the model itself
                       are looked past in any case, in their scenario

Limits: a search that reaches one ends; what it did not tell is unknown.
    --max-states N, --max-memory SIZE, --timeout TIME, --workers N,
    --no-symmetry, --no-por, --no-reduction
                       for each search, as in mc check

Output:
    --json             one JSON document instead of text
    --color WHEN, --width N
                       as in mc check

Exit code: 0, whatever is needed; 2 usage, bad model or internal error; 3
something was stopped before it could tell. Where both apply, 2.

    mc why module_base
    mc why --line 72 rcu
    mc why --scenario basic,irq my_model.c
`

const demoHelp = `Serves a page on which you are the scheduler: you say which CPU takes the next
step, go back, ask whether the model can still be broken and how, and switch off
a lock or a barrier to see what it is for. Without a name it begins with the
first of its levels. The page is served to this machine only, and loads nothing
from anywhere else. A file is read once, at the beginning. An interrupt (Ctrl-C)
ends it.

    --listen ADDR      the address and port to serve at, 127.0.0.1:8080
                       (default 127.0.0.1 and a free port). Any address but a
                       loopback one lets others ask this machine to search
    --open             open the page in the browser
    --scenario NAME, --getters N, --gets G, --nested D, --unloaders U,
    --isolated K, --migrate, --same-cpu, --handover, --irq, --hog user|kernel,
    --abstract-stop
                       one scenario, as in mc check (default: the first)

    mc demo
    mc demo isolated_skip --scenario isolated
    mc demo my_model.c --getters 1 --open
`

const sampleHelp = `Runs schedules drawn at random, for programs that are too large for mc check to
run all, and draws a small run for what it finds. Where it finds nothing it says
"not found": that is no proof, however many schedules there were.

Scenarios: as in mc check, of any size. Without flags, the standard battery.
    --scenario NAME, --getters N, --gets G, --nested D, --unloaders U,
    --isolated K, --migrate, --same-cpu, --handover, --irq, --hog user|kernel,
    --abstract-stop

Engine: who steps next; docs/sampling.md says which to take.
    --engine NAME      pct (default): priorities in any order, the highest steps;
                       after some steps, drawn at random, a priority falls
                       uniform: at each step, any thread that can
                       preemption-bounded: a thread goes on until it must wait;
                       a few times only, drawn at random, it is preempted
    --depth D          of pct: finds a bug that needs D orders between steps
                       with a chance of at least 1/(n k^(D-1)) in each schedule,
                       of n threads and k steps; priorities fall D-1 times
                       (default 16)
    --preemptions P    of preemption-bounded: how many at most (default 2)
    --seed S           another seed draws other schedules (default 1)
    --workers N        how many draw at once (default: one for each CPU);
                       nothing that is printed depends on it

Limits:
    --schedules N      drawn in each scenario: 500, 20k, 1M (default 1000)
    --max-steps N      a schedule that has so many moves is cut, which is not
                       held against it (default 10000)
    --timeout TIME     for each scenario; if it ends before all schedules were
                       drawn, the verdict is inconclusive

Judgement:
    --ignore PROPERTY  look past violations of it; repeatable, commas
    --strict           what is otherwise a note counts as a violation. Plain
                       races are looked for only then

Output:
    --expand           draw the steps inside library functions, too
    --json             one JSON document instead of text
    --timing           say how long each scenario took
    --color WHEN       always, never, or auto: in a terminal, unless NO_COLOR is set
    --width N          columns of text; else those of the terminal, at most 90

A violation is looked for again with fewer threads and rounds, then the run is
made shorter. The first schedule by number that violates something counts, and
ends the scenario: properties that others violate are not sought. A hang that is
a run without end is not found: mc check finds those.

Exit code: 0 nothing was found; 1 a violation; 2 usage, bad model or internal
error; 3 inconclusive. Where several apply, the first of 2, 1, 3, 0.

    mc sample --getters 64 --gets 10 no_stop
    mc sample --engine pct --depth 2 --schedules 10k --seed 7 my_model.c
`

const replayHelp = `Plays a run again that mc check or mc sample has recorded, every step of it.
STRING is what they print after "replay:"; name the file, too, if the model is
yours. A recording fits the program it was made of and no other: if the model
has changed since, check it again.

    --color WHEN       always, never, or auto: in a terminal, unless NO_COLOR is set
    --width N          columns of text; else those of the terminal, at most 90
    --svg              draw it instead, as a picture

Exit code: 1 if the run ends in a violation, 0 if it does not, 2 if it cannot
be played.

    mc replay STRING
    mc replay my_model.c STRING
    mc replay --svg STRING > run.svg
`

const usageHead = `mc checks how an object is torn down while others may still get a reference to
it: it runs every interleaving of a synchronization strategy, written in
kernel-style C, and draws the simplest run that breaks it.

usage: mc COMMAND [flags] ...

`

const usageTail = `
To start with:
    mc list                    the strategies that come with it
    mc check isolated_skip     a race, drawn
    mc help check              all about checking, your own C files included
`

// usage is what mc says when it is asked nothing.
func usage() string {
	var b strings.Builder
	b.WriteString(usageHead)
	for _, cmd := range commands {
		fmt.Fprintf(&b, "    %-8s %s\n", cmd.name, cmd.summary)
	}
	b.WriteString(usageTail)
	return b.String()
}

// help prints the usage, or a command's page.
func help(c *call, args []string) (status, error) {
	f := newFlagSet("help")
	operands, err := f.parse(args)
	if err != nil {
		return failed, err
	}
	switch len(operands) {
	case 0:
		c.printf("%s", usage())
		return ok, nil
	case 1:
		cmd, err := findCommand(operands[0])
		if err != nil {
			return failed, err
		}
		c.printf("%s", cmd.page())
		return ok, nil
	}
	return failed, f.usage("one command at a time")
}
