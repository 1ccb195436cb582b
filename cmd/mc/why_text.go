package main

import (
	"fmt"
	"slices"
	"strings"

	"lastput/checker"
	"lastput/spec"
)

// This file prints what mc why has found: the source, and under each line what
// becomes of the model without what stands there.

// whyWords are the outcomes as they are printed.
var whyWords = map[checker.WhyOutcome]string{
	checker.WhyNeeded:    "needed",
	checker.WhyLiveness:  "needed only for liveness",
	checker.WhyNotNeeded: "not needed here",
	checker.WhySame:      "the same program",
	checker.WhyNoProgram: "cannot be built",
	checker.WhyUnknown:   "unknown",
}

// whyMarks stand in front of them, so that an eye finds them.
var whyMarks = map[checker.WhyOutcome]string{
	checker.WhyNeeded:    "!",
	checker.WhyLiveness:  "~",
	checker.WhyNotNeeded: "-",
	checker.WhyNoProgram: "x",
	checker.WhyUnknown:   "?",
}

func (c *call) whyText(r *whyRun) {
	for _, file := range r.files() {
		c.whySource(r, file)
	}
	c.whyShown(r)
	c.whySummary(r)
}

// files are those that have something to say of, the model's own first.
func (r *whyRun) files() []string {
	var out []string
	for _, reason := range r.reasons {
		if f := reason.Mutation.File; reason.Outcome != checker.WhySame && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// whySource prints a file, or the lines of it that were asked for.
func (c *call) whySource(r *whyRun, file string) {
	c.printf("%s\n\n", file)
	lines := r.why.Source(file)
	digits := len(fmt.Sprint(len(lines)))
	for i, line := range lines {
		rows := r.rows(file, i+1)
		if r.o.line > 0 && len(rows) == 0 || strings.HasPrefix(strings.TrimSpace(line), "// mc:") || i == len(lines)-1 && line == "" {
			continue
		}
		text := strings.ReplaceAll(line, "\t", "    ")
		c.printf("%s\n", strings.TrimRight(fmt.Sprintf("%*d  %s", digits, i+1, text), " "))
		for _, row := range rows {
			indent := digits + 2 + len(text) - len(strings.TrimLeft(text, " "))
			for k, part := range wrap(row, max(c.look.page()-indent-2, 20)) {
				c.printf("%*s%s\n", indent+2*min(k, 1), "", part)
			}
		}
	}
	c.printf("\n")
}

// rows are what there is to say of a line.
func (r *whyRun) rows(file string, line int) []string {
	var out []string
	for _, reason := range r.reasons {
		mu := &reason.Mutation
		if mu.File != file || reason.Outcome == checker.WhySame {
			continue
		}
		mark := whyMarks[reason.Outcome] + " " + whyWords[reason.Outcome]
		switch {
		case mu.Line == line:
			out = append(out, mark+": "+mu.Text+": "+r.because(reason))
		case isPair(mu.Kind) && slices.Contains(mu.Lines, spec.MutationLine{File: file, Line: line}):
			out = append(out, fmt.Sprintf("%s, with line %d", mark, mu.Line))
		}
	}
	return out
}

func isPair(k spec.MutationKind) bool {
	return k == spec.MutLock || k == spec.MutPreempt || k == spec.MutIRQ || k == spec.MutReader
}

// because is what is behind an outcome.
func (r *whyRun) because(reason *checker.Reason) string {
	var s string
	switch reason.Outcome {
	case checker.WhyNeeded:
		s = fmt.Sprintf("%s in %s", reason.Property, reason.Scenario)
		if reason.Steps > 0 {
			s += ", " + plural(reason.Steps, "step", "s")
		}
		return s
	case checker.WhyLiveness:
		s = fmt.Sprintf("%s in %s", reason.Property, reason.Scenario.String())
	case checker.WhyNoProgram:
		return strings.Join(strings.Split(reason.Err.Error(), "\n"), "; ")
	case checker.WhyUnknown:
		return "stopped by " + reason.StoppedBy
	default:
		s = r.redundant(reason)
	}
	if len(reason.Notes) > 0 {
		s += "; noted: " + strings.Join(texts(reason.Notes), ", ")
	}
	return s
}

// redundant is what is known of why something is not needed.
func (r *whyRun) redundant(reason *checker.Reason) string {
	switch mu := &reason.Mutation; {
	case mu.Note != "":
		return mu.Note
	case mu.Kind == spec.MutBarrier:
		return "only sequential consistency is checked, in which a fence orders nothing"
	}
	return "nothing is violated in these scenarios"
}

// whyShown draws the runs that break the mutants of a line.
func (c *call) whyShown(r *whyRun) {
	t := &textReport{c: c, o: &checkOptions{}}
	for _, reason := range r.reasons {
		res := r.shown[reason]
		if res == nil {
			continue
		}
		c.printf("%s  %s  %s  %s\n", reason.Mutation.ID, reason.Mutation.Text, reason.Scenario.String(), t.verdict(&outcome{Result: res}, false))
		t.explain(&outcome{target: r.target, Result: res})
		c.printf("\n")
	}
}

// whySummary counts the outcomes and says what they rest on.
func (c *call) whySummary(r *whyRun) {
	var parts []string
	for _, o := range []checker.WhyOutcome{checker.WhyNeeded, checker.WhyLiveness, checker.WhyNotNeeded, checker.WhyNoProgram, checker.WhyUnknown} {
		n := 0
		for _, reason := range r.reasons {
			if reason.Outcome == o {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, whyWords[o]))
		}
	}
	same := len(r.reasons)
	for _, reason := range r.reasons {
		if reason.Outcome != checker.WhySame {
			same--
		}
	}
	if same > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped: the program is the same without", same))
	}
	if len(parts) == 0 {
		parts = []string{"nothing to take away"}
	}
	c.paragraph(strings.Join(parts, ", "))
	if r.o.line == 0 || !r.allNeeded() {
		c.whyBounds(r)
	}
}

