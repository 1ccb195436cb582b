package checker

import (
	"fmt"
	"strconv"
	"strings"

	"lastput/spec"
)

// This file writes runs as short strings and reads them back. A string is
//
//	lp1/MODEL/SCENARIO/DIGEST/MOVES[~CYCLE][/RULE,…]
//
// A rule is a property that was looked past, or "strict". The moves are separated by dots:
// "2" is a step of thread 2, "2x5" five of them, "2c1,0" a step with the
// outcomes 1 and 0 of its choices, "2m1" a migration of thread 2 to CPU 1. The
// moves of CYCLE are gone round for ever.

const replayVersion = "lp1"

func encodeReplay(p *spec.Prog, r rules, moves []Move, stem int) string {
	text := ""
	if stem >= 0 {
		text = encodeMoves(moves[:stem]) + "~" + encodeMoves(moves[stem:])
	} else {
		text = encodeMoves(moves)
	}
	fields := []string{replayVersion, p.Model, p.Scenario.String(), p.Digest(), text}
	var names []string
	if r.strict {
		names = append(names, strictRule)
	}
	for _, prop := range r.ignore {
		names = append(names, string(prop))
	}
	if len(names) > 0 {
		fields = append(fields, strings.Join(names, ","))
	}
	return strings.Join(fields, "/")
}

func encodeMoves(moves []Move) string {
	var parts []string
	for i := 0; i < len(moves); {
		n := 1
		if len(moves[i].Choices) == 0 && !moves[i].Migrate {
			for i+n < len(moves) && moves[i+n].Thread == moves[i].Thread && !moves[i+n].Migrate && len(moves[i+n].Choices) == 0 {
				n++
			}
		}
		text := MoveText(moves[i])
		if n > 1 {
			text += fmt.Sprintf("x%d", n)
		}
		parts = append(parts, text)
		i += n
	}
	return strings.Join(parts, ".")
}

// MoveText is a move as a recorded run has it: "2", "2c1,0" or "2m1".
func MoveText(mv Move) string {
	text := strconv.Itoa(mv.Thread)
	if mv.Migrate {
		return text + "m" + strconv.Itoa(mv.To)
	}
	for i, c := range mv.Choices {
		sep := ","
		if i == 0 {
			sep = "c"
		}
		text += sep + strconv.Itoa(c)
	}
	return text
}

// A Recording is a run read back from a string.
type Recording struct {
	Model    string
	Scenario spec.Scenario
	Digest   string
	Moves    []Move
	// CycleStart is the index of the first move that is gone round for ever,
	// or -1.
	CycleStart int
	rules      rules
}

const strictRule = "strict"

// maxMoves bounds how long a recorded run may be.
const maxMoves = 1 << 20

// ParseReplay reads what Trace.Replay holds.
func ParseReplay(text string) (*Recording, error) {
	f := strings.Split(strings.TrimSpace(text), "/")
	if len(f) != 5 && len(f) != 6 {
		return nil, errReplay
	}
	if f[0] != replayVersion {
		return nil, fmt.Errorf("a run recorded by another version: it is %q, this is %q", f[0], replayVersion)
	}
	s, err := spec.ParseScenario(f[2])
	if err != nil {
		return nil, fmt.Errorf("recorded run: %w", err)
	}
	r := &Recording{Model: f[1], Scenario: s, Digest: f[3], CycleStart: nobody}
	if len(f) == 6 {
		if err := r.parseRules(f[5]); err != nil {
			return nil, err
		}
	}
	stem, cycle, endless := strings.Cut(f[4], "~")
	if err := r.parseMoves(stem); err != nil {
		return nil, err
	}
	if endless {
		r.CycleStart = len(r.Moves)
		if err := r.parseMoves(cycle); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Recording) parseMoves(text string) error {
	if text == "" {
		return nil
	}
	for _, part := range strings.Split(text, ".") {
		if err := r.parseMove(part); err != nil {
			return err
		}
	}
	return nil
}

func (r *Recording) parseRules(text string) error {
	for _, name := range strings.Split(text, ",") {
		prop := spec.Property(name)
		switch {
		case name == strictRule:
			r.rules.strict = true
		case prop.Valid():
			r.rules.ignore = append(r.rules.ignore, prop)
		default:
			return fmt.Errorf("recorded run: unknown property %q", name)
		}
	}
	return nil
}

func (r *Recording) parseMove(part string) error {
	bad := fmt.Errorf("recorded run: %q is no move", part)
	digits := strings.IndexFunc(part, func(c rune) bool { return c < '0' || c > '9' })
	if digits < 0 {
		digits = len(part)
	}
	t, err := strconv.Atoi(part[:digits])
	if err != nil {
		return bad
	}
	mv, n := Move{Thread: t}, 1
	rest := part[digits:]
	switch {
	case rest == "":
	case rest[0] == 'x':
		if n, err = strconv.Atoi(rest[1:]); err != nil || n < 1 {
			return bad
		}
	case rest[0] == 'm':
		mv.Migrate = true
		if mv.To, err = strconv.Atoi(rest[1:]); err != nil {
			return bad
		}
	case rest[0] == 'c':
		for _, c := range strings.Split(rest[1:], ",") {
			v, err := strconv.Atoi(c)
			if err != nil {
				return bad
			}
			mv.Choices = append(mv.Choices, v)
		}
	default:
		return bad
	}
	if n > maxMoves-len(r.Moves) {
		return fmt.Errorf("recorded run: more than %d steps", maxMoves)
	}
	for range n {
		r.Moves = append(r.Moves, mv)
	}
	return nil
}

// Run plays the recording again on the program it was recorded on.
func (r *Recording) Run(p *spec.Prog) (*Trace, error) {
	if err := r.isOf(p); err != nil {
		return nil, err
	}
	return run(p, r.rules, r.Moves, r.CycleStart)
}

// isOf says that the run was not recorded on the program, or nothing.
func (r *Recording) isOf(p *spec.Prog) error {
	if d := p.Digest(); d != r.Digest {
		return fmt.Errorf("the run was recorded on another program: its digest is %s, that of %s is %s; check the model again to get a run of this one", r.Digest, p.Model, d)
	}
	return nil
}
