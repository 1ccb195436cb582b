package spec_test

import (
	"testing"

	"lastput/spec"
)

// Where there are more getters than CPUs they share those that getters have, and
// no other: not the unloaders', and not the hog's.
func TestGettersShareCPUs(t *testing.T) {
	m, err := load(sharing)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []spec.Scenario{
		{Name: "custom", Getters: 61, Gets: 1, Unloaders: 1},
		{Name: "custom", Getters: 62, Gets: 1, Unloaders: 1},
		{Name: "custom", Getters: 64, Gets: 10, Unloaders: 1},
		{Name: "custom", Getters: 128, Gets: 1, Unloaders: 40, SameCPU: true},
		{Name: "custom", Getters: 128, Gets: 1, Unloaders: 2, Hog: spec.UserHog, Isolated: 3},
		{Name: "custom", Getters: 1, Gets: 1, Unloaders: 1, SameCPU: true},
	} {
		p := build(t, m, s)
		if p.NCPU != s.CPUs() || p.NCPU > 62 {
			t.Errorf("%s: %d CPUs, said to be %d", s, p.NCPU, s.CPUs())
		}
		own := map[int]int{}
		for i, th := range p.Threads {
			isGetter := i >= s.Unloaders && i < s.Unloaders+s.Getters
			switch {
			case !isGetter && th.CPU != i && th.Name != "hog", th.Name == "hog" && th.CPU != p.NCPU-1:
				t.Errorf("%s: %s on CPU %d", s, th.Name, th.CPU)
			case isGetter && th.CPU < s.Unloaders && !(s.SameCPU && th.Name == "getter0" && th.CPU == 0):
				t.Errorf("%s: %s shares CPU %d with an unloader", s, th.Name, th.CPU)
			case isGetter && s.Hog != spec.NoHog && th.CPU == p.NCPU-1:
				t.Errorf("%s: %s is on the hog's CPU", s, th.Name)
			}
			if isGetter && th.CPU >= s.Unloaders {
				own[th.CPU]++
			}
		}
		least, most := s.Getters, 0
		for _, n := range own {
			least, most = min(least, n), max(most, n)
		}
		if most > least+1 {
			t.Errorf("%s: a CPU has %d getters, another %d", s, most, least)
		}
		if back, err := spec.ParseScenario(s.String()); err != nil || back != s {
			t.Errorf("%s is read back as %v, %v", s, back, err)
		}
	}
}

const sharing = `#include <mc.h>
#include <linux/atomic.h>
static int n;
mc_get static bool get(void) { return mc_choose(2); }
mc_put static void put(void) { n = 1; }
mc_unload static bool unload(void) { n = 2; mc_release(&n); return true; }
`
