package main

import (
	"lastput/checker"
	"lastput/spec"
)

// show prints a model's C, or the program made of it, or that in Promela.
func show(c *call, args []string) (status, error) {
	f := newFlagSet("show")
	var scenarios scenarioFlags
	scenarios.define(f)
	program := f.Bool("program", false, "")
	promela := f.Bool("promela", false, "")
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
	case *program && *promela:
		return failed, f.usage("--program or --promela, not both")
	case !*program && !*promela && (scenarios.given() || scenarios.abstract):
		return failed, f.usage("a scenario makes a difference with --program and --promela only")
	case len(wanted) > 1:
		return failed, f.usage("one scenario at a time")
	}
	t, err := findTarget(operands[0])
	if err != nil {
		return failed, err
	}
	if !*program && !*promela {
		c.printf("%s", t.Text)
		return ok, nil
	}
	p, err := t.Model.Build(scenarios.or(wanted, t.Scenarios())[0])
	switch {
	case err != nil:
		return failed, err
	case *promela:
		return c.showPromela(p)
	}
	c.printf("%s", p)
	return ok, nil
}

func (c *call) showPromela(p *spec.Prog) (status, error) {
	text, err := checker.Promela(p)
	if err != nil {
		return failed, err
	}
	c.printf("%s", text)
	return ok, nil
}
