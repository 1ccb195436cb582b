package main

import (
	"errors"
	"slices"
	"strconv"

	"lastput/spec"
)

// scenarioFlags say in which scenarios a model is wanted: by name, and by
// changes to the numbers of those named, or of basic where none is.
type scenarioFlags struct {
	named    []spec.Scenario
	changes  []change
	abstract bool // --abstract-stop, which applies to any scenario
}

// A change is what one flag does to a scenario.
type change struct {
	flag  string
	apply func(*spec.Scenario)
}

func (s *scenarioFlags) define(f *flagSet) {
	f.list("scenario", s.name)
	s.number(f, "getters", func(x *spec.Scenario) *int { return &x.Getters })
	s.number(f, "gets", func(x *spec.Scenario) *int { return &x.Gets })
	s.number(f, "nested", func(x *spec.Scenario) *int { return &x.Nested })
	s.number(f, "unloaders", func(x *spec.Scenario) *int { return &x.Unloaders })
	s.number(f, "isolated", func(x *spec.Scenario) *int { return &x.Isolated })
	s.word(f, "migrate", func(x *spec.Scenario) *bool { return &x.Migrate })
	s.word(f, "same-cpu", func(x *spec.Scenario) *bool { return &x.SameCPU })
	s.word(f, "handover", func(x *spec.Scenario) *bool { return &x.Handover })
	s.word(f, "irq", func(x *spec.Scenario) *bool { return &x.IRQ })
	f.BoolVar(&s.abstract, "abstract-stop", false, "")
	f.Func("hog", "", func(value string) error {
		h := spec.Hog(value)
		if h != spec.UserHog && h != spec.KernelHog {
			return errors.New("want user or kernel")
		}
		s.changes = append(s.changes, change{"hog", func(x *spec.Scenario) { x.Hog = h }})
		return nil
	})
}

// given tells whether any of the flags was.
func (s *scenarioFlags) given() bool { return len(s.named) > 0 || len(s.changes) > 0 }

func (s *scenarioFlags) name(name string) error {
	if name == spec.ThreadsScenario {
		s.named = append(s.named, spec.Scenario{Name: name})
		return nil
	}
	x, found := spec.FindScenario(name)
	if !found {
		known := append(spec.ScenarioNames(), spec.ThreadsScenario)
		return errors.New(unknown("scenario", name, known, ""))
	}
	s.named = append(s.named, x)
	return nil
}

func (s *scenarioFlags) number(f *flagSet, name string, field func(*spec.Scenario) *int) {
	f.Func(name, "", func(value string) error {
		n, err := strconv.Atoi(value)
		if err != nil {
			return errors.New("want a number")
		}
		s.changes = append(s.changes, change{name, func(x *spec.Scenario) { *field(x) = n }})
		return nil
	})
}

func (s *scenarioFlags) word(f *flagSet, name string, field func(*spec.Scenario) *bool) {
	f.BoolFunc(name, "", func(value string) error {
		b, err := strconv.ParseBool(value)
		if err != nil {
			return errors.New(wantBool)
		}
		s.changes = append(s.changes, change{name, func(x *spec.Scenario) { *field(x) = b }})
		return nil
	})
}

// wanted returns the scenarios the flags ask for; nil means what the model
// says itself.
func (s *scenarioFlags) wanted(f *flagSet) ([]spec.Scenario, error) {
	if !s.given() {
		return nil, nil
	}
	base := s.named
	if len(base) == 0 {
		base = spec.Battery()[:1]
	}
	var list []spec.Scenario
	for _, x := range base {
		if x.Name == spec.ThreadsScenario && len(s.changes) > 0 {
			return nil, f.usage("the scenario %q is the model's own threads: --%s does not apply to it", x.Name, s.changes[0].flag)
		}
		for _, c := range s.changes {
			c.apply(&x)
		}
		x.Name = x.StandardName()
		if err := x.Validate(); err != nil {
			return nil, f.usage("%v", err)
		}
		list = append(list, x)
	}
	return s.stopping(list), nil
}

// or returns the scenarios that were asked for, or, if none were, the model's
// own.
func (s *scenarioFlags) or(wanted, own []spec.Scenario) []spec.Scenario {
	if wanted == nil {
		return s.stopping(own)
	}
	return wanted
}

// stopping has the machine stopped in the way that is wanted.
func (s *scenarioFlags) stopping(list []spec.Scenario) []spec.Scenario {
	list = slices.Clone(list)
	for i := range list {
		list[i].AbstractStop = s.abstract
	}
	return list
}
