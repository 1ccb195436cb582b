package checker

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"lastput/spec"
	"lastput/spec/specrapid"
	"lastput/strategies"
)

// foreseen explores the program without reductions and reports whether futures
// foresaw all that was looked at and changed; tried is false where there are no
// futures, or too many states.
func foreseen(p *spec.Prog) (ok, tried bool) {
	m := newMachine(p, rules{})
	order, _ := newFutures(m)
	if order == nil {
		return true, false
	}
	lim := &limits{ctx: context.Background(), cfg: &Config{MaxStates: 1500}}
	pack := packingOf(m, &symmetry{})
	for {
		s := newSearch[[64]uint64](p, rules{}, pack, lim, 1, order)
		for _, w := range s.workers {
			w.order.off = true
		}
		if f := s.run(); f != nil {
			return !f.surprised, true
		}
		pack.arrange()
	}
}

// TestForesight: what a thread looks at and changes in a step is among what was
// said of where it rests, on the strategies, in every other scenario or, with -long,
// in all, and on drawn programs.
func TestForesight(t *testing.T) {
	tried := 0
	for i, m := range strategies.All() {
		for k, s := range m.Scenarios() {
			if (i+k)%2 > 0 && !*long {
				continue
			}
			p, err := m.Build(s)
			if err != nil {
				t.Fatal(err)
			}
			ok, did := foreseen(p)
			if tried += int(bit(did)); !ok {
				t.Errorf("%s, %s: a step does what was not foreseen", m.Name, s.Name)
			}
		}
	}
	if tried < 100 {
		t.Errorf("tried on %d programs only", tried)
	}
	rapid.Check(t, func(t *rapid.T) {
		m, err := loadText(headers + specrapid.Programs().Draw(t, "program"))
		if err != nil {
			t.Skip("refused")
		}
		p, err := m.Build(spec.Scenario{Name: spec.ThreadsScenario})
		if err != nil {
			t.Skip(err)
		}
		if ok, _ := foreseen(p); !ok {
			t.Fatalf("a step does what was not foreseen\n%s", p)
		}
	})
}
