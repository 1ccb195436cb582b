package checker

import (
	"cmp"
	"fmt"
	"slices"

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

// A noteCase is a note with what its message speaks of: threads, memory (or -1), and
// another place.
type noteCase struct {
	Note
	format  string
	threads []int
	cell    int
	other   spec.Pos
}

// rules say which properties count.
type rules struct {
	ignore []spec.Property // those that are looked past
	strict bool            // notes count as violations
	from   []Move          // what has happened where a search begins
}

// note records a case of a noted property: of all that there are, the first in
// the order of compareNotes.
func (m *machine) note(prop spec.Property, t int, in *spec.Inst, format string) {
	if m.notes == nil {
		return // nobody wants to know
	}
	n := m.least(&noteCase{Note: Note{Property: prop, Pos: in.Pos, Frame: in.Frame}, format: format, threads: []int{t}, cell: -1})
	if old := m.notes[prop]; old == nil || compareNotes(n, old) < 0 {
		m.notes[prop] = n
		m.undo = append(m.undo, func() {
			if delete(m.notes, prop); old != nil {
				m.notes[prop] = old
			}
		})
	}
}

// compareNotes orders the notes of one property: by place, then by what they
// speak of.
func compareNotes(a, b *noteCase) int {
	return cmp.Or(comparePos(a.Pos, b.Pos), cmp.Compare(a.format, b.format), slices.Compare(a.threads, b.threads),
		cmp.Compare(a.cell, b.cell), comparePos(a.other, b.other), cmp.Compare(a.Frame, b.Frame))
}

func comparePos(a, b spec.Pos) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
}

// least is the first note, in that order, of those that differ in which of the
// CPUs that are alike they speak of.
func (m *machine) least(n *noteCase) *noteCase {
	if m.sym != nil {
		n.threads, n.cell = m.sym.least(n.threads, n.cell)
	}
	args := []any{}
	for _, t := range n.threads {
		args = append(args, m.p.Threads[t].Name)
	}
	if n.cell >= 0 {
		args = append(args, m.p.Cells[n.cell].Name)
	}
	if n.other.Line > 0 {
		args = append(args, m.p.Place(n.other))
	}
	n.Message = fmt.Sprintf(n.format, args...)
	return n
}

// noteList lists the notes in order of precedence.
func noteList(notes map[spec.Property]*noteCase) []Note {
	var out []Note
	for _, p := range spec.Properties {
		if n := notes[p]; n != nil {
			out = append(out, n.Note)
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

// races calls found with every plain race in the state: two threads that may both
// step now, and whose steps access the same cell, one of them writing and one of
// them by plain C. By the argument of Adve and Hill, "Weak ordering: a new
// definition" (ISCA 1990), a program has an execution with unordered
// conflicting accesses iff it has one with adjacent ones, and these are the
// states before such.
func (m *machine) races(s state, found func(t, u int)) {
	for t := range m.threads {
		if !m.at(s, t).Op.Info().Access || !m.mayStep(s, t) {
			continue
		}
		cell, plain, writes := m.nextAccess(s, t)
		for u := t + 1; u < len(m.threads) && cell >= 0; u++ {
			if !m.at(s, u).Op.Info().Access || !m.mayStep(s, u) {
				continue
			}
			if other, otherPlain, otherWrites := m.nextAccess(s, u); cell == other && (plain || otherPlain) && (writes || otherWrites) {
				found(t, u)
			}
		}
	}
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
	var v *Violation
	m.races(s, func(t, u int) {
		if v == nil {
			n := m.raceNote(s, t, u)
			v = &Violation{Property: spec.PlainRace, Thread: t, Message: n.Message, Pos: n.Pos, Frame: n.Frame}
		}
	})
	return v
}

// raceNote says what race there is between two threads in the state.
func (m *machine) raceNote(s state, t, u int) *noteCase {
	in, other := m.at(s, t), m.at(s, u)
	cell, _ := m.restingCell(s, t)
	pos, _ := ModelPlace(m.p, other.Pos, other.Frame)
	return m.least(&noteCase{
		Note: Note{Property: spec.PlainRace, Pos: in.Pos, Frame: in.Frame}, format: "%s and %s access %s in either order, the second at %s",
		threads: []int{t, u}, cell: cell, other: pos,
	})
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
