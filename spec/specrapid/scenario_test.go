package specrapid

import (
	"testing"

	"pgregory.net/rapid"

	"lastput/spec"
)

// TestScenarios: what is drawn is valid and within the bounds, and every feature
// is drawn at some time: with a chance of 1/9 or more each, none is missed in
// 1000 draws but once in 10^50.
func TestScenarios(t *testing.T) {
	bounds := Bounds{Getters: 3, Gets: 4, Nested: 2, Unloaders: 2}
	g := Scenarios(bounds)
	seen := map[string]bool{}
	for seed := range 1000 {
		s := g.Example(seed)
		if err := s.Validate(); err != nil {
			t.Fatalf("%+v: %v", s, err)
		}
		if s.Getters > bounds.Getters || s.Gets > bounds.Gets || s.Nested > bounds.Nested || s.Unloaders > bounds.Unloaders {
			t.Fatalf("%+v is larger than %+v", s, bounds)
		}
		for name, has := range map[string]bool{
			"getters": s.Getters > 1, "gets": s.Gets > 1, "nested": s.Nested > 0, "unloaders": s.Unloaders > 1, "migrate": s.Migrate,
			"same-cpu": s.SameCPU, "isolated": s.Isolated > 0, "irq": s.IRQ, "handover": s.Handover, "hog": s.Hog != spec.NoHog,
			"plain": s == spec.Scenario{Name: "custom", Getters: 1, Gets: 1, Unloaders: 1},
		} {
			seen[name] = seen[name] || has
		}
	}
	if len(seen) != 11 {
		t.Fatalf("%d features", len(seen))
	}
	for name, has := range seen {
		if !has {
			t.Errorf("%s is never drawn", name)
		}
	}
}

// TestBounds: 0 stands for the defaults.
func TestBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Scenarios(Bounds{Nested: -1}).Draw(t, "scenario")
		if s.Getters > 2 || s.Gets > 2 || s.Nested > 0 || s.Unloaders != 1 {
			t.Errorf("%+v", s)
		}
	})
}
