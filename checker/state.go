package checker

import (
	"fmt"

	"lastput/spec"
)

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

// slotName names a slot of the state, for error messages and tests.
func (m *machine) slotName(slot int) string {
	p, l := m.p, &m.layout
	switch {
	case slot < len(p.Cells):
		return p.Cells[slot].Name
	case slot < l.released:
		return "final " + p.Objects[slot-l.final].Name
	case slot < l.attempted:
		return "released " + p.Objects[slot-l.released].Name
	case slot == l.attempted:
		return "attempted"
	case slot == l.violated:
		return "violated"
	}
	for t, tl := range l.threads {
		if slot >= tl.regs+tl.nregs {
			continue
		}
		name := p.Threads[t].Name
		for _, f := range []struct {
			at   int
			what string
		}{{tl.pc, "pc"}, {tl.cpu, "cpu"}, {tl.preempt, "preempt"}, {tl.locks, "locks"}, {tl.pending, "pending"}, {tl.inGet, "in get"}, {tl.news, "news"}} {
			if f.at == slot {
				return name + " " + f.what
			}
		}
		if slot >= tl.putting && slot < tl.regs {
			return fmt.Sprintf("%s putting %s", name, p.Objects[slot-tl.putting].Name)
		}
		if slot < tl.regs {
			return fmt.Sprintf("%s held %s", name, p.Objects[slot-tl.held].Name)
		}
		return fmt.Sprintf("%s r%d", name, slot-tl.regs)
	}
	return "?"
}
