package checker

import "lastput/spec"

// This file fixes where everything lies in a state.

// A state is a vector of numbers of fixed layout: the cells of the program,
// what is recorded of its objects, then a block for each thread.
type state []int64

// A layout says what lies where in the states of a program.
type layout struct {
	final     int // final + o: the final put of object o was decided
	released  int // released + o: object o is gone
	attempted int // an unload attempt has begun
	violated  int // 1 + the rank of the property this state violates, or 0
	threads   []threadLayout
	size      int
}

// A threadLayout says where a thread's block and its parts lie.
type threadLayout struct {
	pc      int
	cpu     int
	preempt int // preemption count
	locks   int // locks held
	pending int // ghosts that come with the next step: the pend… bits
	inGet   int // a pinned get is under way
	news    int // a role call of another thread has ended since the attempt began
	held    int // held + o: references to object o
	putting int // putting + o: those of them that it gives up with its next step
	regs    int // the kept registers
	nregs   int
}

// Bits of threadLayout.pending.
const (
	pendGet    = 1 << iota
	pendUnload // an attempt to unload
	pendPut    // see threadLayout.putting
)

func newLayout(p *spec.Prog) layout {
	n := len(p.Cells)
	take := func(k int) int {
		n += k
		return n - k
	}
	l := layout{final: take(len(p.Objects)), released: take(len(p.Objects)), attempted: take(1), violated: take(1)}
	for _, t := range p.Threads {
		tl := threadLayout{
			pc: take(1), cpu: take(1), preempt: take(1), locks: take(1), pending: take(1),
			inGet: take(1), news: take(1), held: take(len(p.Objects)), putting: take(len(p.Objects)),
		}
		tl.nregs = p.Procs[t.Proc].Regs
		tl.regs = take(tl.nregs)
		l.threads = append(l.threads, tl)
	}
	l.size = n
	return l
}
