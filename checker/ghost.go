package checker

import (
	"slices"

	"lastput/spec"
)

// This file is what the model says of references to its objects, and what that
// makes wrong.

// applyPending does what was to come with the thread's next step, or, where a
// role call is over or the thread ends without one, at once.
func (m *machine) applyPending(s state, t int) {
	tl := &m.threads[t]
	pend := m.get(s, tl.pending)
	if pend == 0 {
		return
	}
	m.set(s, tl.pending, 0)
	if pend&pendGet != 0 {
		m.set(s, tl.inGet, 1)
	}
	if pend&pendUnload != 0 {
		m.set(s, m.attempted, 1)
		m.set(s, tl.attempt, 1)
		m.set(s, tl.news, 0)
	}
	for o := 0; pend&pendPut != 0 && o < len(m.p.Objects); o++ {
		for ; m.get(s, tl.putting+o) > 0; m.add(s, tl.putting+o, -1) {
			m.add(s, tl.held+o, -1)
			m.event(Event{Kind: EventPutting, Object: o}, m.at(s, t))
		}
	}
}

// ghost records what the model says of its references.
func (m *machine) ghost(s state, f frame, in *spec.Inst) {
	t := f.thread
	if t < 0 {
		return
	}
	tl := &m.threads[t]
	switch kind := spec.GhostKind(in.Sub); kind {
	case spec.GhostGot, spec.GhostPutting, spec.GhostFinal:
		if o, ok := m.object(f, in); ok {
			m.lifetime(s, t, kind, o, in)
		}
	case spec.GhostGetBegin:
		m.set(s, tl.pending, m.get(s, tl.pending)|pendGet)
		m.left = m.left || m.retired(s, t)
	case spec.GhostGetEnd:
		// A get without a step of its own has never begun.
		m.set(s, tl.pending, m.get(s, tl.pending)&^pendGet)
		m.set(s, tl.inGet, 0)
	case spec.GhostUnload:
		m.set(s, tl.pending, m.get(s, tl.pending)|pendUnload)
	case spec.GhostCall:
		m.applyPending(s, t)
		m.event(Event{Kind: EventReturn, Object: nobody}, in)
		for u := range m.threads {
			if u != t && m.awaits[u] && !m.finished(s, u) {
				m.set(s, m.threads[u].news, 1)
			}
		}
	case spec.GhostBalance:
		m.balance(s, t, in)
	case spec.GhostLock:
		m.add(s, tl.locks, 1)
		m.owns(f.value(in.A), t)
	case spec.GhostUnlock:
		m.add(s, tl.locks, -1)
		m.owns(f.value(in.A), nobody)
	case spec.GhostAttempted:
		m.event(Event{Kind: EventUnload, Object: nobody, New: bit(f.value(in.A) != 0)}, in)
		m.attemptEnds(s, t, f.value(in.A) != 0, in)
	case spec.GhostMaySleep:
		m.maySleep(s, t, in)
	case spec.GhostRefused:
		m.event(Event{Kind: EventRefused, Object: nobody}, in)
		m.refused(s, t, in)
	}
}

// object is the object that an operand points to; NULL means the only one.
func (m *machine) object(f frame, in *spec.Inst) (int, bool) {
	ptr := f.value(in.A)
	if ptr == 0 && len(m.p.Objects) == 1 {
		return 0, true
	}
	if ptr > 0 && ptr <= int64(len(m.p.Cells)) {
		if o := m.p.Cells[ptr-1].Object; o >= 0 {
			return o, true
		}
	}
	m.fail(spec.InvalidAccess, f.thread, in, true, "the pointer given is to no object with a lifetime")
	return 0, false
}

func (m *machine) lifetime(s state, t int, kind spec.GhostKind, o int, in *spec.Inst) {
	tl := &m.threads[t]
	switch kind {
	case spec.GhostGot:
		if m.get(s, m.final+o) != 0 {
			m.fail(spec.GetAfterFinalPut, t, in, false, "%s got a reference to %s after the final put", m.p.Threads[t].Name, m.p.Objects[o].Name)
		}
		m.add(s, tl.held+o, 1)
		m.event(Event{Kind: EventGot, Object: o}, in)
	case spec.GhostPutting:
		m.set(s, tl.pending, m.get(s, tl.pending)|pendPut)
		m.add(s, tl.putting+o, 1)
	case spec.GhostFinal:
		m.finalPut(s, t, o, in)
	}
}

