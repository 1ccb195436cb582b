package checker

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"lastput/spec"
	"lastput/strategies"
)

// This file measures what the ideas of the search are worth, each with and
// without it in one run: go test ./checker -run XXX -bench .

// BenchmarkReductions is the time to a verdict with each combination of
// reductions.
func BenchmarkReductions(b *testing.B) {
	for _, c := range []struct {
		name string
		cfg  Config
	}{
		{"none", Config{NoSymmetry: true, NoPOR: true}},
		{"symmetry", Config{NoPOR: true}},
		{"partial-order", Config{NoSymmetry: true}},
		{"both", Config{}},
	} {
		for _, name := range []string{"stop_machine", "atomic_dec_and_lock", "module_base"} {
			b.Run(name+"/"+c.name, func(b *testing.B) {
				p := benchScenario(b, name, spec.Scenario{Name: "custom", Getters: 3, Gets: 1, Unloaders: 1})
				c.cfg.Workers = 1
				states := int64(0)
				for b.Loop() {
					r, err := Check(context.Background(), p, c.cfg)
					if err != nil || r.Verdict != Verified {
						b.Fatal(err, r)
					}
					states = r.States
				}
				b.ReportMetric(float64(states), "states")
			})
		}
	}
}

// BenchmarkStop is the hand-shake of stop_machine() against the same in one step.
func BenchmarkStop(b *testing.B) {
	for _, abstract := range []bool{false, true} {
		name := "hand-shake"
		if abstract {
			name = "one-step"
		}
		b.Run(name, func(b *testing.B) {
			p := benchScenario(b, "stop_machine", spec.Scenario{Name: "custom", Getters: 3, Gets: 1, Unloaders: 1, AbstractStop: abstract})
			for b.Loop() {
				if r, err := Check(context.Background(), p, Config{Workers: 1}); err != nil || r.Verdict != Verified {
					b.Fatal(err, r)
				}
			}
		})
	}
}

// BenchmarkTable is the flat table against a map of Go's, for states of 12 bytes.
func BenchmarkTable(b *testing.B) {
	const states = 1 << 20
	keys := make([][2]uint64, states)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range keys {
		var s [16]byte
		binary.LittleEndian.PutUint64(s[:], rng.Uint64())
		binary.LittleEndian.PutUint32(s[8:], uint32(rng.IntN(states)))
		s[0] |= markBit
		keys[i] = [2]uint64{binary.LittleEndian.Uint64(s[:]), binary.LittleEndian.Uint64(s[8:])}
	}
	b.Run("flat", func(b *testing.B) {
		bytes := int64(0)
		for b.Loop() {
			t := &table[[2]uint64]{size: 12, arena: arena{reserve: 1 << 28}}
			t.stretch(firstCap)
			for i := range keys {
				key := keys[i]
				scramble(&key)
				t.add(&key)
			}
			bytes = t.memory()
			t.free()
		}
		b.ReportMetric(float64(b.N)*states/b.Elapsed().Seconds(), "states/s")
		b.ReportMetric(float64(bytes)/states, "bytes/state")
	})
	b.Run("map", func(b *testing.B) {
		for b.Loop() {
			t := map[[2]uint64]struct{}{}
			for i := range keys {
				t[keys[i]] = struct{}{}
			}
		}
		b.ReportMetric(float64(b.N)*states/b.Elapsed().Seconds(), "states/s")
	})
}

// BenchmarkUniques is what it is worth to look up once what a level finds several
// times, in a table that is larger than the cache.
func BenchmarkUniques(b *testing.B) {
	const states, times = 1 << 22, 5
	keys := make([][1]uint64, states)
	for i := range keys {
		keys[i][0] = uint64(i)<<1 | markBit
		scramble(&keys[i])
	}
	rng := rand.New(rand.NewPCG(1, 2))
	found := make([][][1]uint64, 1<<partBits)
	var all [][1]uint64
	for range times * states {
		key := keys[rng.IntN(states)]
		all = append(all, key)
		part := key[0] >> (64 - partBits)
		found[part] = append(found[part], key)
	}
	t := &table[[1]uint64]{size: 8, arena: arena{reserve: 1 << 28}}
	t.stretch(firstCap)
	for i := range keys {
		t.add(&keys[i])
	}
	rate := func(b *testing.B) {
		b.ReportMetric(float64(b.N)*times*states/b.Elapsed().Seconds()/1e6, "M-lookups/s")
	}
	b.Run("once", func(b *testing.B) {
		u := &uniques[[1]uint64]{}
		for b.Loop() {
			for _, part := range found {
				u.reset(len(part))
				u.add(part)
				for i := 0; i < len(u.keys); i += batchStates {
					some := u.keys[i:min(i+batchStates, len(u.keys))]
					t.touch(some)
					for j := range some {
						t.add(&some[j])
					}
				}
			}
		}
		rate(b)
	})
	b.Run("each", func(b *testing.B) {
		for b.Loop() {
			for i := 0; i < len(all); i += batchStates {
				some := all[i:min(i+batchStates, len(all))]
				t.touch(some)
				for j := range some {
					t.add(&some[j])
				}
			}
		}
		rate(b)
	})
}

func benchScenario(b *testing.B, name string, s spec.Scenario) *spec.Prog {
	b.Helper()
	m, found := strategies.Find(name)
	if !found {
		b.Fatalf("there is no %s", name)
	}
	p, err := m.Build(s)
	if err != nil {
		b.Fatal(err)
	}
	return p
}
