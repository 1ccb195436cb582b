package main

import (
	"slices"

	"lastput/checker"
	"lastput/spec"
)

// show prints a model's C, or what is made of it for a scenario.
func show(c *call, args []string) (status, error) {
	f := newFlagSet("show")
	var o showOptions
	o.define(f)
	operands, err := f.parse(args)
	if err != nil {
		return failed, err
	}
	if len(operands) != 1 {
		return failed, f.usage("name one strategy or one C file")
	}
	wanted, err := o.scenarios.wanted(f)
	if err == nil {
		err = o.refuse(f, len(wanted))
	}
	if err != nil {
		return failed, err
	}
	t, err := findTarget(operands[0])
	if err != nil {
		return failed, err
	}
	if o.forms() == 0 {
		c.printf("%s", t.Text)
		return ok, nil
	}
	p, err := t.Model.Build(o.scenarios.or(wanted, t.Scenarios())[0])
	if err != nil {
		return failed, err
	}
	text, err := o.text(f, p)
	c.printf("%s", text)
	return ok, err
}

// showOptions say what of the program is wanted; without any, the C is.
type showOptions struct {
	scenarios             scenarioFlags
	program, promela, dot bool
	thread                string // with dot, this thread's steps
}

func (o *showOptions) define(f *flagSet) {
	o.scenarios.define(f)
	f.BoolVar(&o.program, "program", false, "")
	f.BoolVar(&o.promela, "promela", false, "")
	f.BoolVar(&o.dot, "dot", false, "")
	f.StringVar(&o.thread, "thread", "", "")
}

// forms is how many forms of the program are asked for.
func (o *showOptions) forms() (n int) {
	for _, is := range []bool{o.program, o.promela, o.dot} {
		if is {
			n++
		}
	}
	return n
}

func (o *showOptions) refuse(f *flagSet, wanted int) error {
	switch n := o.forms(); {
	case n > 1:
		return f.usage("one of --program, --promela and --dot")
	case n == 0 && (o.scenarios.given() || o.scenarios.abstract):
		return f.usage("a scenario makes a difference with --program, --promela and --dot only")
	case o.thread != "" && !o.dot:
		return f.usage("--thread is for --dot: the steps of one thread")
	case wanted > 1:
		return f.usage("one scenario at a time")
	}
	return nil
}

// drawnStates is how many states a graph has at most.
const drawnStates = 2000

func (o *showOptions) text(f *flagSet, p *spec.Prog) (string, error) {
	switch {
	case o.program:
		return p.String(), nil
	case o.promela:
		return checker.Promela(p)
	case o.thread == "":
		g, err := checker.Graph(p, checker.Config{}, drawnStates)
		if err != nil {
			return "", err
		}
		return g.DOT(p), nil
	}
	i := slices.IndexFunc(p.Threads, func(t spec.Thread) bool { return t.Name == o.thread })
	if i < 0 {
		var names []string
		for _, t := range p.Threads {
			names = append(names, t.Name)
		}
		return "", f.usage("%s", unknown("thread", o.thread, names, ""))
	}
	return checker.ThreadDOT(p, i), nil
}
