package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// directivePrefix begins a comment line that speaks to mc.
const directivePrefix = "// mc:"

// parseDirectives reads the "// mc:" lines of the model's own text. Those of
// included files do not count: a variant says for itself what it is.
func (m *Model) parseDirectives() error {
	var errs ErrorList
	for i, line := range strings.Split(m.Text, "\n") {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), directivePrefix)
		if !ok {
			if strings.HasPrefix(strings.TrimSpace(line), "//mc:") {
				errs = append(errs, &Error{File: m.File, Line: i + 1, Col: 1 + strings.Index(line, "//"), Msg: "write \"// mc:\", with a space"})
			}
			continue
		}
		if msg := m.directive(i+1, strings.TrimSpace(rest)); msg != "" {
			errs = append(errs, &Error{File: m.File, Line: i + 1, Col: 1 + strings.Index(line, "//"), Msg: msg})
		}
	}
	return errs.err()
}

// directive handles one line and returns what is wrong with it.
func (m *Model) directive(line int, text string) string {
	word, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	if rest == "" && slices.Contains([]string{"title", "source", "learn", "expect", "why"}, word) {
		return fmt.Sprintf("directive %q says nothing: write what follows it on the same line", word)
	}
	switch word {
	case "title":
		if m.Title != "" {
			return "a second title: a model has one"
		}
		m.Title = rest
	case "source":
		m.Source = append(m.Source, rest)
	case "learn":
		m.Learn = append(m.Learn, rest)
	case "expect":
		return m.expect(line, strings.Fields(rest))
	case "why":
		_, msg := parseWhyNote(rest)
		return msg
	default:
		return fmt.Sprintf("unknown directive %q: want title, source, learn, expect or why", word)
	}
	return ""
}

func (m *Model) expect(line int, f []string) string {
	if len(f) < 2 {
		return "want: expect SCENARIO VERDICT [PROPERTY]"
	}
	e := Expectation{Scenario: f[0], Verdict: f[1], Line: line}
	if _, ok := FindScenario(e.Scenario); !ok && e.Scenario != "*" && e.Scenario != ThreadsScenario {
		return fmt.Sprintf("unknown scenario %q: want *, %s or %s", e.Scenario, strings.Join(ScenarioNames(), ", "), ThreadsScenario)
	}
	if !slices.Contains([]string{"verified", "violated", "inconclusive"}, e.Verdict) {
		return fmt.Sprintf("unknown verdict %q: want verified, violated or inconclusive", e.Verdict)
	}
	switch {
	case len(f) > 3, len(f) == 3 && e.Verdict != "violated":
		return fmt.Sprintf("%q after the expectation: only violated takes a property, and one", strings.Join(f[2:], " "))
	case len(f) == 3:
		e.Property = f[2]
		if !Property(e.Property).Valid() {
			return fmt.Sprintf("unknown property %q: want one of %s", e.Property, joinProperties())
		}
	}
	for _, o := range m.Expect {
		if o.Scenario == e.Scenario {
			return fmt.Sprintf("a second expectation for %s: the first is in line %d", e.Scenario, o.Line)
		}
	}
	m.Expect = append(m.Expect, e)
	return ""
}

func joinProperties() string {
	names := make([]string, len(Properties))
	for i, p := range Properties {
		names[i] = string(p)
	}
	return strings.Join(names, ", ")
}

// A whyNote is a line "// mc: why KIND[@COL][#N] TEXT": it says of a mutation of
// the line below that nothing breaks by it, and why that is so.
type whyNote struct {
	kind MutationKind
	col  int // 0: any
	n    int // 0: any
	text string
}

// parseWhyNote returns the note or what is wrong with it.
func parseWhyNote(text string) (note whyNote, msg string) {
	which, rest, _ := strings.Cut(text, " ")
	if note.text = strings.TrimSpace(rest); note.text == "" {
		return note, "want: why KIND[@COLUMN][#N] TEXT, above the line it speaks of"
	}
	which, n, hasN := strings.Cut(which, "#")
	kind, col, hasCol := strings.Cut(which, "@")
	var err error
	if note.kind = MutationKind(kind); !slices.Contains(MutationKinds, note.kind) {
		return note, fmt.Sprintf("unknown kind of mutation %q: want one of %s", kind, joinKinds())
	}
	if note.col, err = strconv.Atoi(col); hasCol && (err != nil || note.col < 1) {
		return note, fmt.Sprintf("%q is no column", col)
	}
	if note.n, err = strconv.Atoi(n); hasN && (err != nil || note.n < 1) {
		return note, fmt.Sprintf("%q is no number", n)
	}
	return note, ""
}

func joinKinds() string {
	names := make([]string, len(MutationKinds))
	for i, k := range MutationKinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// noteAbove joins the notes of a mutation that stand right above its line.
func (s site) noteAbove(lines []string) string {
	var out []string
	for i := s.line - 2; i >= 0 && i < len(lines); i-- {
		rest, ok := strings.CutPrefix(strings.TrimSpace(lines[i]), directivePrefix)
		rest, isWhy := strings.CutPrefix(strings.TrimSpace(rest), "why ")
		if !ok || !isWhy {
			break
		}
		note, msg := parseWhyNote(strings.TrimSpace(rest))
		if msg == "" && note.kind == s.kind && (note.col == 0 || note.col == s.col) && (note.n == 0 || note.n == s.n+1) {
			out = append([]string{note.text}, out...)
		}
	}
	return strings.Join(out, " ")
}
