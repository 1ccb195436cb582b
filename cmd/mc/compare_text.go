package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"lastput/checker"
	"lastput/spec"
)

// This file lays a comparison out in tables, for people.

// A table is rows of cells under headings.
type table struct {
	columns []column
	rows    [][]string
}

type column struct {
	group string // heading above those of several columns
	name  string // "rmw"
	right bool   // numbers
}

// A section is a table and what explains it.
type section struct {
	*table
	legend []string // "rmw: atomic read-modify-writes"
	notes  []string // sentences about single rows
}

func sections(rows []*comparison) []section {
	return []section{
		{verdictTable(rows), verdictLegend(rows), nil},
		{behaviourTable(rows), behaviourLegend, nil},
		{priceTable(rows), priceLegend(rows), priceNotes(rows)},
	}
}

// compareText prints the tables with blanks between the columns.
func (c *call) compareText(rows []*comparison) {
	for i, s := range sections(rows) {
		if i > 0 {
			c.printf("\n")
		}
		c.printf("%s\n", s.text())
		for _, text := range append([]string{strings.Join(s.legend, "; ")}, s.notes...) {
			c.printf("%s", indent("  ", strings.Join(wrap(text, c.look.page()-2), "\n")))
		}
	}
}

// compareMarkdown prints the same tables as GitHub reads them.
func (c *call) compareMarkdown(rows []*comparison) {
	for i, s := range sections(rows) {
		if i > 0 {
			c.printf("\n")
		}
		c.printf("%s\n%s\n", s.markdown(), strings.Join(s.legend, "; "))
		for _, n := range s.notes {
			c.printf("\n%s\n", n)
		}
	}
}

func verdictTable(rows []*comparison) *table {
	t := &table{columns: []column{{name: "verdict"}}}
	for _, p := range rows[0].battery {
		t.columns = append(t.columns, column{name: p.Scenario.Name})
	}
	for _, r := range rows {
		cells := []string{r.Name}
		for _, res := range r.results {
			cells = append(cells, verdictWord(res))
		}
		t.rows = append(t.rows, cells)
	}
	return t
}

// verdictWord is a verdict in a few letters: that of a violation is an
// abbreviation of the property, in capitals as VIOLATED is elsewhere, with a plus
// if it is not the only one.
func verdictWord(r *checker.Result) string {
	switch {
	case r.Verdict == checker.Verified:
		return "ok"
	case r.Verdict != checker.Violated:
		return "?"
	case len(r.Properties) > 1:
		return abbreviation(r.Property) + "+"
	}
	return abbreviation(r.Property)
}

// abbreviation is a property in one word of at most eight letters.
func abbreviation(p spec.Property) string {
	switch p {
	case spec.GetAfterFinalPut:
		return "GET"
	case spec.FinalPutWhileHeld:
		return "HELD"
	case spec.UseAfterRelease:
		return "USE"
	case spec.DoubleRelease:
		return "DOUBLE"
	case spec.Assertion:
		return "ASSERT"
	case spec.Invariant:
		return "INVAR"
	case spec.InvalidAccess:
		return "ACCESS"
	case spec.SleepInAtomic:
		return "SLEEP"
	case spec.Unbalanced:
		return "UNBAL"
	}
	return strings.ToUpper(string(p)) // deadlock, hang, leak
}

// verdictLegend explains the words that are used, properties in order. One that
// is its own abbreviation needs none.
func verdictLegend(rows []*comparison) []string {
	used := map[string]bool{}
	for _, r := range rows {
		for _, res := range r.results {
			used[strings.TrimSuffix(verdictWord(res), "+")] = true
			used["+"] = used["+"] || len(res.Properties) > 1
		}
	}
	legend := []string{"ok: verified"}
	if used["?"] {
		legend = append(legend, "?: inconclusive")
	}
	for _, p := range spec.Properties {
		if word := abbreviation(p); used[word] && !strings.EqualFold(word, string(p)) {
			legend = append(legend, word+": "+string(p))
		}
	}
	if used["+"] {
		legend = append(legend, "+: and others, see mc check")
	}
	return legend
}

