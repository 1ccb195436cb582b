package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"lastput/checker"
	"lastput/spec"
)

// This file writes what was found as one page that needs nothing else: no server,
// nothing from elsewhere.

//go:embed report.html
var reportPage string

var reportTemplate = template.Must(template.New("report").Parse(reportPage))

// graphStates is up to how many states the page draws the graph of.
const graphStates = 250

// An htmlReport gathers outcomes for a page.
type htmlReport struct {
	o    *checkOptions
	page htmlPage
	all  []*outcome
}

type htmlPage struct {
	Title    string
	Outcomes []htmlOutcome
	Sources  []htmlSource
	Ignored  string
}

// An htmlOutcome is what became of one scenario.
type htmlOutcome struct {
	ID                         string
	Model, Scenario            string
	About                      string
	Verdict, Property          string
	Also, Reason               string
	States, Transitions, Depth string
	Notes                      []string
	Text, Size, Replay         string
	Waiting                    []string
	Picture                    template.HTML
	Graph                      template.HTML
	Run                        *htmlRun
}

// An htmlRun is a run for the slider.
type htmlRun struct {
	ID    string     `json:"id"`
	Cells []string   `json:"cells"`
	First []string   `json:"first"`
	Steps []htmlStep `json:"steps"`
}

type htmlStep struct {
	Who    string            `json:"who"`
	Place  string            `json:"place"` // "m.c:12"
	Line   string            `json:"line"`  // the ID of that line, if it is on the page
	Source string            `json:"source"`
	Text   string            `json:"text"`
	Values map[string]string `json:"values"`
}

type htmlSource struct {
	Model string
	File  string
	Lines []htmlLine
}

type htmlLine struct {
	N     int
	ID    string
	Text  string
	Never bool // no run came to it, and all were looked at
}

func newHTML(o *checkOptions) *htmlReport {
	r := &htmlReport{o: o}
	r.page.Ignored = strings.Join(texts(o.config.Ignore), ", ")
	return r
}

func (r *htmlReport) add(o *outcome) {
	p := o.Prog
	h := htmlOutcome{
		ID: fmt.Sprintf("o%d", len(r.page.Outcomes)), Model: o.Name, Scenario: p.Scenario.Name, About: p.Scenario.About(),
		Verdict: string(o.Verdict), Property: string(o.Property), Reason: o.Reason,
		States: fmt.Sprint(o.States), Transitions: fmt.Sprint(o.Transitions), Depth: fmt.Sprint(o.Depth),
	}
	if len(o.Properties) > 1 {
		h.Also = also(o.Result)
	}
	for _, n := range o.Notes {
		h.Notes = append(h.Notes, string(n.Property)+": "+n.Message)
	}
	if t := o.Trace; t != nil {
		opt := checker.DiagramOptions{Expand: r.o.expand}
		h.Picture = template.HTML(checker.SVG(p, t, opt))
		h.Size, h.Replay = size(o.Result), o.replay()
		h.Run = newHTMLRun(h.ID, o)
		if v := t.Violation; v != nil {
			h.Text = checker.Describe(p, t)
			h.Waiting = checker.WaitingText(p, v)
		}
	}
	if g, err := checker.Graph(p, r.o.config, graphStates); err == nil {
		h.Graph = template.HTML(graphPicture(p, g))
	}
	r.page.Outcomes = append(r.page.Outcomes, h)
	r.all = append(r.all, o)
}

// Silent reports whether there is no more to say than stands in the table.
func (h htmlOutcome) Silent() bool {
	return h.Run == nil && h.Graph == "" && h.Text == "" && h.Reason == "" && len(h.Notes) == 0
}

func newHTMLRun(id string, o *outcome) *htmlRun {
	p, t := o.Prog, o.Trace
	run := &htmlRun{ID: id, Cells: []string{}, First: []string{}}
	for i := range t.Steps {
		st := &t.Steps[i]
		pos, _ := checker.ModelPlace(p, st.Pos, st.Frame)
		source := stepSource(p, st)
		if pos != st.Pos { // the call in the model, and where it is inside
			source = p.Source(pos) + "  > " + source
		}
		s := htmlStep{Who: fmt.Sprintf("CPU%d %s", st.CPU, p.Threads[st.Move.Thread].Name), Place: p.Place(pos), Line: lineID(o.Name, placeOf(p, pos)), Source: source, Text: checker.StepText(p, st), Values: map[string]string{}}
		for _, e := range st.Events {
			if e.Kind != checker.EventWrite {
				continue
			}
			c := p.Cells[e.Cell]
			if !slices.Contains(run.Cells, c.Name) {
				run.Cells = append(run.Cells, c.Name)
				run.First = append(run.First, p.Value(c.Type, e.Old))
			}
			s.Values[c.Name] = p.Value(c.Type, e.New)
		}
		run.Steps = append(run.Steps, s)
	}
	return run
}

