package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

// replay plays a recorded run again.
func replay(c *call, args []string) (status, error) {
	f := newFlagSet("replay")
	c.look.define(f)
	var o replayOptions
	o.define(f)
	operands, err := f.parse(args)
	if err != nil {
		return failed, err
	}
	file, rec, err := replayOperands(f, operands)
	if err != nil {
		return failed, err
	}
	m, err := recordedModel(rec, file)
	if err != nil {
		return failed, err
	}
	p, err := m.Build(rec.Scenario)
	if err != nil {
		return failed, err
	}
	t, err := rec.Run(p)
	if err != nil {
		return failed, err
	}
	if o.svg {
		c.printf("%s", checker.SVG(p, t, checker.DiagramOptions{}))
		return statusOfRun(t), nil
	}
	return c.printRun(p, t), nil
}

type replayOptions struct{ svg bool }

func (o *replayOptions) define(f *flagSet) { f.BoolVar(&o.svg, "svg", false, "") }

func statusOfRun(t *checker.Trace) status {
	if t.Violation != nil {
		return violated
	}
	return ok
}

// replayOperands tells the file, if any, from the recording: either may come
// first.
func replayOperands(f *flagSet, operands []string) (file string, rec *checker.Recording, err error) {
	switch {
	case len(operands) == 0 || len(operands) > 2:
		return "", nil, f.usage("give the recording that mc check printed after \"replay:\"")
	case len(operands) == 1 && strings.HasSuffix(operands[0], ".c"):
		return "", nil, f.usage("%s is a file: after it, give what mc check %s printed after \"replay:\"", operands[0], operands[0])
	case len(operands) == 1:
		rec, err = checker.ParseReplay(operands[0])
		return "", rec, err
	}
	if rec, err = checker.ParseReplay(operands[0]); err == nil {
		return operands[1], rec, nil
	}
	rec, err = checker.ParseReplay(operands[1])
	return operands[0], rec, err
}

// recordedModel finds the model that the recording names, in file if given.
func recordedModel(rec *checker.Recording, file string) (*spec.Model, error) {
	name, id := spec.CutMutant(rec.Model)
	if file != "" {
		m, err := loadFile(file)
		if err == nil && m.Name != name {
			err = fmt.Errorf("the recording is of %s, not of %s", name, m.Name)
		}
		if err != nil {
			return nil, err
		}
		return recordedMutant(m, id, rec.Scenario)
	}
	m, found := strategies.Find(name)
	if !found {
		return nil, &usageError{"replay", fmt.Sprintf("the recording is of %q, which is not a strategy: name its file, as in mc replay %s.c STRING", name, name)}
	}
	return recordedMutant(m, id, rec.Scenario)
}

// recordedMutant is the model without what the recording says it was without, if
// anything.
func recordedMutant(m *spec.Model, id string, s spec.Scenario) (*spec.Model, error) {
	if id == "" {
		return m, nil
	}
	list, err := m.Mutations(s)
	if err != nil {
		return nil, err
	}
	for _, mu := range list {
		if mu.ID == id {
			return m.Without(mu), nil
		}
	}
	return nil, fmt.Errorf("the recording is of %s without %s, and it has no such thing: mc why %s shows what it has", m.Name, id, m.Name)
}

// printRun prints every step of the run, and how it ends.
func (c *call) printRun(p *spec.Prog, t *checker.Trace) status {
	c.printf("%s  %s  %s\n\n", p.Model, p.Scenario.Name, p.Scenario.About())
	var rows []runRow
	for i := range t.Steps {
		rows = append(rows, newRunRow(p, &t.Steps[i]))
	}
	c.printRows(rows, t.CycleStart)
	if t.CycleStart >= 0 {
		c.printf("\nand again from step %d on, for ever\n", t.CycleStart+1)
	}
	v := t.Violation
	if v == nil {
		c.printf("\nno violation\n")
		return ok
	}
	c.printf("\n%s  %s", c.look.verdict(checker.Violated, "VIOLATED"), v.Property)
	if v.Pos.Line > 0 {
		c.printf("  %s", posText(p, v.Pos))
	}
	c.printf("\n%s", indent("  ", strings.Join(wrap(checker.Describe(p, t), c.look.page()-2), "\n")))
	for _, line := range checker.WaitingText(p, v) {
		c.printf("    %s\n", line)
	}
	return violated
}

// A runRow is a step of a run as replay prints it.
type runRow struct {
	who    string // "CPU2 getter1"
	where  string // "stop_machine.c:21"
	source string
	text   string // what happened
}

func newRunRow(p *spec.Prog, s *checker.Step) runRow {
	return runRow{
		who:    fmt.Sprintf("CPU%d %s", s.CPU, p.Threads[s.Move.Thread].Name),
		where:  posText(p, s.Pos),
		source: sourceLine(p, s.Pos),
		text:   checker.StepText(p, s),
	}
}

// maxSource is the widest source text that moves the remarks beside it.
const maxSource = 46

func (c *call) printRows(rows []runRow, cycleStart int) {
	var who, where, source int
	for _, r := range rows {
		who = max(who, utf8.RuneCountInString(r.who))
		where = max(where, utf8.RuneCountInString(r.where))
		if n := utf8.RuneCountInString(r.source); n <= maxSource {
			source = max(source, n)
		}
	}
	digits := len(fmt.Sprint(len(rows)))
	for i, r := range rows {
		mark := " "
		if i == cycleStart {
			mark = ">" // the cycle begins here
		}
		line := fmt.Sprintf("%s%*d  %-*s  %-*s  %-*s", mark, digits, i+1, who, r.who, where, r.where, source, r.source)
		if r.text != "" {
			line += "  // " + r.text
		}
		c.printf("%s\n", strings.TrimRight(line, " "))
	}
}

// posText is a position as the reader sees it, "stop_machine.c:21".
func posText(p *spec.Prog, pos spec.Pos) string {
	if pos.Line == 0 {
		return ""
	}
	return fmt.Sprintf("%s:%d", p.Files[pos.File].Name, pos.Line)
}

// sourceLine is the text of a position's line, without its indentation.
func sourceLine(p *spec.Prog, pos spec.Pos) string {
	lines := p.Files[pos.File].Lines
	if pos.Line < 1 || pos.Line > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[pos.Line-1])
}
