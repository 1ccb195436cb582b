package demo

import (
	"slices"
	"strings"
	"sync"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

// This file finds the program and the run that a request speaks of.

// A place is where a page is: a model, perhaps without something, in a scenario,
// after a run.
type place struct {
	Model    string `json:"model"`
	Scenario string `json:"scenario"`
	Without  string `json:"without"` // the ID of a mutation
	// Run is a recorded run, as mc replay takes it; it says all of the above.
	Run string `json:"run"`
}

// maxSteps bounds a run: it is played again for each answer.
const maxSteps = 2000

// at is the program of the place, and the moves that led there.
func (s *Server) at(pl place) (*spec.Prog, *checker.Recording, error) {
	var rec *checker.Recording
	if pl.Run != "" {
		var err error
		if rec, err = checker.ParseReplay(pl.Run); err != nil {
			return nil, nil, badRequest{err}
		}
		if len(rec.Moves) > maxSteps {
			return nil, nil, bad("the run has %d steps: the page shows runs of up to %d", len(rec.Moves), maxSteps)
		}
		name, id := spec.CutMutant(rec.Model)
		pl = place{Model: name, Scenario: rec.Scenario.String(), Without: id}
	}
	p, err := s.prog(pl)
	if err != nil {
		return nil, nil, err
	}
	if rec == nil {
		start := checker.NewSession(p, checker.Rules{}).Trace()
		rec, err = checker.ParseReplay(start.Replay)
	}
	return p, rec, err
}

func (s *Server) model(name string) (*spec.Model, error) {
	i := slices.IndexFunc(s.models, func(m *spec.Model) bool { return m.Name == name })
	if i >= 0 {
		return s.models[i], nil
	}
	if m, found := strategies.Find(name); found {
		return m, nil
	}
	return nil, bad("unknown model %q: it may be a file of somebody else's, to be named after mc demo", name)
}

// prog builds the program of a place.
func (s *Server) prog(pl place) (*spec.Prog, error) {
	pl.Run = ""
	return s.progs.get(pl, func() (*spec.Prog, error) {
		m, err := s.model(pl.Model)
		if err != nil {
			return nil, err
		}
		sc, err := spec.ParseScenario(pl.Scenario)
		if err != nil {
			return nil, badRequest{err}
		}
		if pl.Without != "" {
			if m, err = without(m, pl.Without, sc); err != nil {
				return nil, err
			}
		}
		p, err := m.Build(sc)
		if err != nil {
			return nil, badRequest{err}
		}
		return p, nil
	})
}

func without(m *spec.Model, id string, s spec.Scenario) (*spec.Model, error) {
	list, err := m.Mutations(s)
	if err != nil {
		return nil, badRequest{err}
	}
	i := slices.IndexFunc(list, func(mu spec.Mutation) bool { return mu.ID == id })
	if i < 0 {
		return nil, bad("%s has no %s to do without", m.Name, id)
	}
	return m.Without(list[i]), nil
}

// A progCache keeps the programs asked for last.
type progCache struct {
	mu    sync.Mutex
	order []place // the latest last
	progs map[place]*spec.Prog
}

// maxProgs is how many programs are kept.
const maxProgs = 32

func (c *progCache) get(pl place, build func() (*spec.Prog, error)) (*spec.Prog, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.progs[pl]; p != nil {
		return p, nil
	}
	p, err := build()
	if err != nil {
		return nil, err
	}
	if c.progs == nil {
		c.progs = map[place]*spec.Prog{}
	}
	if len(c.order) == maxProgs {
		delete(c.progs, c.order[0])
		c.order = c.order[1:]
	}
	c.progs[pl] = p
	c.order = append(c.order, pl)
	return p, nil
}

// own lists the files of the model itself.
func own(p *spec.Prog) (list []fileView) {
	for i, f := range p.Files {
		if !f.Library && (i == 0 || strings.TrimSpace(strings.Join(f.Lines, "")) != "") {
			list = append(list, fileView{Index: i, Name: f.Name, Lines: f.Lines})
		}
	}
	return list
}
