package main

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

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
			Message: sarifMessage{where + n.Message}, Locations: []sarifLocation{o.result(pos)}, Fingerprints: o.fingerprint(n.Property),
		})
	}
}

func (r *sarifReport) violation(o *outcome, where string) sarifResult {
	res := sarifResult{
		RuleID: string(o.Property), RuleIndex: o.Property.Rank(), Level: "error",
		Message: sarifMessage{where + o.Property.Explain()}, Fingerprints: o.fingerprint(o.Property),
		Locations:  []sarifLocation{o.result(spec.Pos{})},
		Properties: &sarifProperties{Model: o.Prog.Model, Scenario: o.Prog.Scenario.String(), States: o.States},
	}
	t := o.Trace
	if t == nil || t.Violation == nil {
		return res
	}
	res.Message.Text = where + checker.Describe(o.Prog, t) + "\nreplay: " + o.replay()
	res.Properties.Replay = t.Replay
	res.Locations[0] = o.result(checker.Culprit(o.Prog, t))
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
	if o.own(pos) {
		f := o.Prog.Files[pos.File]
		l.Physical = &sarifPhysical{sarifArtifact{o.uri(f.Name)}, sarifRegion{pos.Line, characters(f, pos)}}
	}
	if text != "" {
		l.Message = &sarifMessage{text}
	}
	return l
}

// result is where a result is: scanners show none that is nowhere, so where no line
// of the model is to blame it is its file as a whole.
func (o *outcome) result(pos spec.Pos) sarifLocation {
	if !o.own(pos) {
		pos = spec.Pos{Line: 1}
	}
	return o.location(pos, "")
}

func (o *outcome) own(pos spec.Pos) bool { return pos.Line > 0 && !o.Prog.Files[pos.File].Library }

// characters is a column, which the parser counts in bytes, in code points.
func characters(f *spec.File, pos spec.Pos) int {
	if pos.Col < 1 || pos.Line > len(f.Lines) || pos.Col > len(f.Lines[pos.Line-1]) {
		return pos.Col
	}
	return utf8.RuneCountInString(f.Lines[pos.Line-1][:pos.Col-1]) + 1
}

// uri is that of one of the model's files: relative to where mc was called, or to
// the project's root for a strategy that comes with it. Of a file elsewhere it is
// absolute: what a scanner is given may not lead out of where it looks.
func (o *outcome) uri(name string) string {
	if o.file == "" {
		return (&url.URL{Path: path.Join("strategies", strategies.Family(o.Name), name)}).String()
	}
	full := filepath.Join(filepath.Dir(o.file), name)
	if rel, ok := belowHere(full); ok {
		return (&url.URL{Path: filepath.ToSlash(rel)}).String()
	}
	if abs, err := filepath.Abs(full); err == nil {
		full = abs
	}
	full = filepath.ToSlash(full)
	if !strings.HasPrefix(full, "/") {
		full = "/" + full // with the letter of a drive
	}
	return (&url.URL{Scheme: "file", Path: full}).String()
}

// belowHere is the path of a file from the current folder, if it is in there,
// whatever it was named by.
func belowHere(file string) (string, bool) {
	here, err := os.Getwd()
	if err != nil {
		return "", false
	}
	if file, err = filepath.Abs(file); err != nil {
		return "", false
	}
	if rel, err := filepath.Rel(here, file); err == nil && filepath.IsLocal(rel) {
		return rel, true
	}
	// Perhaps one of the two goes by way of a link.
	dir, err := filepath.EvalSymlinks(filepath.Dir(file))
	if err != nil {
		return "", false
	}
	if here, err = filepath.EvalSymlinks(here); err != nil {
		return "", false
	}
	rel, err := filepath.Rel(here, filepath.Join(dir, filepath.Base(file)))
	return rel, err == nil && filepath.IsLocal(rel)
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
