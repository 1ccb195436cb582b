package main

import (
	"bytes"
	"encoding/json"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

// This file writes what was found as SARIF 2.1.0 (OASIS, 2020), which code
// scanners and editors read: a result for each scenario that is violated, at the
// line that does it, with the run as a code flow: a thread flow for each thread,
// and the interleaving as their execution order.

const (
	sarifVersion = "2.1.0"
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
	ColumnKind  string            `json:"columnKind"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name  string      `json:"name"`
	Rules []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string       `json:"id"`
	Short   sarifMessage `json:"shortDescription"`
	Help    sarifMessage `json:"help"`
	Default sarifLevel   `json:"defaultConfiguration"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

// sarifInvocation says what is not among the results: searches that came to no
// verdict.
type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Notifications []sarifNotification `json:"toolExecutionNotifications"`
}

type sarifNotification struct {
	Level   string       `json:"level"`
	Message sarifMessage `json:"message"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifMessage      `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	CodeFlows    []sarifCodeFlow   `json:"codeFlows,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   *sarifProperties  `json:"properties,omitempty"`
}

// sarifProperties is what SARIF has no word for.
type sarifProperties struct {
	Model    string `json:"model"`
	Scenario string `json:"scenario"`
	States   int64  `json:"states"`
	Replay   string `json:"replay,omitempty"`
}

type sarifLocation struct {
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Message  *sarifMessage  `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	Line   int `json:"startLine"`
	Column int `json:"startColumn,omitempty"`
}

type sarifCodeFlow struct {
	Message sarifMessage      `json:"message"`
	Threads []sarifThreadFlow `json:"threadFlows"`
}

type sarifThreadFlow struct {
	ID        string      `json:"id"`
	Locations []sarifStep `json:"locations"`
}

type sarifStep struct {
	Location sarifLocation           `json:"location"`
	Order    int                     `json:"executionOrder"`
	State    map[string]sarifMessage `json:"state,omitempty"`
}

// A sarifReport gathers results; its document is written at the end.
type sarifReport struct {
	run sarifRun
}

func newSARIF() *sarifReport {
	r := &sarifReport{}
	r.run.Tool.Driver.Name = "mc"
	for _, p := range spec.Properties {
		level := "error"
		if p.IsNote() {
			level = "note"
		}
		r.run.Tool.Driver.Rules = append(r.run.Tool.Driver.Rules, sarifRule{
			ID: string(p), Short: sarifMessage{p.Explain()},
			Help: sarifMessage{p.Explain() + ". mc replay with the string in the result's message plays the run step by step; docs/semantics.md has an example of each property."}, Default: sarifLevel{level},
		})
	}
	r.run.Invocations = []sarifInvocation{{Successful: true, Notifications: []sarifNotification{}}}
	r.run.Results = []sarifResult{}
	r.run.ColumnKind = "unicodeCodePoints"
	return r
}

func (r *sarifReport) add(o *outcome) {
	where := o.Name + ", " + o.Prog.Scenario.Name + ": "
	switch o.Verdict {
	case checker.Violated:
		r.run.Results = append(r.run.Results, r.violation(o, where))
	case checker.Inconclusive:
		inv := &r.run.Invocations[0]
		inv.Notifications = append(inv.Notifications, sarifNotification{"warning", sarifMessage{where + "inconclusive: " + o.Reason}})
	}
	for _, n := range o.Notes {
		pos, _ := checker.ModelPlace(o.Prog, n.Pos, n.Frame)
		r.run.Results = append(r.run.Results, sarifResult{
			RuleID: string(n.Property), RuleIndex: n.Property.Rank(), Level: "note",
			Message: sarifMessage{where + n.Message}, Locations: []sarifLocation{o.location(pos, "")}, Fingerprints: o.fingerprint(n.Property),
		})
	}
}

func (r *sarifReport) violation(o *outcome, where string) sarifResult {
	res := sarifResult{
		RuleID: string(o.Property), RuleIndex: o.Property.Rank(), Level: "error",
		Message: sarifMessage{where + o.Property.Explain()}, Fingerprints: o.fingerprint(o.Property),
		Locations:  []sarifLocation{},
		Properties: &sarifProperties{Model: o.Prog.Model, Scenario: o.Prog.Scenario.String(), States: o.States},
	}
	t := o.Trace
	if t == nil || t.Violation == nil {
		return res
	}
	res.Message.Text = where + checker.Describe(o.Prog, t) + "\nreplay: " + o.replay()
	res.Properties.Replay = t.Replay
	at := checker.Culprit(o.Prog, t)
	if at.Line == 0 { // no line of the model ran, so the file as a whole is to blame
		at = spec.Pos{Line: 1}
	}
	res.Locations = append(res.Locations, o.location(at, ""))
	res.CodeFlows = []sarifCodeFlow{{Message: sarifMessage{size(o.Result)}, Threads: o.threadFlows()}}
	return res
}

// threadFlows are the threads that had a part, in the order of the program.
func (o *outcome) threadFlows() []sarifThreadFlow {
	p := o.Prog
	flows := make([]sarifThreadFlow, len(p.Threads))
	for i := range o.Trace.Steps {
		st := &o.Trace.Steps[i]
		pos, _ := checker.ModelPlace(p, st.Pos, st.Frame)
		text := stepSource(p, st)
		if what := checker.StepText(p, st); what != "" {
			text += "  // " + what
		}
		step := sarifStep{Location: o.location(pos, text), Order: i + 1, State: map[string]sarifMessage{}}
		for _, ch := range changes(p, st) {
			step.State[ch.Cell] = sarifMessage{p.Value(typeOf(p, ch.Cell), ch.New)}
		}
		f := &flows[st.Move.Thread]
		f.ID = p.Threads[st.Move.Thread].Name
		f.Locations = append(f.Locations, step)
	}
	return slices.DeleteFunc(flows, func(f sarifThreadFlow) bool { return f.ID == "" })
}

func typeOf(p *spec.Prog, cell string) int {
	i := slices.IndexFunc(p.Cells, func(c spec.Cell) bool { return c.Name == cell })
	return p.Cells[i].Type
}

// location is a place of the model's own files; one in the library is none that
// the reader has.
func (o *outcome) location(pos spec.Pos, text string) sarifLocation {
	var l sarifLocation
	if pos.Line > 0 && !o.Prog.Files[pos.File].Library {
		l.Physical = &sarifPhysical{sarifArtifact{o.uri(o.Prog.Files[pos.File].Name)}, sarifRegion{pos.Line, pos.Col}}
	}
	if text != "" {
		l.Message = &sarifMessage{text}
	}
	return l
}

// uri is that of one of the model's files: relative to where mc was called, or to
// the project's root for a strategy that comes with it.
func (o *outcome) uri(name string) string {
	if o.file == "" {
		return path.Join("strategies", strategies.Family(o.Name), name)
	}
	full := filepath.ToSlash(filepath.Join(filepath.Dir(o.file), name))
	if filepath.IsAbs(o.file) {
		return (&url.URL{Scheme: "file", Path: full}).String()
	}
	return strings.TrimPrefix((&url.URL{Path: full}).String(), "./")
}

func (o *outcome) fingerprint(p spec.Property) map[string]string {
	return map[string]string{"lastput/v1": strings.Join([]string{o.Prog.Model, o.Prog.Scenario.String(), string(p)}, "/")}
}

func (r *sarifReport) document() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(sarifLog{sarifSchema, sarifVersion, []sarifRun{r.run}}); err != nil {
		panic(err) // strings and numbers only
	}
	return b.Bytes()
}
