package checker

import (
	"fmt"

	"lastput/spec"
)

// This file records what is worth a note beside a verdict: properties that say
// what a strategy costs its users rather than whether it is right.

// A Note is the first case met of a property that is only noted.
type Note struct {
	Property spec.Property
	Message  string
	Pos      spec.Pos
	Frame    int
}

// rules say which properties count.
type rules struct {
	ignore []spec.Property // those that are looked past
	strict bool            // notes count as violations
}

// note records a case of a noted property: of all that are met, the first in
// the order of the text.
func (m *machine) note(prop spec.Property, in *spec.Inst, format string, args ...any) {
	if m.notes == nil {
		return // nobody wants to know
	}
	n := &Note{Property: prop, Message: fmt.Sprintf(format, args...), Pos: in.Pos, Frame: in.Frame}
	if old := m.notes[prop]; old == nil || compareNotes(n, old) < 0 {
		m.notes[prop] = n
		m.undo = append(m.undo, func() {
			if delete(m.notes, prop); old != nil {
				m.notes[prop] = old
			}
		})
	}
}

// noteList lists the notes in order of precedence.
func noteList(notes map[spec.Property]*Note) []Note {
	var out []Note
	for _, p := range spec.Properties {
		if n := notes[p]; n != nil {
			out = append(out, *n)
		}
	}
	return out
}

// refused notes a get that failed. It did so for nothing unless an unload
// attempt had succeeded by then, or one that is still under way will.
func (m *machine) refused(s state, t int, in *spec.Inst) {
	if m.get(s, m.succeeded) == 0 && m.judged {
		under := int64(0)
		for u := range m.threads {
			if m.get(s, m.threads[u].attempt) != 0 {
				under |= 1 << u
			}
		}
		if under == 0 {
			m.fail(spec.SpuriousFailure, t, in, false, "a get of %s failed, and no unload that it overlapped succeeded", m.p.Threads[t].Name)
		} else if m.get(s, m.doubted) == 0 {
			// A get that failed earlier and is not settled yet has fewer
			// attempts left to hope for: one is enough to remember.
			m.set(s, m.doubted, under)
		}
	}
	m.early(s, t, in)
}

// attemptEnds judges, at the end of an unload attempt, the gets that failed
// while it was under way.
func (m *machine) attemptEnds(s state, t int, success bool, in *spec.Inst) {
	m.applyPending(s, t)
	m.set(s, m.threads[t].attempt, 0)
	switch before := m.get(s, m.doubted); {
	case success:
		m.set(s, m.succeeded, 1)
		m.set(s, m.doubted, 0)
	case before != 0:
		left := before &^ (1 << t)
		if m.set(s, m.doubted, left); left == 0 {
			m.fail(spec.SpuriousFailure, t, in, false, "a get failed while %s tried, and then the unload failed as well", m.p.Threads[t].Name)
		}
	}
}

// early notes a get that failed although no final put was decided.
func (m *machine) early(s state, t int, in *spec.Inst) {
	for o := range m.p.Objects {
		if m.get(s, m.final+o) != 0 {
			return
		}
	}
	m.fail(spec.EarlyFailure, t, in, false, "a get of %s failed before the final put", m.p.Threads[t].Name)
}

// race looks for a plain race in the state: two threads that may both step
// now, and whose steps access the same cell, one of them writing and one of
// them by plain C. By the argument of Adve and Hill, "Weak ordering: a new
// definition" (ISCA 1990), a program has an execution with unordered
// conflicting accesses iff it has one with adjacent ones, and these are the
// states before such.
func (m *machine) race(s state) (a, b int, found bool) {
	for t := range m.threads {
		if !m.plain[m.get(s, m.threads[t].pc)] || !m.mayStep(s, t) {
			continue
		}
		cell, plain, writes := m.nextAccess(s, t)
		for u := range m.threads {
			if u == t || !plain || !m.mayStep(s, u) {
				continue
			}
			if other, _, otherWrites := m.nextAccess(s, u); cell == other && (writes || otherWrites) {
				return min(t, u), max(t, u), true
			}
		}
	}
	return 0, 0, false
}

// writes reports whether the access the thread rests at can change memory.
func (m *machine) writes(s state, t int) bool {
	op := m.at(s, t).Op
	return op == spec.OpStore || op == spec.OpRMW
}

// restingCell is the cell of the access the thread rests at, if it has one.
func (m *machine) restingCell(s state, t int) (int, bool) {
	cell, bad := m.locate(s, m.threadFrame(s, t), m.at(s, t))
	return cell, bad == ""
}

// checkRaces is the violation of a state before a plain race, in strict mode.
func (m *machine) checkRaces(s state) *Violation {
	if !m.strict || !m.anyPlain || m.ignored[raceRank] || m.get(s, m.violated) != 0 {
		return nil
	}
	n := m.raceNote(s)
	if n == nil {
		return nil
	}
	t, _, _ := m.race(s)
	return &Violation{Property: spec.PlainRace, Thread: t, Message: n.Message, Pos: n.Pos, Frame: n.Frame}
}

// raceNote says what race there is in the state, or nil.
func (m *machine) raceNote(s state) *Note {
	t, u, found := m.race(s)
	if !found {
		return nil
	}
	in, other := m.at(s, t), m.at(s, u)
	cell, _ := m.restingCell(s, t)
	pos, _ := ModelPlace(m.p, other.Pos, other.Frame)
	message := fmt.Sprintf("%s and %s access %s in either order, the second at %s", m.p.Threads[t].Name, m.p.Threads[u].Name, m.p.Cells[cell].Name, m.p.Place(pos))
	return &Note{Property: spec.PlainRace, Message: message, Pos: in.Pos, Frame: in.Frame}
}

// nextAccess is the cell that the thread accesses with its next step, by plain C
// or not, writing it or not; -1 if there is none.
func (m *machine) nextAccess(s state, t int) (cell int32, plain, writes bool) {
	if !m.anyPlain || !m.at(s, t).Op.Info().Access {
		return -1, false, false
	}
	at, ok := m.restingCell(s, t)
	if !ok {
		return -1, false, false
	}
	return int32(at), m.plain[m.get(s, m.threads[t].pc)], m.writes(s, t)
}

var raceRank = spec.PlainRace.Rank()

// findPlain marks the instructions that are plain accesses to shared memory.
func (m *machine) findPlain() {
	m.plain = make([]bool, len(m.p.Code))
	for i := range m.p.Code {
		in := &m.p.Code[i]
		if in.Visible() && (in.Op == spec.OpLoad || in.Op == spec.OpStore) && in.Order == spec.Plain {
			m.plain[i] = true
			m.anyPlain = true
		}
	}
}
