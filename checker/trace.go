package checker

import (
	"errors"
	"fmt"
	"slices"

	"lastput/spec"
)

// This file plays runs: on the reference interpreter, with everything recorded
// that a reader may want to see.

// run plays the moves from the start. The error says which move is impossible.
// If stem is not nobody, the moves after so many are said to go round for ever.
func run(p *spec.Prog, r rules, moves []Move, stem int) (*Trace, error) {
	s := newSession(p, r)
	if stem < 0 {
		if err := s.takeAll(moves); err != nil {
			return nil, err
		}
		return s.Trace(), nil
	}
	if err := s.takeAll(moves[:stem]); err != nil {
		return nil, err
	}
	cycle := []state{slices.Clone(s.now)}
	for i := range moves[stem:] {
		if err := s.takeAll(moves[stem+i : stem+i+1]); err != nil {
			return nil, err
		}
		cycle = append(cycle, slices.Clone(s.now))
	}
	v := s.Violation()
	if v == nil {
		v = s.m.endless(cycle, moves[stem:])
	}
	if v == nil || stem == len(moves) {
		return nil, fmt.Errorf("from step %d on: no cycle that a fair run can go round for ever", stem+1)
	}
	return s.trace(stem, v), nil
}

// canPlay says why a move cannot be made in the state.
func (m *machine) canPlay(s state, mv Move) error {
	switch {
	case mv.Thread < 0 || mv.Thread >= len(m.threads):
		return fmt.Errorf("there is no thread %d", mv.Thread)
	case mv.Migrate && (!m.mayMigrate(s, mv.Thread) || !slices.Contains(m.destinations(s, mv.Thread), mv.To)):
		return fmt.Errorf("%s cannot migrate to CPU %d", m.p.Threads[mv.Thread].Name, mv.To)
	case !mv.Migrate && !m.mayStep(s, mv.Thread):
		return fmt.Errorf("%s cannot step", m.p.Threads[mv.Thread].Name)
	}
	return nil
}

func (m *machine) play(s, next state, mv Move) error {
	name := m.p.Threads[mv.Thread].Name
	switch m.step(s, next, mv.Thread, mv.Choices) {
	case waiting:
		return fmt.Errorf("%s has to wait", name)
	case pruned:
		return fmt.Errorf("%s comes to an assumption that does not hold", name)
	}
	if len(mv.Choices) != m.taken {
		return fmt.Errorf("%s makes %d choices, not %d", name, m.taken, len(mv.Choices))
	}
	for i, c := range mv.Choices {
		if c < 0 || c >= m.arity[i] {
			return fmt.Errorf("%s has no outcome %d of its choice %d", name, c, i+1)
		}
	}
	return nil
}

// mustRun plays moves that a search found possible.
func mustRun(p *spec.Prog, r rules, moves []Move, stem int) *Trace {
	t, err := run(p, r, moves, stem)
	if err != nil {
		panic("checker: internal error: a run that was found cannot be replayed: " + err.Error())
	}
	return t
}

// ModelPlace is the innermost place of the model's own files on a chain of
// calls; where there is none, the place itself.
func ModelPlace(p *spec.Prog, pos spec.Pos, frame int) (spec.Pos, int) {
	at, f := pos, frame
	for at.Line > 0 {
		if !p.Files[at.File].Library {
			return at, f
		}
		at, f = p.Frames[f].Call, p.Frames[f].Parent
	}
	return pos, frame
}

// Calls names the inlined calls that lead to a frame, outermost first.
func Calls(p *spec.Prog, frame int) []string {
	var names []string
	for ; frame > 0; frame = p.Frames[frame].Parent {
		if fn := p.Frames[frame].Func; fn != "" {
			names = append(names, fn)
		}
	}
	slices.Reverse(names)
	return names
}

// unreached lists the lines of the model's own files that have code of which
// nothing was executed.
func unreached(p *spec.Prog, executed []bool) []spec.Pos {
	reached := map[spec.Pos]bool{}
	for i := range p.Code {
		pos := p.Code[i].Pos
		pos.Col = 0
		if pos.Line == 0 || p.Files[pos.File].Library {
			continue
		}
		reached[pos] = reached[pos] || executed[i]
	}
	var out []spec.Pos
	for pos, is := range reached {
		if !is {
			out = append(out, pos)
		}
	}
	slices.SortFunc(out, func(a, b spec.Pos) int {
		if a.File != b.File {
			return a.File - b.File
		}
		return a.Line - b.Line
	})
	return out
}

// JudgeWitnesses makes verified results of one model inconclusive where a
// witness (mc_cover) was reached in none of them.
func JudgeWitnesses(results []*Result) {
	for _, r := range results {
		for i, c := range r.Prog.Covers {
			if r.Verdict != Verified || witnessReached(results, r.Prog, i) {
				continue
			}
			r.Verdict, r.StoppedBy = Inconclusive, StoppedByWitness
			r.Reason = fmt.Sprintf("%s: no run reaches the witness mc_cover(%s)", r.Prog.Place(c.Pos), r.Prog.Msgs[c.Msg])
		}
	}
}

func witnessReached(results []*Result, p *spec.Prog, i int) bool {
	c := p.Covers[i]
	for _, r := range results {
		if r.Prog.Model != p.Model {
			continue
		}
		for j, d := range r.Prog.Covers {
			if d.Pos.Line == c.Pos.Line && d.Pos.Col == c.Pos.Col && r.Prog.Files[d.Pos.File].Name == p.Files[c.Pos.File].Name && r.Covered[j] {
				return true
			}
		}
	}
	return false
}

var errReplay = errors.New("not a recorded run: want what mc check printed after mc replay")
