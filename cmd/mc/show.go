package main

import "lastput/spec"

// show prints a model's C, or the program made of it.
func show(c *call, args []string) (status, error) {
	f := newFlagSet("show")
	var scenarios scenarioFlags
	scenarios.define(f)
	program := f.Bool("program", false, "")
	operands, err := f.parse(args)
	if err != nil {
		return failed, err
	}
	if len(operands) != 1 {
		return failed, f.usage("name one strategy or one C file")
	}
	wanted, err := scenarios.wanted(f)
	switch {
	case err != nil:
		return failed, err
	case !*program && (scenarios.given() || scenarios.abstract):
		return failed, f.usage("a scenario makes a difference with --program only")
	case len(wanted) > 1:
		return failed, f.usage("one scenario at a time")
	}
	t, err := findTarget(operands[0])
	if err != nil {
		return failed, err
	}
	if !*program {
		c.printf("%s", t.Text)
		return ok, nil
	}
	return c.showProgram(t.Model, scenarios.or(wanted, t.Scenarios())[0])
}

func (c *call) showProgram(m *spec.Model, s spec.Scenario) (status, error) {
	p, err := m.Build(s)
	if err != nil {
		return failed, err
	}
	c.printf("%s", p)
	return ok, nil
}
