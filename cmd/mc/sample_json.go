package main

import "lastput/checker"

// This file is what the JSON document says of a sampling beside what it says of
// every result. There, scenario, bounds, notes and unreached are of the program
// that was sampled; threads, switches, waiting, replay and steps are of the run
// shown, whose scenario may be smaller: see shrunk.

type jsonSample struct {
	Engine      string         `json:"engine"` // "uniform", "pct" or "preemption-bounded"
	Depth       int            `json:"depth"`  // of pct, else 0
	Preemptions int            `json:"preemptions"`
	Seed        uint64         `json:"seed"`
	Wanted      int            `json:"schedules_wanted"`
	Schedules   int            `json:"schedules"`
	MaxSteps    int            `json:"max_steps"`
	Cut         int            `json:"cut"`
	Longest     int            `json:"longest"`   // steps
	Found       *int           `json:"found"`     // the number of the schedule, or null
	Guarantee   *jsonGuarantee `json:"guarantee"` // of pct, else null
	Coverage    jsonCoverage   `json:"coverage"`
	Shrunk      *jsonShrunk    `json:"shrunk"` // null where there is no run
}

type jsonGuarantee struct {
	Threads int     `json:"threads"`
	Length  int     `json:"length"`
	Chance  float64 `json:"chance"`
	All     float64 `json:"chance_all"`
}

type jsonCoverage struct {
	Lines     int   `json:"lines"`
	LinesSeen int   `json:"lines_seen"`
	Steps     int   `json:"steps"`
	StepsSeen int   `json:"steps_seen"`
	Pairs     int   `json:"pairs"`
	PairsBoth int   `json:"pairs_both"`
	States    int64 `json:"states"`
	AllStates int64 `json:"all_states"` // an estimate that is mostly too low
}

type jsonShrunk struct {
	Scenario string     `json:"scenario"`
	Bounds   jsonBounds `json:"bounds"`
	Text     string     `json:"text"` // says how simple the run is
}

// sampleJSON fills in what a sampling says.
func sampleJSON(o *outcome, r *jsonResult) {
	s, c := o.Sampling, &o.Sampling.Coverage
	r.Scenario, r.Bounds = s.Prog.Scenario.Name, boundsJSON(s.Prog)
	r.Sample = &jsonSample{
		Engine: string(s.Engine), Depth: s.Depth, Preemptions: s.Preemptions, Seed: s.Seed,
		Wanted: s.Wanted, Schedules: s.Schedules, MaxSteps: s.MaxSteps, Cut: s.Cut, Longest: s.Longest,
		Coverage: jsonCoverage{c.Lines, c.LinesSeen, c.Steps, c.StepsSeen, c.Pairs, c.PairsBoth, c.States, c.AllStates},
	}
	if s.Found > 0 {
		r.Sample.Found = &s.Found
	}
	if g := s.Guarantee; g != nil {
		r.Sample.Guarantee = (*jsonGuarantee)(g)
	}
	if o.Verdict == checker.Violated {
		r.Sample.Shrunk = &jsonShrunk{o.Prog.Scenario.Name, boundsJSON(o.Prog), size(o.Result)}
	}
}
