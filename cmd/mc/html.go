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
}

type htmlPage struct {
	Title    string
	Outcomes []htmlOutcome
	Sources  []htmlSource
	Ignored  string
	executed map[string]map[place]bool // by model
	verified map[string]bool
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
	Place  string            `json:"place"` // "m.c:12", as lines of the source are called
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
	r.page.executed = map[string]map[place]bool{}
	r.page.verified = map[string]bool{}
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
		h.Run = newHTMLRun(h.ID, p, t)
		if v := t.Violation; v != nil {
			h.Text = checker.Describe(p, t)
			h.Waiting = checker.WaitingText(p, v)
		}
	}
	if g, err := checker.Graph(p, r.o.config, graphStates); err == nil {
		h.Graph = template.HTML(graphPicture(p, g))
	}
	r.page.Outcomes = append(r.page.Outcomes, h)
	r.sources(o)
}

func newHTMLRun(id string, p *spec.Prog, t *checker.Trace) *htmlRun {
	run := &htmlRun{ID: id, Cells: []string{}, First: []string{}}
	for i := range t.Steps {
		st := &t.Steps[i]
		pos, _ := checker.ModelPlace(p, st.Pos, st.Frame)
		s := htmlStep{Who: fmt.Sprintf("CPU%d %s", st.CPU, p.Threads[st.Move.Thread].Name), Place: p.Place(pos), Source: sourceLine(p, st.Pos), Text: checker.StepText(p, st), Values: map[string]string{}}
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

// sources takes down the model's own files, and which of their lines ran.
func (r *htmlReport) sources(o *outcome) {
	p := o.Prog
	done := r.page.executed[o.Name]
	if done == nil {
		done = map[place]bool{}
		r.page.executed[o.Name] = done
		for _, f := range p.Files {
			if f.Library || strings.HasPrefix(f.Name, "<") {
				continue // not the model's own
			}
			src := htmlSource{Model: o.Name, File: f.Name}
			for i, l := range f.Lines {
				src.Lines = append(src.Lines, htmlLine{N: i + 1, ID: fmt.Sprintf("%s:%d", f.Name, i+1), Text: strings.ReplaceAll(l, "\t", "    ")})
			}
			r.page.Sources = append(r.page.Sources, src)
		}
	}
	r.page.verified[o.Name] = r.page.verified[o.Name] || o.Verdict == checker.Verified
	for i, ran := range o.Executed {
		if ran {
			done[placeOf(p, p.Code[i].Pos)] = true
		} else if at := placeOf(p, p.Code[i].Pos); !done[at] {
			done[at] = false // it has code
		}
	}
}

func (r *htmlReport) document() []byte {
	page := &r.page
	var models []string
	for i := range page.Sources {
		src := &page.Sources[i]
		if !slices.Contains(models, src.Model) {
			models = append(models, src.Model)
		}
		for k := range src.Lines {
			ran, hasCode := page.executed[src.Model][place{src.File, k + 1}]
			src.Lines[k].Never = page.verified[src.Model] && hasCode && !ran
		}
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