// stepSource is the line of C that a step executes, or what the step does where
// that line is of the driver and the reader has never seen it.
func stepSource(p *spec.Prog, st *checker.Step) string {
	if words := checker.DriverText(p, st.Pos, st.Frame); words != "" {
		return "(" + words + ")"
	}
	return sourceLine(p, st.Pos)
}

// sources are the model's own files, as far as its outcomes have them, with the
// lines that none of them reached.
func sources(list []*outcome) (out []htmlSource) {
	missed := unreached(list)
	seen := map[string]bool{}
	for _, o := range list {
		for _, f := range o.Prog.Files {
			if f.Library || strings.HasPrefix(f.Name, "<") || seen[f.Name] {
				continue // not the model's own, or known
			}
			seen[f.Name] = true
			src := htmlSource{Model: o.Name, File: f.Name}
			for i, l := range f.Lines {
				src.Lines = append(src.Lines, htmlLine{N: i + 1, ID: lineID(o.Name, place{f.Name, i + 1}), Text: strings.ReplaceAll(l, "\t", "    "), Never: missed[place{f.Name, i + 1}]})
			}
			out = append(out, src)
		}
	}
	return out
}

// lineID tells a line from those of other models on the page, which may include
// the same file.
func lineID(model string, at place) string {
	return fmt.Sprintf("%s %s:%d", model, at.file, at.line)
}

func (r *htmlReport) document() []byte {
	page := &r.page
	var models []string
	for all := r.all; len(all) > 0; {
		n := sameTarget(all)
		models = append(models, all[0].Name)
		page.Sources = append(page.Sources, sources(all[:n])...)
		all = all[n:]
	}
	page.Title = "mc check " + strings.Join(models, " ")
	var b bytes.Buffer
	if err := reportTemplate.Execute(&b, page); err != nil {
		panic(err) // the template and the page are both ours
	}
	return b.Bytes()
}

// graphPicture draws a graph by depth from top to bottom; a state's threads and
// memory show under the pointer.
func graphPicture(p *spec.Prog, g *checker.StateGraph) string {
	const dx, dy, radius, margin = 34, 40, 7, 24
	at := make([][2]int, len(g.States))
	level := map[int]int{}
	widest, deepest := 0, 0
	for _, s := range g.States {
		level[s.Depth]++
		widest, deepest = max(widest, level[s.Depth]), max(deepest, s.Depth)
	}
	placed := map[int]int{}
	for i, s := range g.States {
		at[i] = [2]int{margin + (2*placed[s.Depth]+1+widest-level[s.Depth])*dx/2, margin + s.Depth*dy}
		placed[s.Depth]++
	}
	var b strings.Builder
	w, h := 2*margin+widest*dx, 2*margin+deepest*dy
	fmt.Fprintf(&b, `<svg class="graph" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img"><title>all %d states, by how many steps they take</title>`, w, h, w, h, len(g.States))
	for _, e := range g.Edges {
		fmt.Fprintf(&b, `<path class="edge t%d" d="M%d %dL%d %d"><title>%s</title></path>`, e.Thread%6, at[e.From][0], at[e.From][1], at[e.To][0], at[e.To][1],
			template.HTMLEscapeString(p.Threads[e.Thread].Name+": "+e.Text))
	}
	for i, s := range g.States {
		class := "state"
		text := strings.Join(append(slices.Clone(s.Threads), s.Memory...), "\n")
		if s.Violates != "" {
			class, text = "state bad", text+"\nviolates "+string(s.Violates)
		}
		fmt.Fprintf(&b, `<circle class="%s" cx="%d" cy="%d" r="%d"><title>%s</title></circle>`, class, at[i][0], at[i][1], radius, template.HTMLEscapeString(text))
	}
	b.WriteString("</svg>")
	return b.String()
}

func (r *svgReport) document() []byte {
	if r.first == nil {
		return nil
	}
	return []byte(checker.SVG(r.first.Prog, r.first.Trace, checker.DiagramOptions{}))
}
