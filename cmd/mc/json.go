package main

import (
	"encoding/json"

	"lastput/checker"
	"lastput/spec"
)

// This file is the JSON document of mc check and mc sample. Its field names are an interface
// that others rely on: fields may be added, none renamed or removed.

// jsonVersion changes if the meaning of a field ever does.
const jsonVersion = 1

type jsonDocument struct {
	Version int          `json:"version"`
	Results []jsonResult `json:"results"`
}

type jsonResult struct {
	Model       string         `json:"model"`
	Scenario    string         `json:"scenario"`
	Bounds      jsonBounds     `json:"bounds"`
	Memory      string         `json:"memory"`
	Engine      string         `json:"engine"`
	Reductions  []string       `json:"reductions"`
	Dropped     []jsonDropped  `json:"reductions_off"`    // that were not switched off, but could not be used
	Ignored     []string       `json:"ignored,omitempty"` // by --ignore
	Verdict     string         `json:"verdict"`
	Property    string         `json:"property"`
	Properties  []string       `json:"properties"`
	Notes       []jsonNote     `json:"notes"`
	Expected    string         `json:"expected"`
	AsExpected  bool           `json:"as_expected"`
	States      int64          `json:"states"`
	Transitions int64          `json:"transitions"`
	Depth       int            `json:"depth"`
	StoppedBy   string         `json:"stopped_by"`
	Elapsed     *float64       `json:"elapsed_seconds,omitempty"` // with --timing
	Threads     []jsonThread   `json:"threads"`
	Switches    *int           `json:"switches"`    // null where there is no run
	CycleStart  *int           `json:"cycle_start"` // n of the cycle's first step, or null
	Replay      string         `json:"replay"`
	Waiting     []jsonWaiting  `json:"waiting"` // at the end of the run
	Unreached   []jsonPosition `json:"unreached"`
	Steps       []jsonStep     `json:"steps"`
	Sample      *jsonSample    `json:"sample,omitempty"` // of mc sample
}

// jsonBounds are the numbers of the scenario. A model with threads of its own
// has only CPUs.
type jsonBounds struct {
	CPUs         int  `json:"cpus"`
	AbstractStop bool `json:"abstract_stop,omitempty"`
	*jsonRoles
}

type jsonRoles struct {
	Getters   int    `json:"getters"`
	Gets      int    `json:"gets"`
	Nested    int    `json:"nested"`
	Unloaders int    `json:"unloaders"`
	Isolated  int    `json:"isolated"`
	Migrate   bool   `json:"migrate"`
	SameCPU   bool   `json:"same_cpu"`
	Handover  bool   `json:"handover"`
	IRQ       bool   `json:"irq"`
	Hog       string `json:"hog"` // "", "user" or "kernel"
}

type jsonDropped struct {
	Reduction string `json:"reduction"`
	Why       string `json:"why"`
}

func droppedJSON(r *checker.Result) []jsonDropped {
	out := []jsonDropped{}
	for _, d := range r.Dropped {
		out = append(out, jsonDropped{string(d.Reduction), d.Why})
	}
	return out
}

type jsonThread struct {
	Name  string `json:"name"`
	CPU   int    `json:"cpu"`
	Class string `json:"class"`
}

// jsonWaiting is a thread that cannot go on at the end of a run that deadlocks
// or hangs, or that never ends. For is what it waits for: "cpu", its CPU;
// "lock", the lock Cell; "memory", Cell to change; "grace", a grace period to
// end; "gets", gets in flight to end; "call", a call of another thread to end;
// or "hog" and "round", nothing: it keeps its CPU, or goes round, for ever. By
// are the threads that would have to act, as far as is known.
type jsonWaiting struct {
	Thread string   `json:"thread"`
	CPU    int      `json:"cpu"`
	For    string   `json:"for"`
	By     []string `json:"by"`
	Cell   string   `json:"cell"` // "" where it waits for no memory
	Text   string   `json:"text"`
}

type jsonPosition struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

type jsonNote struct {
	Property string `json:"property"`
	Text     string `json:"text"`
	File     string `json:"file"`
	Line     int    `json:"line"`
}

type jsonStep struct {
	N       int          `json:"n"`
	Thread  string       `json:"thread"`
	CPU     int          `json:"cpu"`
	File    string       `json:"file"`
	Line    int          `json:"line"`
	Calls   []string     `json:"calls"`
	Source  string       `json:"source"`
	Changes []jsonChange `json:"changes"`
	Text    string       `json:"text"`
}

type jsonChange struct {
	Cell string `json:"cell"`
	Old  int64  `json:"old"`
	New  int64  `json:"new"`
}

// A jsonReport gathers the outcomes and prints them as one document.
type jsonReport struct {
	c       *call
	timing  bool
	ignored []spec.Property
	doc     jsonDocument
}

func (j *jsonReport) add(o *outcome) {
	r := toJSON(o)
	r.Ignored = texts(j.ignored)
	if j.timing {
		seconds := o.Elapsed.Seconds()
		r.Elapsed = &seconds
	}
	j.doc.Results = append(j.doc.Results, r)
}

func (j *jsonReport) end() {
	j.doc.Version = jsonVersion
	j.doc.Results = nonNil(j.doc.Results)
	j.c.encode(j.doc)
}