// finalPut records that the last put of the object was decided.
func (m *machine) finalPut(s state, t, o int, in *spec.Inst) {
	m.event(Event{Kind: EventFinal, Object: o}, in)
	if u := m.holder(s, o); u >= 0 {
		m.fail(spec.FinalPutWhileHeld, t, in, false, "the final put of %s was decided while %s held a reference", m.p.Objects[o].Name, m.p.Threads[u].Name)
	}
	if m.judged && m.get(s, m.attempted) == 0 && m.get(s, m.threads[t].pending)&pendUnload == 0 {
		m.fail(spec.FinalPutWhileHeld, t, in, false, "the final put of %s was decided before any unload began", m.p.Objects[o].Name)
	}
	m.set(s, m.final+o, 1)
}

// holder is a thread that holds a reference to the object, or -1. One thread
// may put what another got, so only the sum over all threads tells.
func (m *machine) holder(s state, o int) int {
	sum, holder := int64(0), -1
	for u := range m.threads {
		n := m.get(s, m.threads[u].held+o)
		sum += n
		if n > 0 && holder < 0 {
			holder = u
		}
	}
	if sum <= 0 {
		return -1
	}
	return holder
}

// release ends the life of an object. Where gets are pinned it waits for those
// in flight.
func (m *machine) release(s state, f frame, in *spec.Inst) {
	o, ok := m.object(f, in)
	if !ok || f.thread < 0 {
		return
	}
	for u := range m.threads {
		if m.p.Pinned && u != f.thread && m.get(s, m.threads[u].inGet) != 0 {
			m.blocked = true
			return
		}
	}
	if m.get(s, m.released+o) != 0 {
		m.fail(spec.DoubleRelease, f.thread, in, false, "%s was released twice", m.p.Objects[o].Name)
		return
	}
	if m.get(s, m.final+o) == 0 {
		m.finalPut(s, f.thread, o, in)
	}
	m.set(s, m.released+o, 1)
	m.freed = append(m.freed, o)
	m.left = true // who was about to begin a get is done
	m.event(Event{Kind: EventRelease, Object: o}, in)
}

// owns notes who holds a lock.
func (m *machine) owns(lock int64, t int) {
	if m.owner != nil {
		m.owner[lock] = t
	}
}

func (m *machine) balance(s state, t int, in *spec.Inst) {
	tl := &m.threads[t]
	switch {
	case m.get(s, tl.preempt) != 0:
		m.fail(spec.Unbalanced, t, in, false, "%s comes back with preemption off", m.p.Threads[t].Name)
	case m.get(s, tl.irqOff) != 0:
		m.fail(spec.Unbalanced, t, in, false, "%s comes back with interrupts off", m.p.Threads[t].Name)
	case m.get(s, tl.readers) != 0:
		m.fail(spec.Unbalanced, t, in, false, "%s comes back inside a read-side section of RCU", m.p.Threads[t].Name)
	case m.get(s, tl.locks) > 0:
		m.fail(spec.Unbalanced, t, in, false, "%s comes back with a lock held", m.p.Threads[t].Name)
	case m.get(s, tl.locks) < 0:
		m.fail(spec.Unbalanced, t, in, false, "%s comes back having given up a lock it did not take", m.p.Threads[t].Name)
	}
}

// checkWaiters looks for threads that wait on memory of an object that t has
// just released.
func (m *machine) checkWaiters(s state, t, o int) {
	for u := range m.threads {
		if u == t || !m.restsAt(s, u, viewWaits) || m.over(s, u) {
			continue
		}
		before := slices.Clone(s)
		m.set(before, m.released+o, 0)
		f := m.threadFrame(before, u)
		m.probe().begin(nil) // what was asked before is over
		cell, ok := m.prober.address(before, f, m.at(before, u))
		if !ok || m.p.Cells[cell].Object != o {
			continue
		}
		if m.prober.step(before, slices.Clone(before), u, nil) == waiting {
			m.fail(spec.UseAfterRelease, t, m.at(s, u), false, "%s was released while %s waits on its memory", m.p.Objects[o].Name, m.p.Threads[u].Name)
		}
	}
}
