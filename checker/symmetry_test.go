package checker

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lastput/spec"
	"lastput/spec/specrapid"
	"lastput/strategies"
)

// nextStates are what can come after a state, in words.
func nextStates(m *machine, s state) map[string]bool {
	out := map[string]bool{}
	m.successors(s, func(_ Move, next state) bool {
		out[fmt.Sprint(next)] = true
		return len(out) < 2000
	})
	return out
}

// wantAutomorphisms holds the symmetry to its word: what can come after a state
// in which CPUs have changed places is what could come after it, with the CPUs
// in those places.
func wantAutomorphisms(t interface {
	Helper()
	Fatalf(string, ...any)
}, m *machine, states int) (swaps int) {
	t.Helper()
	y, _ := findSymmetry(m)
	met := randomStates(m)
	for _, c := range y.classes {
		for _, r := range append(slices.Clone(c.first), c.second...) {
			swaps++
			for i := 0; i < len(met); i += 1 + len(met)/states {
				s := met[i]
				if s[m.violated] != 0 {
					continue
				}
				want := map[string]bool{}
				m.successors(s, func(_ Move, next state) bool {
					if next[m.violated] == 0 {
						want[fmt.Sprint(y.rename(r, next))] = true
					}
					return len(want) < 2000
				})
				got := nextStates(m, y.rename(r, s))
				for next := range want {
					if !got[next] {
						t.Fatalf("CPUs %v: after the change of places a step is missing\n%v\nleads to none of\n%v\nbut should to\n%s\n%s", r.cpu, s, slices.Sorted(maps.Keys(got)), next, m.p)
					}
				}
			}
		}
	}
	return swaps
}

// builtAlike builds the strategy in its scenarios; there are three getters, alike, in
// the first.
func builtAlike(t *testing.T, m *spec.Model) (all []*spec.Prog) {
	t.Helper()
	for _, s := range m.Scenarios() {
		if s.Name == "basic" {
			s = spec.Scenario{Name: "custom", Getters: 3, Gets: 1, Unloaders: 1}
		}
		p, err := m.Build(s)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// TestSymmetryHolds checks it on the strategies.
func TestSymmetryHolds(t *testing.T) {
	found := 0
	for _, m := range strategies.All() {
		for _, p := range builtAlike(t, m) {
			found += wantAutomorphisms(t, newMachine(p, rules{}), 40)
		}
	}
	if found < 100 {
		t.Errorf("%d pairs of CPUs are alike in all strategies and scenarios", found)
	}
}

// TestSymmetryOfMutants checks it on drawn changes of the strategies, in drawn
// scenarios.
func TestSymmetryOfMutants(t *testing.T) {
	var texts []string
	for _, m := range strategies.All() {
		if !strings.Contains(m.Text, "#include \"") && m.Scenarios()[0].Name != spec.ThreadsScenario {
			texts = append(texts, m.Text)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		m, err := loadText(specrapid.Mutants(rapid.SampledFrom(texts).Draw(t, "strategy")).Draw(t, "mutant"))
		if err != nil {
			t.Skip("refused")
		}
		s := spec.Scenario{Name: "custom", Getters: rapid.IntRange(2, 3).Draw(t, "getters"), Gets: 1, Unloaders: rapid.IntRange(1, 2).Draw(t, "unloaders")}
		p, err := m.Build(s)
		if err != nil {
			t.Skip(err)
		}
		wantAutomorphisms(t, newMachine(p, rules{}), 60)
	})
}

// TestAsymmetry: CPUs that the program tells apart are not taken for alike.
func TestAsymmetry(t *testing.T) {
	for _, c := range []struct {
		name, text string
		alike      bool
	}{
		{"per-CPU", `static DEFINE_PER_CPU(int, x); mc_percpu_thread(MC_OTHER) static void f(void) { this_cpu_inc(x); } mc_thread(0, MC_OTHER) void go(void) { __mc_needs(f); }`, true},
		{"in order", `static DEFINE_PER_CPU(int, x); int y; mc_percpu_thread(MC_OTHER) static void f(void) { int c; this_cpu_inc(x); for_each_online_cpu_ordered(c) y = y * 2 + READ_ONCE(x[c]); } mc_thread(0, MC_OTHER) void go(void) { __mc_needs(f); }`, false},
		{"first", `static DEFINE_PER_CPU(int, x); mc_percpu_thread(MC_OTHER) static void f(void) { if (raw_smp_processor_id() == 1) this_cpu_inc(x); } mc_thread(0, MC_OTHER) void go(void) { __mc_needs(f); }`, false},
		{"arithmetic", `static DEFINE_PER_CPU(int, x); int y; mc_percpu_thread(MC_OTHER) static void f(void) { y += raw_smp_processor_id(); } mc_thread(0, MC_OTHER) void go(void) { __mc_needs(f); }`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := loadText(headers + c.text + ` mc_thread(3, MC_OTHER) void last(void) {}`)
			if err != nil {
				t.Fatal(err)
			}
			p, err := m.Build(spec.Scenario{Name: spec.ThreadsScenario})
			if err != nil {
				t.Fatal(err)
			}
			y, why := findSymmetry(newMachine(p, rules{}))
			if !y.none() != c.alike {
				t.Errorf("alike: %v (%s), want %v\n%s", !y.none(), why, c.alike, p)
			}
		})
	}
}

// TestReduceFollows: what is known of the state before a step changes nothing of
// what the state after is reduced to.
func TestReduceFollows(t *testing.T) {
	followed, not := 0, 0
	for i, m := range strategies.All() {
		if i%4 != 0 {
			continue
		}
		for _, p := range builtAlike(t, m) {
			k := newMachine(p, rules{})
			y, _ := findSymmetry(k)
			if y.none() {
				continue
			}
			pack := packingOf(k, y)
			if pack.arrange(); pack.words > 16 {
				continue
			}
			met := randomStates(k)
			knows, plain := &reducer[[16]uint64]{pack: pack}, &reducer[[16]uint64]{pack: pack}
			for i := 0; i < len(met); i += 1 + len(met)/10 {
				before := toWords[[16]uint64](pack, met[i], &[]misfit{})
				if plain.reduce(&before, &[]misfit{}); met[i][k.violated] != 0 {
					continue
				}
				from := make(state, k.size)
				fromWords(pack, &before, from)
				knows.from(&before)
				k.successors(from, func(_ Move, next state) bool {
					var misfits []misfit
					after := toWords[[16]uint64](pack, next, &misfits)
					a, b := after, after
					if knows.follow(&after) {
						followed++
					} else {
						not++
					}
					knows.reduce(&a, &misfits)
					plain.reduce(&b, &misfits)
					if a != b && len(misfits) == 0 {
						t.Fatalf("%s, %s: %v is reduced to %v, and to %v after %v", m.Name, p.Scenario, after, b, a, before)
					}
					return true
				})
			}
		}
	}
	if followed < 200 || not < 50 {
		t.Errorf("%d states after steps were followed, %d not", followed, not)
	}
}
