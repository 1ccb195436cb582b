package demo

import (
	"context"
	"slices"
	"strings"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

// This file answers questions that need a search.

// An askRequest asks whether the model can be broken after the run, or, if Start
// is set, at all.
type askRequest struct {
	place
	Start bool `json:"start"`
}

// An askView is the answer.
type askView struct {
	Verdict  string `json:"verdict"`
	Property string `json:"property"`
	Reason   string `json:"reason"` // why there is no verdict
	States   int64  `json:"states"`
	// Moves are those that break it, from where it was asked; Cycle is how many
	// of the last are gone round for ever.
	Moves []string `json:"moves"`
	Cycle int      `json:"cycle"`
	Level int      `json:"level"` // the level that is won by this answer, from 1; or 0
}

// Bounds of one search.
const (
	askStates = 3_000_000
	askMemory = 1 << 30
)

// ask searches. It ends when whoever asked does not wait any more.
func (s *Server) ask(ctx context.Context, in askRequest) (*askView, error) {
	p, rec, err := s.at(in.place)
	if err != nil {
		return nil, err
	}
	cfg := checker.Config{MaxStates: askStates, MaxMemory: askMemory, Timeout: s.timeout}
	if !in.Start {
		cfg.From = rec.Moves
	}
	if _, err := rec.Session(p); err != nil {
		return nil, badRequest{err}
	}
	select {
	case s.asking <- struct{}{}:
		defer func() { <-s.asking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r, err := checker.Check(ctx, p, cfg)
	if err != nil {
		return nil, badRequest{err}
	}
	return answerOf(p, r, len(cfg.From), in.Start), nil
}

func answerOf(p *spec.Prog, r *checker.Result, from int, start bool) *askView {
	// The flags that would raise a limit are none of the page's.
	reason, _, _ := strings.Cut(r.Reason, " (--")
	v := &askView{Verdict: string(r.Verdict), Property: string(r.Property), Reason: reason, States: r.States, Moves: []string{}}
	if r.Trace != nil {
		for _, st := range r.Trace.Steps[from:] {
			v.Moves = append(v.Moves, checker.MoveText(st.Move))
		}
		if r.Trace.CycleStart >= 0 {
			v.Cycle = len(r.Trace.Steps) - r.Trace.CycleStart
		}
	}
	if start && r.Verdict == checker.Verified {
		v.Level = wonByProof(p)
	}
	return v
}

// A mutationView is something the model can do without, or not.
type mutationView struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	File  string `json:"file"`
	Line  int    `json:"line"`
	Lines []int  `json:"lines"`
}

func (s *Server) mutations(_ context.Context, in place) ([]mutationView, error) {
	m, err := s.model(in.Model)
	if err != nil {
		return nil, err
	}
	sc, err := spec.ParseScenario(in.Scenario)
	if err != nil {
		return nil, badRequest{err}
	}
	found, err := m.Mutations(sc)
	if err != nil {
		return nil, badRequest{err}
	}
	list := []mutationView{}
	for _, mu := range found {
		v := mutationView{ID: mu.ID, Kind: string(mu.Kind), Text: mu.Text, File: mu.File, Line: mu.Line, Lines: []int{}}
		for _, l := range mu.Lines {
			v.Lines = append(v.Lines, l.Line)
		}
		list = append(list, v)
	}
	return list, nil
}

// A startView is what a page has to know first.
type startView struct {
	First  place       `json:"first"`
	Models []modelView `json:"models"`
	Levels []level     `json:"levels"`
}

type modelView struct {
	Name      string         `json:"name"`
	Title     string         `json:"title"`
	File      bool           `json:"file"` // the user's own
	Scenarios []scenarioView `json:"scenarios"`
}

func (s *Server) start(context.Context, struct{}) (*startView, error) {
	v := &startView{First: s.first, Levels: levels}
	for i, m := range slices.Concat(s.models, strategies.All()) {
		mv := modelView{Name: m.Name, Title: m.Title, File: i < len(s.models)}
		for _, sc := range m.Scenarios() {
			mv.Scenarios = append(mv.Scenarios, viewScenario(sc))
		}
		if i > 0 && len(s.models) > 0 && m.Name == s.models[0].Name {
			continue // it is the one named
		}
		v.Models = append(v.Models, mv)
	}
	return v, nil
}
