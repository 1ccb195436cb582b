package checker

import (
	"fmt"
	"slices"
	"strings"

	"lastput/spec"
)

// This file is the graph of states of a small program, for people to look at.

// A StateGraph is all states of a program, and the steps between them, as the
// reference interpreter has them, without reductions.
type StateGraph struct {
	States []GraphState
	Edges  []GraphEdge
}

// A GraphState is a state: where each thread is, and what of memory is not as in
// the first.
type GraphState struct {
	Threads  []string // "getter0 stop_machine.c:41", a thread that has ended left out
	Memory   []string // "mod.state = GOING"
	Violates spec.Property
	Depth    int // fewest steps from the first state
}

// A GraphEdge is a step.
type GraphEdge struct {
	From, To int
	Thread   int
	Text     string // the line of C
}

// Graph explores the program and returns its graph. If it has more states than
// most, or cfg looks past something it may not, it returns an error.
func Graph(p *spec.Prog, cfg Config, most int) (*StateGraph, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	m := newMachine(p, rules{ignore: cfg.Ignore, strict: cfg.Strict})
	g := &StateGraph{}
	index := map[string]int{}
	var states []state
	home := m.start()
	add := func(s state, depth int) int {
		key := fmt.Sprint(s)
		i, known := index[key]
		if !known {
			i = len(states)
			index[key] = i
			states = append(states, slices.Clone(s))
			g.States = append(g.States, m.graphState(s, home, depth))
		}
		return i
	}
	add(home, 0)
	for i := 0; i < len(states); i++ {
		if len(states) > most {
			return nil, fmt.Errorf("%s has more than %d states in %s, too many to draw: ask for fewer getters and rounds (--getters 1 --gets 1)", p.Model, most, p.Scenario.Name)
		}
		info := m.successors(states[i], func(mv Move, next state) bool {
			text := fmt.Sprintf("moves to CPU%d", mv.To)
			if !mv.Migrate {
				in := m.at(states[i], mv.Thread)
				pos, _ := ModelPlace(p, in.Pos, in.Frame)
				text = p.Source(pos)
			}
			g.Edges = append(g.Edges, GraphEdge{From: i, To: add(next, g.States[i].Depth+1), Thread: mv.Thread, Text: text})
			return true
		})
		if prop := m.terminal(states[i], info); prop != "" {
			g.States[i].Violates = prop
		}
	}
	return g, nil
}

func (m *machine) graphState(s, home state, depth int) GraphState {
	out := GraphState{Depth: depth}
	for t := range m.p.Threads {
		if m.over(s, t) {
			continue
		}
		in := m.at(s, t)
		out.Threads = append(out.Threads, m.p.Threads[t].Name+" "+restingPlace(m.p, in))
	}
	for c := range m.p.Cells {
		if s[c] != home[c] {
			out.Memory = append(out.Memory, cellName(m.p, c)+" = "+m.p.Value(m.p.Cells[c].Type, s[c]))
		}
	}
	if v := s[m.violated]; v != 0 {
		out.Violates = spec.Properties[v-1]
	}
	return out
}

// restingPlace names where a thread rests: a line of the model and, inside a
// library function, which operation of which.
func restingPlace(p *spec.Prog, in *spec.Inst) string {
	pos, _ := ModelPlace(p, in.Pos, in.Frame)
	text := p.Place(pos)
	if calls := Calls(p, in.Frame); in.Pos != pos && len(calls) > 0 {
		text += " " + calls[len(calls)-1] + ": " + in.Op.String()
	}
	return text
}

// DOT writes the graph in Graphviz's language.
func (g *StateGraph) DOT(p *spec.Prog) string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n  label=%s\n  labelloc=t\n  node [shape=box, fontname=monospace, fontsize=10]\n  edge [fontname=monospace, fontsize=9]\n",
		dotQuote(p.Model), dotQuote(p.Model+", "+p.Scenario.About()))
	for i, s := range g.States {
		lines := append(slices.Clone(s.Threads), s.Memory...)
		style := ""
		if s.Violates != "" {
			lines = append(lines, "VIOLATED "+string(s.Violates))
			style = ", color=red, fontcolor=red"
		}
		if i == 0 {
			style += ", style=bold"
		}
		fmt.Fprintf(&b, "  s%d [label=%s%s]\n", i, dotLabel(lines), style)
	}
	for _, e := range g.Edges {
		fmt.Fprintf(&b, "  s%d -> s%d [label=%s]\n", e.From, e.To, dotQuote(p.Threads[e.Thread].Name+": "+e.Text))
	}
	b.WriteString("}\n")
	return b.String()
}

// ThreadDOT writes the steps of one thread in Graphviz's language: where it can
// rest, and what may come next, as far as its code goes.
func ThreadDOT(p *spec.Prog, thread int) string {
	th := &p.Threads[thread]
	proc := &p.Procs[th.Proc]
	rests := func(pc int) bool { return p.Code[pc].Visible() || p.Code[pc].Op == spec.OpEnd }
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n  label=%s\n  labelloc=t\n  node [shape=box, fontname=monospace, fontsize=10]\n", dotQuote(th.Name), dotQuote(p.Model+", "+th.Name))
	seen := map[int]bool{}
	work := []int{proc.Entry}
	for len(work) > 0 {
		pc := work[0]
		work = work[1:]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		in := &p.Code[pc]
		pos, _ := ModelPlace(p, in.Pos, in.Frame)
		lines := []string{restingPlace(p, in), p.Source(pos)}
		if in.Op == spec.OpEnd {
			lines = []string{"end"}
		}
		fmt.Fprintf(&b, "  n%d [label=%s]\n", pc-proc.Entry, dotLabel(lines))
		if in.Op == spec.OpEnd {
			continue
		}
		for _, to := range nextRests(p, pc, rests) {
			fmt.Fprintf(&b, "  n%d -> n%d\n", pc-proc.Entry, to-proc.Entry)
			work = append(work, to)
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// nextRests are the places where a thread can rest next, in ascending order.
func nextRests(p *spec.Prog, pc int, rests func(int) bool) (out []int) {
	seen := map[int]bool{}
	work := []int{pc + 1}
	for len(work) > 0 {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[at] {
			continue
		}
		seen[at] = true
		if rests(at) {
			out = append(out, at)
			continue
		}
		switch in := &p.Code[at]; in.Op {
		case spec.OpJump:
			work = append(work, in.To)
		case spec.OpBr:
			work = append(work, at+1, in.To)
		default:
			work = append(work, at+1)
		}
	}
	slices.Sort(out)
	return out
}

func dotQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(s) + `"`
}

// dotLabel is a label of several lines, each to the left.
func dotLabel(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		q := dotQuote(l)
		b.WriteString(q[1:len(q)-1] + `\l`)
	}
	return `"` + b.String() + `"`
}
