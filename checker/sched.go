package checker

import (
	"slices"

	"lastput/spec"
)

// This file is the scheduler: which threads may step.

// at is the instruction the thread rests at.
func (m *machine) at(s state, t int) *spec.Inst { return &m.p.Code[m.get(s, m.threads[t].pc)] }

func (m *machine) finished(s state, t int) bool { return m.restsAt(s, t, viewFinished) }

// asleep reports whether the thread rests at a sleep-wait.
func (m *machine) asleep(s state, t int) bool { return m.restsAt(s, t, viewAsleep) }

// retired reports whether the thread was about to begin a pinned get of an
// object that is gone: no get starts any more, so it is done.
func (m *machine) retired(s state, t int) bool {
	if !m.pins || len(m.p.Objects) == 0 || m.get(s, m.threads[t].pending)&pendGet == 0 {
		return false
	}
	for o := range m.p.Objects {
		if m.get(s, m.released+o) == 0 {
			return false
		}
	}
	return true
}

// over reports whether the thread will never step again, for it is done.
func (m *machine) over(s state, t int) bool { return m.finished(s, t) || m.retired(s, t) }

// begun reports whether the thread is a handler at work. A handler may come, or
// not; at work, it runs to its end.
func (m *machine) begun(s state, t int) bool {
	return m.p.Threads[t].Class == spec.IRQ && !m.restsAt(s, t, viewStart) && !m.over(s, t)
}

// atomic reports whether the thread keeps its CPU against all other threads:
// it has preemption or interrupts off, or is a handler at work.
func (m *machine) atomic(s state, t int) bool {
	tl := &m.threads[t]
	return m.get(s, tl.preempt) > 0 || m.get(s, tl.irqOff) != 0 || m.begun(s, t)
}

// keeps reports whether thread u keeps t from running on their CPU.
//
// A handler comes in unless interrupts are off there or another is at work, and
// then keeps everybody else out. A thread with preemption off keeps all but
// handlers out. Otherwise the highest class runs, and within a FIFO priority
// whoever is first in its queue; a thread that rests at a sleep-wait has given
// its CPU up. No more is asked of a state than the answer needs.
func (m *machine) keeps(s state, u, t int) bool {
	ul, tl := &m.threads[u], &m.threads[t]
	if u == t || m.get(s, ul.cpu) != m.get(s, tl.cpu) || m.begun(s, t) {
		return false
	}
	class, other := m.p.Threads[t].Class, m.p.Threads[u].Class
	switch {
	case m.begun(s, u):
		return true
	case class == spec.IRQ:
		return m.get(s, ul.irqOff) != 0 && !m.over(s, u)
	case other == spec.IRQ || m.atomic(s, t):
		return false
	case m.atomic(s, u):
		return !m.over(s, u)
	case other == class:
		return m.get(s, ul.rank) != 0 && (m.get(s, tl.rank) == 0 || m.get(s, ul.rank) < m.get(s, tl.rank)) && !m.over(s, u)
	}
	return other > class && !m.asleep(s, u) && !m.over(s, u)
}

// withholds reports whether thread u, which is not t, keeps a thread of the class
// that is new on the CPU of u from running there; t wants to stop that CPU.
func (m *machine) withholds(s state, u, t int, class spec.Class) bool {
	if u == t || m.over(s, u) {
		return false
	}
	other := m.p.Threads[u].Class
	switch {
	case m.atomic(s, u):
		return true
	case other == spec.IRQ:
		return false
	}
	return (other > class || other == class && class.FIFO()) && !m.asleep(s, u)
}

// withholder is a thread that keeps a thread of the class off one of the CPUs, or
// nobody.
func (m *machine) withholder(s state, t int, cpus int64, class spec.Class) int {
	for u := range m.threads {
		if cpus>>m.get(s, m.threads[u].cpu)&1 != 0 && m.withholds(s, u, t, class) {
			return u
		}
	}
	return nobody
}

// keeper is a thread that keeps t from running, or nobody.
func (m *machine) keeper(s state, t int) int {
	for u := range m.threads {
		if m.keeps(s, u, t) {
			return u
		}
	}
	return nobody
}

// keepers are all such threads.
func (m *machine) keepers(s state, t int) (by []int) {
	for u := range m.threads {
		if m.keeps(s, u, t) {
			by = append(by, u)
		}
	}
	return by
}

// hasCPU reports whether the scheduler lets the thread run.
func (m *machine) hasCPU(s state, t int) bool { return m.keeper(s, t) == nobody }

// preempted reports whether a thread of a higher class is about to take t's CPU:
// it rests at a sleep-wait, but what it waits for is there. Until the wake-up
// arrives t may still run; that it does is nothing to rely on.
func (m *machine) preempted(s state, t int) bool {
	if m.atomic(s, t) {
		return false
	}
	for u := range m.threads {
		in := m.at(s, u)
		if u != t && m.get(s, m.threads[u].cpu) == m.get(s, m.threads[t].cpu) && m.p.Threads[u].Class > m.p.Threads[t].Class &&
			in.Sleep && in.Op != spec.OpYield && !m.over(s, u) && m.ready(s, u) {
			return true
		}
	}
	return false
}