// allNeeded reports whether nothing was found that rests on the bounds.
func (r *whyRun) allNeeded() bool {
	return !slices.ContainsFunc(r.reasons, func(reason *checker.Reason) bool { return reason.Outcome != checker.WhyNeeded })
}

// whyBounds prints what the outcomes rest on.
func (c *call) whyBounds(r *whyRun) {
	c.printf("\nchecked, until the first violation, in every interleaving of\n")
	width := 0
	for _, s := range r.why.Scenarios() {
		if s.Name != "custom" {
			width = max(width, len(s.Name))
		}
	}
	for i, s := range r.why.Scenarios() {
		text := fmt.Sprintf("  %s", s)
		if s.Name != "custom" {
			text = fmt.Sprintf("  %-*s  %s", width, s.Name, s.About())
		}
		c.printf("%s\n", text)
		if past := r.lookedPast(i); past != "" {
			c.printf("  %*s  %s\n", width, "", past)
		}
	}
	for _, s := range r.why.LeftOut {
		c.printf("but not in\n  %s\n  %*s  which does not come to an end soon as it is\n", s, width, "")
	}
	c.printf("\n")
	c.paragraph("needed: without it some run does what it must not; the steps are those of a shortest run. needed only for liveness: without it some run comes to no good end, and none does worse. not needed here: it is redundant, or these scenarios do not exercise it.")
}

func (c *call) paragraph(text string) {
	for _, line := range wrap(text, c.look.page()) {
		c.printf("%s\n", line)
	}
}

// lookedPast says what counts for nothing in a scenario.
func (r *whyRun) lookedPast(i int) string {
	if b := r.why.Baseline[i]; b.Verdict == checker.Inconclusive {
		return "stopped by " + b.StoppedBy + " before it was known how the model itself fares"
	}
	if past := r.why.LookedPast(r.why.Scenarios()[i]); len(past) > 0 {
		return "looking past " + strings.Join(texts(past), ", ")
	}
	return ""
}
