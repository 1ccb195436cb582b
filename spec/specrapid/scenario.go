// Package specrapid draws scenarios and models, for property tests with
// pgregory.net/rapid.
package specrapid

import (
	"pgregory.net/rapid"

	"lastput/spec"
)

// Bounds say how large drawn scenarios may be. Its zero value is as large as the
// standard scenarios are.
type Bounds struct {
	Getters   int // 0 means 2
	Gets      int // 0 means 2
	Nested    int // 0 means 1, and less than 0 none
	Unloaders int // 0 means 1
}

func (b Bounds) withDefaults() Bounds {
	for _, f := range []struct {
		n    *int
		most int
	}{{&b.Getters, 2}, {&b.Gets, 2}, {&b.Nested, 1}, {&b.Unloaders, 1}} {
		if *f.n == 0 {
			*f.n = f.most
		}
	}
	return b
}

// Scenarios draws valid scenarios within the bounds, with every feature that a
// scenario may have. It shrinks to one getter that gets once, and nothing else.
// Its Filter leaves out what a model does not support.
func Scenarios(b Bounds) *rapid.Generator[spec.Scenario] {
	b = b.withDefaults()
	return rapid.Custom(func(t *rapid.T) spec.Scenario { return drawScenario(t, b) })
}

func drawScenario(t *rapid.T, b Bounds) spec.Scenario {
	flip := func(what string) bool { return rapid.IntRange(0, 2).Draw(t, what) == 2 }
	number := func(lo, hi int, what string) int {
		if !flip(what) {
			return lo
		}
		return rapid.IntRange(lo, max(lo, hi)).Draw(t, what)
	}
	s := spec.Scenario{Name: "custom"}
	s.Getters = number(1, b.Getters, "getters")
	s.Gets = number(1, b.Gets, "gets")
	s.Nested = number(0, b.Nested, "nested")
	s.Unloaders = number(1, b.Unloaders, "unloaders")
	s.Migrate, s.SameCPU = flip("migrate"), flip("same CPU")
	if flip("isolated") && !(s.SameCPU && s.Getters == 1) {
		s.Isolated = 1
	}
	s.IRQ = flip("irq")
	s.Handover = flip("handover") && s.Getters > 1 && s.Nested == 0
	if flip("hog") {
		s.Hog = rapid.SampledFrom([]spec.Hog{spec.UserHog, spec.KernelHog}).Draw(t, "mode")
	}
	return s
}