func behaviourTable(rows []*comparison) *table {
	t := &table{columns: []column{{name: "to others"}, {name: "halts"}, {name: "spurious"}, {name: "user hog"}, {name: "kernel hog"}}}
	for _, r := range rows {
		user, kernel := r.hangs()
		t.rows = append(t.rows, []string{r.Name, brief(string(r.prices.Halts)), brief(r.spurious()), brief(string(user)), brief(string(kernel))})
	}
	return t
}

// brief is an answer as it stands in a cell.
func brief(answer string) string {
	if answer == unknownAnswer {
		return "?"
	}
	return answer
}

var behaviourLegend = []string{
	"halts: the CPUs that an unload keeps from their threads",
	"spurious: a get can fail although no unload that it overlaps succeeds",
	"user hog, kernel hog: whom a thread hangs that never gives up an isolated CPU",
}

// priceColumns are the columns of a path. Those that are rare are left out of
// get and put where they are 0 for all.
var priceColumns = []struct {
	name  string
	rare  bool
	about string
	of    func(checker.Price) int
}{
	{"ops", false, "all visible operations", func(p checker.Price) int { return p.Steps }},
	{"rmw", false, "atomic read-modify-writes", func(p checker.Price) int { return p.RMWs }},
	{"st", false, "stores", func(p checker.Price) int { return p.Stores }},
	{"pc", false, "writes by this_cpu operations", func(p checker.Price) int { return p.PerCPU }},
	{"lk", false, "locks taken and given back", func(p checker.Price) int { return p.Locks }},
	{"mb", false, "full barriers and fully ordered operations", func(p checker.Price) int { return p.Barriers }},
	{"sh", false, "writes of all these kinds to lines that other CPUs write, too", func(p checker.Price) int { return p.Shared }},
	{"gp", true, "grace periods waited for", func(p checker.Price) int { return p.Graces }},
	{"halt", true, "operations while another CPU is halted", func(p checker.Price) int { return p.Halting }},
}

// A pathOf picks one path out of the prices of a strategy, and the same on an
// isolated CPU.
type pathOf struct {
	name     string
	of       func(*checker.Prices) checker.Path
	isolated func(*checker.Prices) checker.Path // nil: there is none
}

var paths = []pathOf{
	{"get", func(p *checker.Prices) checker.Path { return p.Get }, func(p *checker.Prices) checker.Path { return p.IsolatedGet }},
	{"put", func(p *checker.Prices) checker.Path { return p.Put }, func(p *checker.Prices) checker.Path { return p.IsolatedPut }},
	{"unload", func(p *checker.Prices) checker.Path { return p.Unload }, nil},
}

// differs reports whether a get or put goes another way on an isolated CPU.
func differs(p *checker.Prices) bool {
	other := func(a, b checker.Path) bool { return a.Price != b.Price || a.Outcome != b.Outcome }
	return other(p.Get, p.IsolatedGet) || other(p.Put, p.IsolatedPut)
}

func priceTable(rows []*comparison) *table {
	t := &table{columns: []column{{name: "price"}}}
	for _, path := range paths {
		for _, col := range priceColumns {
			if !col.rare || path.isolated == nil || slices.ContainsFunc(rows, func(r *comparison) bool {
				return col.of(path.of(r.prices).Price) > 0 || col.of(path.isolated(r.prices).Price) > 0
			}) {
				t.columns = append(t.columns, column{path.name, col.name, true})
			}
		}
	}
	for _, r := range rows {
		t.rows = append(t.rows, t.priceRow(r.Name, func(p pathOf) *checker.Path {
			path := p.of(r.prices)
			return &path
		}))
		if differs(r.prices) {
			t.rows = append(t.rows, t.priceRow("  on an isolated CPU", func(p pathOf) *checker.Path {
				if p.isolated == nil {
					return nil
				}
				path := p.isolated(r.prices)
				return &path
			}))
		}
	}
	return t
}

