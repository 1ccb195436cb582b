package main

import (
	"fmt"
	"math"
	"strings"

	"lastput/checker"
	"lastput/spec"
)

// A sampleText prints what mc sample has found: for each outcome a line, and
// below it the run, or what was seen of the program.
type sampleText struct {
	*textReport
	ignored []spec.Property
}

func (t *sampleText) add(o *outcome) {
	if len(t.all) > 0 {
		t.c.printf("\n")
	}
	t.all = append(t.all, o)
	s := o.Sampling
	look := &t.c.look
	line := look.verdict(o.Verdict, string(o.Verdict))
	switch o.Verdict {
	case checker.Violated:
		line = look.verdict(o.Verdict, "VIOLATED") + "  " + string(o.Property)
	case checker.NotFound:
		line += " in " + plural(s.Schedules, "schedule", "s")
	}
	if t.o.timing {
		line += fmt.Sprintf("  %.2f s", o.Elapsed.Seconds())
	}
	t.c.printf("%-*s  %-*s  %s\n", t.model, o.Name, t.scenario, s.Prog.Scenario.Name, line)
	if o.Verdict == checker.Violated {
		t.explain(o)
		t.say(fmt.Sprintf("found: schedule %d of %d, %s, seed %d", s.Found, s.Wanted, engineText(s), s.Seed))
		if o.Prog != s.Prog {
			t.say("sampled: " + s.Prog.Scenario.About() + "; then looked for in less and less")
		}
	} else {
		t.coverage(o)
	}
	t.notes(o)
}

// engineText names the engine and what directs it.
func engineText(s *checker.Sampling) string {
	switch s.Engine {
	case checker.PCT:
		return fmt.Sprintf("%s of depth %d", s.Engine, s.Depth)
	case checker.PreemptionBounded:
		return fmt.Sprintf("%s, at most %d", s.Engine, s.Preemptions)
	}
	return string(s.Engine)
}

// coverage says what was seen where nothing was found.
func (t *sampleText) coverage(o *outcome) {
	s := o.Sampling
	cov := &s.Coverage
	if o.Reason != "" {
		t.say(o.Reason)
	}
	t.say("scenario: " + s.Prog.Scenario.About())
	longest := "no schedule came to its end"
	if s.Longest > 0 {
		longest = "the longest schedule had " + plural(s.Longest, "step", "s")
	}
	t.say(fmt.Sprintf("engine: %s, seed %d; %d moves, %s", engineText(s), s.Seed, s.Moves, longest))
	if s.Cut > 0 {
		t.say(fmt.Sprintf("cut: %s had %d moves and did not end (--max-steps)", plural(s.Cut, "schedule", "s"), s.MaxSteps))
	}
	if g := s.Guarantee; g != nil {
		t.say(guaranteeText(s, g))
	}
	t.say(fmt.Sprintf("seen: %d of %d lines; %d of %d steps; %s, %d of them in both orders", cov.LinesSeen, cov.Lines, cov.StepsSeen, cov.Steps, plural(cov.Pairs, "conflicting pair", "s"), cov.PairsBoth))
	t.say(fmt.Sprintf("states: %d, at most %s of all (by Chao2 there are at least %d; it is mostly far too low)", cov.States, percent(cov.Share(), math.Ceil), cov.AllStates))
	if missed := t.missed(o); missed != "" {
		t.say("never executed: " + missed)
	}
	for i, c := range s.Prog.Covers {
		if !o.Covered[i] {
			t.say(fmt.Sprintf("no schedule reached the witness mc_cover(%s) (%s)", s.Prog.Msgs[c.Msg], s.Prog.Place(c.Pos)))
		}
	}
}

// guaranteeText says what PCT promises.
func guaranteeText(s *checker.Sampling, g *checker.Guarantee) string {
	power := ""
	switch s.Depth {
	case 1:
	case 2:
		power = fmt.Sprintf(" x %d", g.Length)
	default:
		power = fmt.Sprintf(" x %d^%d", g.Length, s.Depth-1)
	}
	return fmt.Sprintf("guarantee: a schedule finds a bug of depth %d that shows in the first %s with a chance of at least 1/(%d%s), for %d threads; one of all does with %s; if choices and migrations come out as the bug needs them",
		s.Depth, plural(g.Length, "step", "s"), g.Threads, power, g.Threads, percent(g.All, math.Floor))
}

// percent is a share in percent. What is said to be at most so much is rounded
// up, what is said to be at least, down; what is not all is not said to be.
func percent(x float64, round func(float64) float64) string {
	p := 100 * x
	switch {
	case p >= 100:
		return "100 %"
	case p >= 1:
		return fmt.Sprintf("%.0f %%", min(round(p), 99))
	case p <= 0:
		return "0 %"
	}
	unit := math.Pow(10, math.Floor(math.Log10(p)))
	return fmt.Sprintf("%.1g %%", round(p/unit)*unit)
}

// missed names the lines that no schedule executed.
func (t *sampleText) missed(o *outcome) string {
	set := map[place]bool{}
	for _, pos := range o.Unreached() {
		set[placeOf(o.Sampling.Prog, pos)] = true
	}
	return lines(set)
}

// end says what "not found" is worth.
func (t *sampleText) end() {
	found := false
	for _, o := range t.all {
		found = found || o.Verdict == checker.NotFound
	}
	if !found {
		return
	}
	t.c.printf("\nnot found: in the schedules that were drawn. There are others, and this says\n")
	t.c.printf("nothing of them; mc check runs all, where there are not too many\n")
	if len(t.ignored) > 0 {
		t.c.printf("looking past %s\n", strings.Join(texts(t.ignored), ", "))
	}
}
