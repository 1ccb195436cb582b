package checker

import (
	"fmt"
	"maps"
	"slices"

	"lastput/spec"
)

// This file plays a run one move at a time: for whoever chooses the moves as
// the run goes on, and for runs that were recorded.

// Rules say which properties count.
type Rules struct {
	// Ignore lists properties whose violations are looked past.
	Ignore []spec.Property
	// Strict makes the properties that are only noted count as violations.
	Strict bool
}

// A Session is a run of a program on the reference interpreter. It begins at
// the start; Take adds a step, Back takes steps away. It belongs to one
// goroutine.
type Session struct {
	m     *machine
	now   state
	next  state // scratch
	steps []Step
	wrong *Violation // what the last step did, or the start
	seen  bool       // moves, info and ended are those of now
	moves []Move
	info  stateInfo
	ended *Violation
}

// NewSession begins a run of the program.
func NewSession(p *spec.Prog, r Rules) *Session {
	return newSession(p, rules{ignore: r.Ignore, strict: r.Strict})
}

func newSession(p *spec.Prog, r rules) *Session {
	s := &Session{m: newMachine(p, r)}
	s.next = make(state, s.m.size)
	s.restart()
	return s
}

func (s *Session) restart() {
	s.m.owner = map[int64]int{}
	s.m.record = &Step{} // for the message of a violation at the start
	s.now = s.m.start()
	s.m.record = nil
	s.steps, s.wrong, s.seen = nil, s.m.wrong, false
}

// Prog is the program that runs.
func (s *Session) Prog() *spec.Prog { return s.m.p }

// Steps are the steps taken so far. They are not to be changed.
func (s *Session) Steps() []Step { return s.steps }

// Moves lists what can happen next, in a fixed order: by thread, steps before
// migrations, then by the outcomes of choices, then by CPU. There is nothing
// after a violation, nor where nothing can step. A step can have very many
// outcomes, by its choices: the list ends at maxListed.
func (s *Session) Moves() []Move {
	s.look()
	return s.moves
}

// Violation is what is wrong with the run so far, or nil: what the last step
// did; or that nothing can step any more, and somebody should.
func (s *Session) Violation() *Violation {
	s.look()
	return s.ended
}

// RuledOut reports whether a step that is not among Moves would come to an
// assumption of the model (mc_assume) that does not hold: a run that ends here
// is no run to judge.
func (s *Session) RuledOut() bool {
	s.look()
	return s.info.pruned
}

// maxListed is how many moves are listed, and how many attempts to step are made
// that lead nowhere.
const maxListed = 1 << 14

// look finds out what there is to know of the state: once, when first asked.
func (s *Session) look() {
	if s.seen {
		return
	}
	s.seen, s.moves, s.info, s.ended = true, nil, stateInfo{}, s.wrong
	if s.ended == nil {
		s.ended = s.m.checkRaces(s.now)
	}
	if s.ended != nil {
		return
	}
	// Moves that are only looked at take no locks.
	owner := maps.Clone(s.m.owner)
	vain := 0
	s.m.interrupted = func() bool {
		vain++
		return vain == maxListed
	}
	s.info = s.m.successors(s.now, func(mv Move, _ state) bool {
		s.moves = append(s.moves, mv)
		return len(s.moves) < maxListed
	})
	s.m.interrupted = nil
	s.info.pruned = s.info.pruned || vain == maxListed // what was not tried is not judged
	s.m.owner = maps.Clone(owner)
	s.ended = s.m.atEnd(s.now, s.info)
	s.m.owner = owner
}

// Take makes a move. The error says why it is impossible; the run is then as it
// was.
func (s *Session) Take(mv Move) (*Step, error) {
	m := s.m
	if err := m.canPlay(s.now, mv); err != nil {
		return nil, err
	}
	st := Step{Move: mv, CPU: int(s.now[m.threads[mv.Thread].cpu])}
	copy(s.next, s.now)
	owner := maps.Clone(m.owner)
	m.record = &st
	defer func() { m.record = nil }()
	if mv.Migrate {
		in := m.at(s.now, mv.Thread)
		st.Pos, st.Frame = in.Pos, in.Frame
		m.migrate(s.next, mv.Thread, mv.To)
		m.event(Event{Kind: EventMigrate, Old: int64(st.CPU), New: int64(mv.To)}, in)
	} else if err := m.play(s.now, s.next, mv); err != nil {
		m.owner = owner
		return nil, err
	}
	s.steps = append(s.steps, st)
	s.wrong, s.seen = m.wrong, false
	s.now, s.next = s.next, s.now
	return &s.steps[len(s.steps)-1], nil
}

// Back takes the run back to where it had the first n of its steps: it plays
// them again.
func (s *Session) Back(n int) error {
	if n < 0 || n > len(s.steps) {
		return fmt.Errorf("back to step %d: the run has %d", n, len(s.steps))
	}
	kept := s.steps[:n]
	s.restart()
	for _, st := range kept {
		if _, err := s.Take(st.Move); err != nil {
			panic("checker: internal error: a run cannot be played again: " + err.Error())
		}
	}
	return nil
}

// Trace is the run so far, to be drawn, described or replayed.
func (s *Session) Trace() *Trace {
	return s.trace(nobody, s.Violation())
}

// trace is the run with what is wrong with it; from step stem on, if that is
// not nobody, it goes round for ever.
func (s *Session) trace(stem int, v *Violation) *Trace {
	moves := make([]Move, len(s.steps))
	for i := range s.steps {
		moves[i] = s.steps[i].Move
	}
	return &Trace{
		Steps: slices.Clone(s.steps), Switches: int(costOf(moves).switches), Violation: v,
		CycleStart: stem, Replay: encodeReplay(s.m.p, s.m.rules, moves, stem),
	}
}

// costOf is what a run costs.
func costOf(moves []Move) (c cost) {
	last := nobody
	for _, mv := range moves {
		if c = c.after(mv, last); !mv.Migrate {
			last = mv.Thread
		}
	}
	return c
}

// Session plays the recording on the program it was recorded on. Of an endless
// run it has one round of the cycle.
func (r *Recording) Session(p *spec.Prog) (*Session, error) {
	if err := r.isOf(p); err != nil {
		return nil, err
	}
	s := newSession(p, r.rules)
	return s, s.takeAll(r.Moves)
}

func (s *Session) takeAll(moves []Move) error {
	for _, mv := range moves {
		if _, err := s.Take(mv); err != nil {
			return fmt.Errorf("step %d: %w", len(s.steps)+1, err)
		}
	}
	return nil
}