// encode prints a document.
func (c *call) encode(doc any) {
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false) // "->" is for people
	e.SetIndent("", "  ")
	e.Encode(doc) // its only error is a write's, which flush reports
}

func toJSON(o *outcome) jsonResult {
	r := jsonResult{
		Model:       o.Prog.Model,
		Scenario:    o.Prog.Scenario.Name,
		Bounds:      boundsJSON(o.Prog),
		Memory:      "sc",
		Engine:      o.Engine,
		Reductions:  nonNil(texts(o.Reductions)),
		Dropped:     droppedJSON(o.Result),
		Verdict:     string(o.Verdict),
		Property:    string(o.Property),
		Properties:  texts(o.Properties),
		Notes:       notesJSON(o.Result),
		AsExpected:  o.asExpected,
		States:      o.States,
		Transitions: o.Transitions,
		Depth:       o.Depth,
		StoppedBy:   o.StoppedBy,
		Threads:     threadsJSON(o.Prog),
		Waiting:     []jsonWaiting{},
		Unreached:   unreachedJSON(o.Result),
		Steps:       []jsonStep{},
	}
	if o.expected != nil {
		r.Expected = o.expected.String()
	}
	if o.Sampling != nil {
		sampleJSON(o, &r)
	}
	if t := o.Trace; t != nil {
		r.Switches = &t.Switches
		r.Replay = t.Replay
		r.Steps = stepsJSON(o.Prog, t)
		if t.Violation != nil {
			r.Waiting = waitingJSON(o.Prog, t.Violation)
		}
		if t.CycleStart >= 0 {
			n := t.CycleStart + 1
			r.CycleStart = &n
		}
	}
	return r
}

func waitingJSON(p *spec.Prog, v *checker.Violation) []jsonWaiting {
	out := []jsonWaiting{}
	for i := range v.Waiting {
		w := &v.Waiting[i]
		e := jsonWaiting{Thread: p.Threads[w.Thread].Name, CPU: w.CPU, For: string(w.For), By: []string{}, Text: w.Why(p)}
		for _, t := range w.By {
			e.By = append(e.By, p.Threads[t].Name)
		}
		if w.Cell >= 0 {
			e.Cell = p.Cells[w.Cell].Name
		}
		out = append(out, e)
	}
	return out
}

func notesJSON(r *checker.Result) []jsonNote {
	out := []jsonNote{}
	for _, n := range r.Notes {
		pos, _ := checker.ModelPlace(r.Prog, n.Pos, n.Frame)
		out = append(out, jsonNote{string(n.Property), n.Message, r.Prog.Files[pos.File].Name, pos.Line})
	}
	return out
}

func boundsJSON(p *spec.Prog) jsonBounds {
	b := jsonBounds{CPUs: p.NCPU, AbstractStop: p.Scenario.AbstractStop}
	if s := p.Scenario; s.Name != spec.ThreadsScenario {
		b.jsonRoles = &jsonRoles{s.Getters, s.Gets, s.Nested, max(s.Unloaders, 1), s.Isolated, s.Migrate, s.SameCPU, s.Handover, s.IRQ, string(s.Hog)}
	}
	return b
}

func threadsJSON(p *spec.Prog) []jsonThread {
	out := []jsonThread{}
	for _, t := range p.Threads {
		out = append(out, jsonThread{t.Name, t.CPU, t.Class.String()})
	}
	return out
}

func unreachedJSON(r *checker.Result) []jsonPosition {
	out := []jsonPosition{}
	if r.Stopped() {
		return out // nothing is known of what the rest would have reached
	}
	p := r.Prog
	if r.Sampling != nil {
		p = r.Sampling.Prog
	}
	for _, pos := range r.Unreached() {
		out = append(out, jsonPosition{p.Files[pos.File].Name, pos.Line})
	}
	return out
}

func stepsJSON(p *spec.Prog, t *checker.Trace) []jsonStep {
	out := []jsonStep{}
	for i := range t.Steps {
		s := &t.Steps[i]
		out = append(out, jsonStep{
			N:       i + 1,
			Thread:  p.Threads[s.Move.Thread].Name,
			CPU:     s.CPU,
			File:    p.Files[s.Pos.File].Name,
			Line:    s.Pos.Line,
			Calls:   nonNil(checker.Calls(p, s.Frame)),
			Source:  sourceLine(p, s.Pos),
			Changes: changes(p, s),
			Text:    checker.StepText(p, s),
		})
	}
	return out
}

// changes are the cells whose value the step changed, in the order in which it
// wrote them first.
func changes(p *spec.Prog, s *checker.Step) []jsonChange {
	index := map[int]int{}
	all := []jsonChange{}
	for _, e := range s.Events {
		if e.Kind != checker.EventWrite {
			continue
		}
		i, seen := index[e.Cell]
		if !seen {
			i = len(all)
			index[e.Cell] = i
			all = append(all, jsonChange{Cell: p.Cells[e.Cell].Name, Old: e.Old})
		}
		all[i].New = e.New
	}
	out := all[:0]
	for _, ch := range all {
		if ch.Old != ch.New {
			out = append(out, ch)
		}
	}
	return out
}

// nonNil makes an empty list of nil, which JSON would call null.
func nonNil[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}
