package main

import (
	"strings"

	"lastput/spec"
	"lastput/strategies"
)

// listOptions are the flags of mc list: what to leave out.
type listOptions struct {
	right  bool
	broken bool
	family string
}

func (o *listOptions) define(f *flagSet) {
	f.BoolVar(&o.right, "right", false, "")
	f.BoolVar(&o.broken, "broken", false, "")
	f.StringVar(&o.family, "family", "", "")
}

// list prints a line for each strategy, or all about one model.
func list(c *call, args []string) (status, error) {
	f := newFlagSet("list")
	var o listOptions
	o.define(f)
	operands, err := f.parse(args)
	if err != nil {
		return failed, err
	}
	switch {
	case len(operands) > 1:
		return failed, f.usage("one name at a time, or none to list all")
	case len(operands) == 1 && o != listOptions{}:
		return failed, f.usage("flags choose from the list: they have no meaning with a name")
	case len(operands) == 1:
		t, err := findTarget(operands[0])
		if err != nil {
			return failed, err
		}
		c.listOne(t)
		return ok, nil
	case o.right && o.broken:
		return failed, f.usage("--right and --broken: one or the other, or none to list all")
	case o.family != "" && len(ofFamily(strategies.All(), o.family)) == 0:
		return failed, f.usage("%s", unknown("family", o.family, strategies.Families(), "there are "+strings.Join(strategies.Families(), ", ")))
	}
	c.listAll(o)
	return ok, nil
}

func ofFamily(models []*spec.Model, family string) []*spec.Model {
	var out []*spec.Model
	for _, m := range models {
		if strategies.Family(m.Name) == family {
			out = append(out, m)
		}
	}
	return out
}

// A group is what is listed together.
type group struct {
	heading string // "module, right"
	models  []*spec.Model
}

// groups sorts the strategies that the options ask for: by family, the right
// ones first.
func (o *listOptions) groups() []group {
	all := strategies.All()
	var out []group
	for _, family := range strategies.Families() {
		if o.family != "" && family != o.family {
			continue
		}
		right := group{heading: family + ", right"}
		broken := group{heading: family + ", broken"}
		for _, m := range ofFamily(all, family) {
			if strategies.Right(m) {
				right.models = append(right.models, m)
			} else {
				broken.models = append(broken.models, m)
			}
		}
		if !o.broken && right.models != nil {
			out = append(out, right)
		}
		if !o.right && broken.models != nil {
			out = append(out, broken)
		}
	}
	return out
}

func (c *call) listAll(o listOptions) {
	groups := o.groups()
	var names []string
	for _, g := range groups {
		names = append(names, modelNames(g.models)...)
	}
	w := widest(names)
	for i, g := range groups {
		if i > 0 {
			c.printf("\n")
		}
		c.printf("%s:\n", g.heading)
		for _, m := range g.models {
			c.printf("%-*s  %s\n", w, m.Name, m.Title)
		}
	}
}

func modelNames(models []*spec.Model) []string {
	var names []string
	for _, m := range models {
		names = append(names, m.Name)
	}
	return names
}

// listOne prints, under the title:
//
//	family    module
//	source    Linux 2.6.37 to 3.18: kernel/module.c
//	learn     why nobody can be inside try_module_get() when the count is read
//	expect    *         verified
//	          isolated  violated get-after-final-put
//	parent    stop_machine: per-CPU counts, decided under stop_machine()
//	next      mc check isolated_skip
func (c *call) listOne(t target) {
	c.printf("%s", t.Name)
	if t.Title != "" {
		c.printf(": %s", t.Title)
	}
	c.printf("\n\n")
	if t.file == "" {
		c.items("family", []string{strategies.Family(t.Name)})
	}
	c.items("source", t.Source)
	c.items("learn", t.Learn)
	c.expectations(t.Expect)
	name := t.Name
	if t.file == "" {
		c.kin(t.Model)
	} else {
		name = quote(t.file)
	}
	c.items("next", []string{"mc check " + name})
}

// kin prints what the strategy is a variant of, and its variants.
func (c *call) kin(m *spec.Model) {
	if parent, found := strategies.Find(strategies.Parent(m)); found {
		c.items("parent", []string{parent.Name + ": " + parent.Title})
	}
	var variants []string
	for _, v := range strategies.Variants(m.Name) {
		variants = append(variants, v.Name+": "+v.Title)
	}
	c.items("variants", variants)
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
		for _, line := range wrap(text, c.look.page()-10) {
			c.printf("%-10s%s\n", label, line)
			label = ""
		}
	}
}
