package checker

import (
	"fmt"
	"slices"
	"strings"

	"lastput/spec"
)

// This file says of a run that does not come to a good end who waits for what.

// atEnd is the violation of the state in which a run ends, or nil. info is what
// is known of the state.
func (m *machine) atEnd(s state, info stateInfo) *Violation {
	switch prop := m.terminal(s, info); prop {
	case "":
		return nil
	case spec.Leak:
		o := m.leaks(s)
		what := "final put of %s was never decided"
		if s[m.final+o] != 0 {
			what = "final put of %s was decided, but it was never released"
		}
		return &Violation{Property: prop, Thread: nobody, Message: "everybody has finished, and the " + fmt.Sprintf(what, m.p.Objects[o].Name)}
	default:
		v := &Violation{Property: prop, Thread: nobody}
		m.explain(s, v, m.stuckThreads(s), nil)
		return v
	}
}

// endless is the violation of a run that goes round a cycle for ever, or nil
// if no fair run can. The last state of the cycle is the first again.
func (m *machine) endless(cycle []state, moves []Move) *Violation {
	n := len(moves)
	if m.ignored[spec.Hang.Rank()] || n == 0 || !slices.Equal(cycle[0], cycle[n]) {
		return nil
	}
	var steps, enabled, unfinished threadSet
	for i, mv := range moves {
		if !mv.Migrate {
			steps.add(mv.Thread)
		}
		enabled.union(m.enabled(cycle[i]))
		for _, t := range m.stuckThreads(cycle[i]) {
			unfinished.add(t)
		}
	}
	if steps.empty() || unfinished.empty() || !enabled.minus(steps).empty() {
		return nil
	}
	var list, round []int
	for t := range m.threads {
		if unfinished.has(t) {
			list = append(list, t)
		}
		if steps.has(t) {
			round = append(round, t)
		}
	}
	v := &Violation{Property: spec.Hang, Thread: nobody}
	m.explain(cycle[n], v, list, round)
	return v
}

// explain fills in who waits for what, beginning with the threads listed. The
// threads of round never rest.
func (m *machine) explain(s state, v *Violation, list, round []int) {
	for i := 0; i < len(list); i++ {
		w := m.waiting(s, list[i], round)
		v.Waiting = append(v.Waiting, w)
		more := w.By
		if w.For == WaitMemory {
			more = append(slices.Clone(more), m.busy(s, list)...)
		}
		for _, u := range more {
			if !slices.Contains(list, u) {
				list = append(list, u)
			}
		}
	}
	var parts []string
	for _, w := range v.Waiting {
		parts = append(parts, m.p.Threads[w.Thread].Name+" "+w.Why(m.p))
	}
	v.Message = strings.Join(parts, "; ")
}

// busy lists the threads that need not finish and are not idle, asleep until
// somebody wants something of them.
func (m *machine) busy(s state, known []int) []int {
	var out []int
	for t := range m.threads {
		if m.mustFinish(s, t) || m.over(s, t) || m.p.Threads[t].Hog || m.p.Threads[t].Class == spec.IRQ ||
			slices.Contains(known, t) || m.at(s, t).Sleep && !m.ready(s, t) && m.waiting(s, t, nil).For == WaitMemory {
			continue
		}
		out = append(out, t)
	}
	return out
}

// waiting says what the thread waits for in the state.
func (m *machine) waiting(s state, t int, round []int) Waiting {
	in := m.at(s, t)
	w := Waiting{Thread: t, CPU: int(s[m.threads[t].cpu]), Pos: in.Pos, Frame: in.Frame, Cell: -1}
	if slices.Contains(round, t) {
		w.For = WaitRound
		return w
	}
	if in.Op == spec.OpHog {
		w.For = WaitHog
		return w
	}
	if by := m.keepers(s, t); len(by) > 0 && m.ready(s, t) {
		w.For, w.By = WaitCPU, by
		return w
	}
	switch {
	case in.Op == spec.OpGrace:
		w.For, w.By = WaitGrace, m.delayers(s, t)
	case in.Op == spec.OpStop:
		w.For, w.By = WaitStop, m.delayers(s, t)
	case in.Op == spec.OpRelease:
		w.For = WaitGets
		for u := range m.threads {
			if u != t && s[m.threads[u].inGet] != 0 {
				w.By = append(w.By, u)
			}
		}
	case in.Op == spec.OpAwait:
		w.For = WaitCall
	default:
		w.For = WaitMemory
		cell, ok := m.restingCell(s, t)
		if !ok {
			break
		}
		w.Cell, w.Value = cell, s[cell]
		if u, held := m.owner[int64(cell+1)]; held && u != nobody {
			w.For, w.By = WaitLock, []int{u}
		}
	}
	return w
}

// Why says in a few words what the thread waits for and who could end it.
func (w *Waiting) Why(p *spec.Prog) string {
	var names []string
	for _, t := range w.By {
		th := &p.Threads[t]
		name := th.Name
		if th.Class != spec.Other && th.Class != spec.IRQ {
			name += " (" + th.Class.String() + ")"
		}
		names = append(names, name)
	}
	by := strings.Join(names, ", ")
	switch w.For {
	case WaitCPU:
		verb := "keeps"
		if len(names) > 1 {
			verb = "keep"
		}
		return fmt.Sprintf("cannot run: %s %s CPU%d", by, verb, w.CPU)
	case WaitLock:
		return fmt.Sprintf("waits for %s, which %s holds", p.AddressName(w.Cell), by)
	case WaitGrace:
		return fmt.Sprintf("waits for a grace period: %s is inside a read-side section", by)
	case WaitStop:
		return "waits for the machine to stop: CPUs are kept by " + by
	case WaitGets:
		return fmt.Sprintf("waits to release: %s is inside a get", by)
	case WaitCall:
		return "waits for a call of another thread to end"
	case WaitHog:
		return fmt.Sprintf("never gives up CPU%d", w.CPU)
	case WaitRound:
		return "goes round and round"
	}
	if w.Cell < 0 {
		return "waits"
	}
	if text := driverWaits(p, w.Cell, w.Value); text != "" {
		return text
	}
	return fmt.Sprintf("waits while %s is %s", p.Cells[w.Cell].Name, p.Value(p.Cells[w.Cell].Type, w.Value))
}
