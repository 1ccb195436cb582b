package main

import (
	"fmt"
	"slices"
	"strings"

	"lastput/checker"
	"lastput/spec"
)

// A textReport prints a line for each outcome, with the run that shows it under
// a violation; and once, at the end, what "verified" rests on.
type textReport struct {
	c               *call
	o               *checkOptions
	model, scenario int // widths of the columns: model, scenario
	all             []*outcome
	block           bool // the last thing printed was more than a line
}

func newTextReport(c *call, o *checkOptions, jobs []job) *textReport {
	var models, scenarios []string
	for _, j := range jobs {
		models = append(models, j.Name)
		for _, s := range j.scenarios {
			scenarios = append(scenarios, s.Name)
		}
	}
	return &textReport{c: c, o: o, model: widest(models), scenario: widest(scenarios)}
}

func (t *textReport) add(o *outcome) {
	brief := t.o.expect && o.asExpected
	block := !brief && (o.Verdict != checker.Verified || t.o.expect)
	if len(t.all) > 0 && (block || t.block) {
		t.c.printf("\n")
	}
	t.all, t.block = append(t.all, o), block
	t.c.printf("%-*s  %-*s  %s\n", t.model, o.Name, t.scenario, o.Prog.Scenario.Name, t.verdict(o, brief))
	if block {
		t.explain(o)
	}
	if !brief {
		t.notes(o)
	}
}

// notes prints what is worth a note and does not make the strategy wrong.
func (t *textReport) notes(o *outcome) {
	for _, n := range o.Notes {
		pos, _ := checker.ModelPlace(o.Prog, n.Pos, n.Frame)
		t.say(fmt.Sprintf("note: %s: %s (%s)", n.Property, n.Message, o.Prog.Place(pos)))
	}
}

// verdict is the rest of an outcome's line.
func (t *textReport) verdict(o *outcome, brief bool) string {
	var s string
	look := &t.c.look
	switch {
	case o.Verdict == checker.Violated:
		s = look.verdict(o.Verdict, "VIOLATED") + "  " + string(o.Property)
	case brief:
		s = look.verdict(o.Verdict, string(o.Verdict))
	default:
		s = fmt.Sprintf("%s %*d states%12d transitions  depth%5d", look.verdict(o.Verdict, string(o.Verdict)), 20-len(o.Verdict), o.States, o.Transitions, o.Depth)
	}
	if brief {
		s += "  as expected"
	}
	if t.o.timing {
		s += fmt.Sprintf("  %.2f s", o.Elapsed.Seconds())
		for _, r := range o.Reductions {
			s += ", " + string(r)
		}
		for _, d := range o.Dropped {
			s += fmt.Sprintf(", no %s: %s", d.Reduction, d.Why)
		}
	}
	return s
}

// explain prints what stands under the line of an outcome that is not verified,
// or not expected: the run, and everything about it.
func (t *textReport) explain(o *outcome) {
	if o.Trace != nil {
		if d := checker.Diagram(o.Prog, o.Trace, t.c.look.diagram(t.o.expand)); d != "" {
			t.c.printf("\n%s\n", indent("  ", d))
		}
	}
	if o.Trace != nil && o.Trace.Violation != nil {
		t.say(checker.Describe(o.Prog, o.Trace))
		for _, line := range checker.WaitingText(o.Prog, o.Trace.Violation) {
			t.c.printf("    %s\n", line)
		}
	}
	if o.Reason != "" {
		t.say(o.Reason)
	}
	if len(o.Properties) > 1 {
		t.say("also violated: " + also(o.Result))
	}
	if t.o.expect {
		t.say("expected: " + o.expectation())
	}
	t.say("scenario: " + o.Prog.Scenario.About())
	if o.Trace != nil {
		if rest := checker.NotDrawn(o.Prog, o.Trace, t.c.look.diagram(t.o.expand)); rest != "" {
			t.say("not drawn: " + rest)
		}
		t.say("run: " + size(o.Result))
		t.c.printf("  replay: %s\n", o.replay())
	}
}

// say prints a paragraph of a block.
func (t *textReport) say(text string) {
	for _, line := range wrap(text, t.c.look.page()-2) {
		t.c.printf("  %s\n", line)
	}
}

// also names the properties violated beside the first.
func also(r *checker.Result) string {
	others := slices.DeleteFunc(slices.Clone(r.Properties), func(p spec.Property) bool { return p == r.Property })
	return strings.Join(texts(others), ", ")
}

// size says how simple the run is.
func size(r *checker.Result) string {
	s := fmt.Sprintf("%s, %s", plural(r.Trace.Switches, "context switch", "es"), plural(len(r.Trace.Steps), "step", "s"))
	switch {
	case r.TraceBound != "":
		s += " (" + r.TraceBound + ")"
	case r.Verdict == checker.Violated:
		s += ", the fewest there are"
	}
	return s
}

func plural(n int, what, ending string) string {
	if n == 1 {
		ending = ""
	}
	return fmt.Sprintf("%d %s%s", n, what, ending)
}

// expectation says what the file expects, and where.
func (o *outcome) expectation() string {
	if o.expected == nil {
		return "verified, as the file does not say"
	}
	return fmt.Sprintf("%s (%s:%d)", o.expected, o.File, o.expected.Line)
}

// replay is the command that plays the outcome's run again.
func (o *outcome) replay() string {
	return checker.ReplayCommand(o.file, o.Trace)
}

// end prints what the verified outcomes have in common.
func (t *textReport) end() {
	var scenarios []spec.Scenario
	for _, o := range t.all {
		s := o.Prog.Scenario
		if o.Verdict == checker.Verified && !slices.Contains(scenarios, s) {
			scenarios = append(scenarios, s)
		}
	}
	if len(scenarios) == 0 {
		return
	}
	t.c.printf("\nverified: every interleaving of\n")
	for _, s := range scenarios {
		t.c.printf("  %-*s  %s\n", t.scenario, s.Name, s.About())
	}
	t.c.printf("under sequential consistency, with full preemption, no throttling of real-time\n")
	t.c.printf("threads, CPU iterators in any order, and a scheduler that is strongly fair\n")
	if len(t.o.config.Ignore) > 0 {
		t.c.printf("looking past %s\n", strings.Join(texts(t.o.config.Ignore), ", "))
	}
	for len(t.all) > 0 {
		n := sameTarget(t.all)
		t.neverExecuted(t.all[:n])
		t.all = t.all[n:]
	}
}

// sameTarget is how many of the first outcomes are of one model.
func sameTarget(list []*outcome) int {
	n := 1
	for n < len(list) && list[n].Model == list[0].Model {
		n++
	}
	return n
}
