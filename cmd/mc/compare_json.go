package main

import "lastput/checker"

// This file is the JSON document of mc compare. As with that of mc check, fields
// may be added, none renamed or removed.

type jsonComparison struct {
	Version int                 `json:"version"`
	Models  []jsonComparedModel `json:"models"`
}

type jsonComparedModel struct {
	Model     string         `json:"model"`
	Title     string         `json:"title"`
	Scenarios []jsonCompared `json:"scenarios"` // the battery, in order
	// Which CPUs an unload halts: "none", "not isolated", "isolated", "all"
	// or "unknown".
	Halts    string     `json:"halts"`
	Spurious string     `json:"spurious_failure"` // "yes", "no" or "unknown"
	Hangs    jsonHangs  `json:"hangs"`
	Prices   jsonPrices `json:"prices"`
}

type jsonCompared struct {
	Scenario   string   `json:"scenario"`
	Verdict    string   `json:"verdict"`
	Property   string   `json:"property"`
	Properties []string `json:"properties"`
	StoppedBy  string   `json:"stopped_by"`
}

// jsonHangs says whom a hog in user mode, or in the kernel, hangs: "no",
// "unloader", "box" or "unknown".
type jsonHangs struct {
	User   string `json:"user_hog"`
	Kernel string `json:"kernel_hog"`
}

type jsonPrices struct {
	CPUs        int      `json:"cpus"`
	Get         jsonPath `json:"get"`
	Put         jsonPath `json:"put"`
	IsolatedGet jsonPath `json:"isolated_get"`
	IsolatedPut jsonPath `json:"isolated_put"`
	Unload      jsonPath `json:"unload"`
}

// jsonPath is what a path costs. Outcome is "returned", "refused", "not run",
// "waits", "endless" or "violated"; Text says more.
type jsonPath struct {
	Outcome      string `json:"outcome"`
	Text         string `json:"text"`
	Operations   int    `json:"operations"`
	RMWs         int    `json:"rmws"`
	Stores       int    `json:"stores"`
	PerCPUWrites int    `json:"per_cpu_writes"`
	Locks        int    `json:"locks"`
	FullBarriers int    `json:"full_barriers"`
	SharedWrites int    `json:"shared_writes"`
	GracePeriods int    `json:"grace_periods"`
	Halting      int    `json:"halting_operations"`
}

func (c *call) compareJSON(rows []*comparison) {
	doc := jsonComparison{Version: jsonVersion, Models: []jsonComparedModel{}}
	for _, r := range rows {
		doc.Models = append(doc.Models, comparedJSON(r))
	}
	c.encode(doc)
}

func comparedJSON(r *comparison) jsonComparedModel {
	user, kernel := r.hangs()
	p := r.prices
	m := jsonComparedModel{
		Model: r.Name, Title: r.Title, Scenarios: []jsonCompared{},
		Halts: string(p.Halts), Spurious: r.spurious(), Hangs: jsonHangs{string(user), string(kernel)},
		Prices: jsonPrices{p.NCPU, pathJSON(p.Get), pathJSON(p.Put), pathJSON(p.IsolatedGet), pathJSON(p.IsolatedPut), pathJSON(p.Unload)},
	}
	for _, res := range r.results {
		m.Scenarios = append(m.Scenarios, jsonCompared{
			Scenario: res.Prog.Scenario.Name, Verdict: string(res.Verdict), Property: string(res.Property),
			Properties: texts(res.Properties), StoppedBy: res.StoppedBy,
		})
	}
	return m
}

func pathJSON(p checker.Path) jsonPath {
	return jsonPath{
		string(p.Outcome), p.Why,
		p.Steps, p.RMWs, p.Stores, p.PerCPU, p.Locks, p.Barriers, p.Shared, p.Graces, p.Halting,
	}
}
