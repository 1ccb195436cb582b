package checker

import (
	"slices"

	"lastput/spec"
)

// This file shows the state that a run has come to.

// A View is a state, as a reader may want to see it.
type View struct {
	// Cells holds the value of each of Prog.Cells; see Prog.Value.
	Cells   []int64
	Objects []ObjectView // by Prog.Objects
	Threads []ThreadView // by Prog.Threads
	// Attempted says that an unload attempt has begun, Succeeded that one has
	// succeeded.
	Attempted, Succeeded bool
}

// An ObjectView is what is recorded of an object.
type ObjectView struct {
	Held     int64 // references to it, over all threads
	Final    bool  // its final put was decided
	Released bool  // it is gone
}

// A ThreadView is where a thread is, and what it has.
type ThreadView struct {
	CPU int
	// Pos and Frame are the place of its next step.
	Pos   spec.Pos
	Frame int
	// Done: it will never step again, for it has come to its end, or all it
	// could still get is gone.
	Done bool
	// CanStep: one of Session.Moves is a step of it. If not, Waiting says what
	// it waits for; that is nil where it is done, where the run has ended with a
	// violation, and where it comes to an assumption that does not hold.
	CanStep bool
	Waiting *Waiting

	Registers   []int64 // by Proc.RegNames of its Proc; see Prog.Procs
	Live        []int   // those of Registers that are read again
	PreemptOff  int64   // preemption count
	IRQsOff     bool
	Readers     int64   // depth of preemptible RCU read-side sections
	Locks       int64   // how many locks it holds
	Held        []int64 // by Prog.Objects: references
	AtWork      bool    // a handler that has begun
	InGet       bool    // inside a get that is pinned
	InUnload    bool    // inside an unload attempt
	Queue       int64   // its place among threads of its FIFO priority, from 1; 0: none
	GraceCPUs   uint64  // CPUs that its grace period still waits for
	GraceReader uint64  // threads that it still waits for
}

// View shows the state that the run has come to.
func (s *Session) View() View {
	s.look()
	m := s.m
	v := View{
		Cells:     slices.Clone([]int64(s.now[:len(m.p.Cells)])),
		Attempted: s.now[m.attempted] != 0,
		Succeeded: s.now[m.succeeded] != 0,
	}
	for o := range m.p.Objects {
		v.Objects = append(v.Objects, ObjectView{Final: s.now[m.final+o] != 0, Released: s.now[m.released+o] != 0})
	}
	for t := range m.threads {
		tv := s.thread(t)
		for o := range v.Objects {
			v.Objects[o].Held += tv.Held[o]
		}
		v.Threads = append(v.Threads, tv)
	}
	return v
}

func (s *Session) thread(t int) ThreadView {
	m, st := s.m, s.now
	tl := &m.threads[t]
	in := m.at(st, t)
	v := ThreadView{
		CPU: int(st[tl.cpu]), Pos: in.Pos, Frame: in.Frame, Done: m.over(st, t),
		CanStep:    slices.ContainsFunc(s.moves, func(mv Move) bool { return mv.Thread == t && !mv.Migrate }),
		Registers:  slices.Clone([]int64(st[tl.regs : tl.regs+tl.nregs])),
		Live:       slices.Clone(in.Live),
		PreemptOff: st[tl.preempt], IRQsOff: st[tl.irqOff] != 0, Readers: st[tl.readers], Locks: st[tl.locks],
		Held:   slices.Clone([]int64(st[tl.held : tl.held+len(m.p.Objects)])),
		AtWork: m.begun(st, t), InGet: st[tl.inGet] != 0, InUnload: st[tl.attempt] != 0,
		Queue: st[tl.rank], GraceCPUs: uint64(st[tl.graceCPUs]), GraceReader: uint64(st[tl.graceReaders]),
	}
	if !v.Done && !v.CanStep && (s.ended == nil || len(s.ended.Waiting) > 0) && (m.keeper(st, t) != nobody || !m.ready(st, t)) {
		w := m.waiting(st, t, nil)
		v.Waiting = &w
	}
	return v
}