// mayStep reports whether the thread has a step to try in the state; the step
// may still find that it has to wait.
func (m *machine) mayStep(s state, t int) bool {
	return m.get(s, m.violated) == 0 && !m.over(s, t) && m.hasCPU(s, t)
}

// mayMigrate reports whether the thread may move to another CPU.
func (m *machine) mayMigrate(s state, t int) bool {
	return m.p.Threads[t].Migrates && m.get(s, m.violated) == 0 && !m.atomic(s, t) && !m.over(s, t)
}

// settle brings up to date, after a step or a migration of thread t, what
// depends on where all threads are: grace periods and queues. A grace period
// waits for some of those that are inside a read-side section; it is only
// shortened where somebody may have left one. That is t, on the CPU on which it
// took the step, or, where memory has gone, whoever was about to begin a get. No
// more is asked of a state than that needs.
func (m *machine) settle(s state, t, cpu int) {
	anybody := t == nobody || len(m.freed) > 0
	for w := 0; m.graces && m.left && w < len(m.threads); w++ {
		wl := &m.threads[w]
		if old := m.get(s, wl.graceCPUs); old != 0 {
			cpus := old
			for c := range m.p.NCPU {
				if old>>c&1 != 0 && (anybody || c == cpu) && !m.heldUp(s, c) {
					cpus &^= 1 << c
				}
			}
			m.set(s, wl.graceCPUs, cpus)
		}
		if old := m.get(s, wl.graceReaders); old != 0 {
			readers := old
			for u := range m.threads {
				if old>>u&1 != 0 && (anybody || u == t) && !m.reads(s, u) {
					readers &^= 1 << u
				}
			}
			m.set(s, wl.graceReaders, readers)
		}
	}
	if m.queueing {
		m.requeue(s, t)
	}
}

// heldUp reports whether the CPU is in a read-side section of classic RCU: a thread
// on it has preemption or interrupts off.
func (m *machine) heldUp(s state, cpu int) bool {
	for t := range m.threads {
		if m.get(s, m.threads[t].cpu) == int64(cpu) && m.atomic(s, t) && !m.over(s, t) {
			return true
		}
	}
	return false
}

// reads reports whether the thread is inside a read-side section of preemptible
// RCU.
func (m *machine) reads(s state, t int) bool {
	return m.get(s, m.threads[t].readers) > 0 && !m.over(s, t)
}

// requeue puts the threads of equal FIFO priority on one CPU in order. Who
// begins to want the CPU joins at the end, with equals who begin with the same
// step: which of them is first is open until one of them steps. Who sleeps or
// ends leaves; who yields, or pauses, goes to the end; who is preempted by a
// higher class stays where it is.
func (m *machine) requeue(s state, t int) {
	const last = 1 << 30
	for u := range m.threads {
		slot := m.threads[u].rank
		if slot == m.none {
			continue
		}
		rank := m.get(s, slot)
		switch {
		case m.over(s, u) || m.asleep(s, u) && !m.ready(s, u):
			rank = 0
		case rank == 0:
			rank = last
		case u == t && (m.yielded || m.at(s, u).Op == spec.OpYield && m.at(s, u).Sleep):
			rank = last + 1
		case u == t:
			rank += rank - 1
		default:
			rank *= 2
		}
		m.set(s, slot, rank)
	}
	for u := range m.threads {
		ul := &m.threads[u]
		if ul.rank == m.none || m.get(s, ul.rank) <= 0 {
			continue
		}
		// The queue of u, if u is the first thread in it.
		var ranks []int64
		for v := range m.threads {
			vl := &m.threads[v]
			if vl.rank == m.none || m.p.Threads[v].Class != m.p.Threads[u].Class || m.get(s, vl.cpu) != m.get(s, ul.cpu) || m.get(s, vl.rank) == 0 {
				continue
			}
			ranks = append(ranks, m.get(s, vl.rank))
		}
		slices.Sort(ranks)
		ranks = slices.Compact(ranks)
		for v := range m.threads {
			vl := &m.threads[v]
			if vl.rank != m.none && m.p.Threads[v].Class == m.p.Threads[u].Class && m.get(s, vl.cpu) == m.get(s, ul.cpu) && m.get(s, vl.rank) > 0 {
				i, _ := slices.BinarySearch(ranks, m.get(s, vl.rank))
				m.set(s, vl.rank, -int64(i+1)) // done
			}
		}
	}
	for u := range m.threads {
		if ul := &m.threads[u]; m.get(s, ul.rank) < 0 {
			m.set(s, ul.rank, -m.get(s, ul.rank))
		}
	}
}

// ready reports whether the thread, if it had its CPU, would not have to wait.
func (m *machine) ready(s state, t int) bool {
	p := m.probe()
	var script []int
	for {
		if p.step(s, append(p.scratch[:0], s...), t, script) != waiting {
			return true
		}
		var more bool
		if script, more = p.nextScript(script); !more {
			return false
		}
	}
}

// probe is a machine for questions of the kind what would happen if.
func (m *machine) probe() *machine {
	if m.prober == nil {
		m.prober = newMachine(m.p, m.rules)
		m.prober.probing = true
		m.prober.scratch = make(state, m.size)
	}
	m.prober.log = m.log
	return m.prober
}