// priceRow fills the columns of the table; choose is the path for a group of
// them, or nil to leave them empty.
func (t *table) priceRow(name string, choose func(pathOf) *checker.Path) []string {
	cells := []string{name}
	for _, path := range paths {
		p := choose(path)
		for _, col := range priceColumns {
			if !slices.Contains(t.columns, column{path.name, col.name, true}) {
				continue
			}
			switch {
			case p == nil:
				cells = append(cells, "")
			case p.Outcome == checker.NotRun:
				cells = append(cells, "-")
			case col.of(p.Price) == 0:
				cells = append(cells, ".")
			default:
				cells = append(cells, strconv.Itoa(col.of(p.Price)))
			}
		}
	}
	return cells
}

func priceLegend(rows []*comparison) []string {
	var legend []string
	for _, col := range priceColumns {
		legend = append(legend, col.name+": "+col.about)
	}
	legend[0] += fmt.Sprintf(" (each path run alone, on %d CPUs)", rows[0].prices.NCPU)
	return legend
}

// priceNotes say of which paths the price is not the whole one.
func priceNotes(rows []*comparison) []string {
	var notes []string
	for _, r := range rows {
		for _, path := range paths {
			if text := shortfall(path.of(r.prices)); text != "" {
				notes = append(notes, fmt.Sprintf("%s: %s %s", r.Name, path.name, text))
			}
			if path.isolated == nil || !differs(r.prices) {
				continue
			}
			if text := shortfall(path.isolated(r.prices)); text != "" {
				notes = append(notes, fmt.Sprintf("%s: %s on an isolated CPU %s", r.Name, path.name, text))
			}
		}
	}
	return notes
}

// shortfall says why a path did not do what it is for; what it costs is what it
// cost until then.
func shortfall(p checker.Path) string {
	switch p.Outcome {
	case checker.Refused:
		return "fails, although nobody is in its way"
	case checker.Waits:
		return "does not return: " + p.Why
	case checker.Endless:
		return "does not return"
	case checker.Breaks:
		return "violates " + p.Why
	}
	return ""
}

// text lays the table out with blanks. A group's heading stands over its
// columns, followed by dashes.
func (t *table) text() string {
	widths := make([]int, len(t.columns))
	for i, col := range t.columns {
		list := []string{col.name}
		for _, row := range t.rows {
			list = append(list, row[i])
		}
		widths[i] = widest(list)
	}
	var b strings.Builder
	if t.grouped() {
		b.WriteString(t.groups(widths))
	}
	var head []string
	for _, col := range t.columns {
		head = append(head, col.name)
	}
	for _, row := range append([][]string{head}, t.rows...) {
		b.WriteString(t.line(row, widths))
	}
	return b.String()
}

// gap is what separates a column from the one before it.
func (t *table) gap(i int) string {
	switch {
	case i == 0:
		return ""
	case t.columns[i].group != "" && t.columns[i].group == t.columns[i-1].group:
		return " "
	}
	return "  "
}

func (t *table) line(cells []string, widths []int) string {
	line := ""
	for i, cell := range cells {
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if t.columns[i].right {
			cell = pad + cell
		} else {
			cell += pad
		}
		line += t.gap(i) + cell
	}
	return strings.TrimRight(line, " ") + "\n"
}

func (t *table) grouped() bool {
	return slices.ContainsFunc(t.columns, func(c column) bool { return c.group != "" })
}

// groups is the line of the groups' headings.
func (t *table) groups(widths []int) string {
	line := ""
	for i := 0; i < len(t.columns); {
		group := t.columns[i].group
		line += t.gap(i)
		width := widths[i]
		for i++; i < len(t.columns) && group != "" && t.columns[i].group == group; i++ {
			width += len(t.gap(i)) + widths[i]
		}
		if group == "" {
			line += strings.Repeat(" ", width)
			continue
		}
		line += group + " " + strings.Repeat("-", width-len(group)-1)
	}
	return line + "\n"
}

// markdown lays the table out as GitHub reads it, with the group in each
// heading.
func (t *table) markdown() string {
	var head, rule []string
	for _, col := range t.columns {
		head = append(head, strings.TrimSpace(col.group+" "+col.name))
		rule = append(rule, map[bool]string{false: "---", true: "--:"}[col.right])
	}
	var b strings.Builder
	for _, row := range append([][]string{head, rule}, t.rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.TrimSpace(cell)
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	return b.String()
}
