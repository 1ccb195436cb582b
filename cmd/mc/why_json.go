package main

import (
	"lastput/checker"
	"lastput/spec"
)

// This file is the JSON document of mc why. Its field names are an interface
// that others rely on: fields may be added, none renamed or removed.

type whyDocument struct {
	Version   int           `json:"version"`
	Model     string        `json:"model"`
	Scenarios []whyScenario `json:"scenarios"` // what the model itself does
	LeftOut   []string      `json:"left_out"`  // scenarios in which it does not come to an end soon, as it is
	Mutations []whyMutation `json:"mutations"` // in the order of the text
}

type whyScenario struct {
	Scenario   string     `json:"scenario"`
	Bounds     jsonBounds `json:"bounds"`
	Verdict    string     `json:"verdict"`
	Properties []string   `json:"properties"`  // that it violates
	LookedPast []string   `json:"looked_past"` // of which violations say nothing: these, and those ignored
	StoppedBy  string     `json:"stopped_by"`
}

// whyMutation is one thing taken away. Outcome is "needed", "liveness" (needed
// only for it), "not-needed", "same-program" (and so skipped), "no-program"
// (Error says why), or "unknown" (StoppedBy says why).
type whyMutation struct {
	ID        string         `json:"id"`
	Kind      string         `json:"kind"`
	File      string         `json:"file"`
	Line      int            `json:"line"`
	Column    int            `json:"column"`
	Lines     []jsonPosition `json:"lines"` // all it touches
	Text      string         `json:"text"`
	Note      string         `json:"note"` // what the file says of it
	Outcome   string         `json:"outcome"`
	Property  string         `json:"property"`
	Scenario  string         `json:"scenario"`
	Steps     *int           `json:"steps"` // of a shortest run; null where it is not known
	Notes     []string       `json:"notes"` // properties noted that the model has not noted itself
	Error     string         `json:"error"`
	StoppedBy string         `json:"stopped_by"`
	Replay    string         `json:"replay,omitempty"` // with --line: the simplest run
}

func (c *call) whyJSON(r *whyRun) {
	doc := whyDocument{Version: jsonVersion, Model: r.Name, Scenarios: []whyScenario{}, LeftOut: []string{}, Mutations: []whyMutation{}}
	for i, s := range r.why.Scenarios() {
		b := r.why.Baseline[i]
		doc.Scenarios = append(doc.Scenarios, whyScenario{s.String(), boundsOf(s, b.Prog), string(b.Verdict), texts(b.Properties), texts(r.why.LookedPast(s)), b.StoppedBy})
	}
	for _, s := range r.why.LeftOut {
		doc.LeftOut = append(doc.LeftOut, s.String())
	}
	for _, reason := range r.reasons {
		doc.Mutations = append(doc.Mutations, r.mutationJSON(reason))
	}
	c.encode(doc)
}

func (r *whyRun) mutationJSON(reason *checker.Reason) whyMutation {
	mu := &reason.Mutation
	out := whyMutation{
		ID: mu.ID, Kind: string(mu.Kind), File: mu.File, Line: mu.Line, Column: mu.Col, Lines: []jsonPosition{}, Text: mu.Text, Note: mu.Note,
		Outcome: string(reason.Outcome), Property: string(reason.Property), Scenario: foundIn(reason),
		Notes: texts(reason.Notes), StoppedBy: reason.StoppedBy,
	}
	for _, l := range mu.Lines {
		out.Lines = append(out.Lines, jsonPosition(l))
	}
	if reason.Steps > 0 {
		out.Steps = &reason.Steps
	}
	if reason.Err != nil {
		out.Error = reason.Err.Error()
	}
	if res := r.shown[reason]; res != nil && res.Trace != nil {
		out.Replay = res.Trace.Replay
	}
	return out
}

// boundsOf are the bounds of a scenario, whose program may be that of another.
func boundsOf(s spec.Scenario, p *spec.Prog) jsonBounds {
	own := *p
	own.Scenario = s
	return boundsJSON(&own)
}

// foundIn is the scenario of a reason that has one.
func foundIn(reason *checker.Reason) string {
	if reason.Property == "" {
		return ""
	}
	return reason.Scenario.String()
}
