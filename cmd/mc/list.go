package main

import (
	"lastput/spec"
	"lastput/strategies"
)

// list prints a line for each strategy, or all about one model.
func list(c *call, args []string) (status, error) {
	f := newFlagSet("list")
	operands, err := f.parse(args)
	if err != nil {
		return failed, err
	}
	switch len(operands) {
	case 0:
		c.listAll(strategies.All())
		return ok, nil
	case 1:
		t, err := findTarget(operands[0])
		if err != nil {
			return failed, err
		}
		c.listOne(t)
		return ok, nil
	}
	return failed, f.usage("one name at a time, or none to list all")
}

func (c *call) listAll(models []*spec.Model) {
	var names []string
	for _, m := range models {
		names = append(names, m.Name)
	}
	w := widest(names)
	for _, m := range models {
		c.printf("%-*s  %s\n", w, m.Name, m.Title)
	}
}

// listOne prints, under the title:
//
//	source    Linux 2.6.37 to 3.18: kernel/module.c
//	learn     why nobody can be inside try_module_get() when the count is read
//	expect    *         verified
//	          isolated  violated get-after-final-put
//	next      mc check isolated_skip
func (c *call) listOne(t target) {
	c.printf("%s", t.Name)
	if t.Title != "" {
		c.printf(": %s", t.Title)
	}
	c.printf("\n\n")
	c.items("source", t.Source)
	c.items("learn", t.Learn)
	c.expectations(t.Expect)
	name := t.Name
	if t.file != "" {
		name = quote(t.file)
	}
	c.items("next", []string{"mc check " + name})
}

func (c *call) expectations(list []spec.Expectation) {
	var names []string
	for _, e := range list {
		names = append(names, e.Scenario)
	}
	label := "expect"
	for _, e := range list {
		c.printf("%-10s%-*s  %s\n", label, widest(names), e.Scenario, e)
		label = ""
	}
}

// items prints a label and the texts beside it, as many lines as it takes.
func (c *call) items(label string, texts []string) {
	for _, text := range texts {
		for _, line := range wrap(text, pageWidth-10) {
			c.printf("%-10s%s\n", label, line)
			label = ""
		}
	}
}
