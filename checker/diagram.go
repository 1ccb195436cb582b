package checker

import (
	"fmt"
	"slices"
	"strings"

	"lastput/spec"
)

// This file draws runs the way kernel developers draw races: one column for
// each CPU, a row for each line of the model that had a part.

// DiagramOptions say how a run is drawn.
type DiagramOptions struct {
	// Expand draws every step, those of the library too.
	Expand bool
	// Width is how many columns of text the diagram may take; 0 means 90. Where
	// it has no room for the columns side by side, they stand one below the other.
	Width int
	// Paint, if set, says how a line of a column is shown. What it adds must
	// take no room.
	Paint func(line string, kind LineKind) string
}

// A LineKind says what a line of a diagram is.
type LineKind int

// The kinds of line.
const (
	LineHead LineKind = iota // the head of a column
	LineStep                 // what was done
)

// defaultWidth gives two columns room for a line of C and its values each, and
// still survives a commit message.
const defaultWidth = 90

// Diagram draws the run. Steps of a library function that the model calls are
// one row, the call; steps of threads that only run library code are one row
// for as long as they are among themselves. CPUs without a row have no column.
func Diagram(p *spec.Prog, t *Trace, opt DiagramOptions) string {
	d := &diagram{p: p, t: t, expand: opt.Expand, paint: opt.Paint}
	if d.paint == nil {
		d.paint = func(line string, _ LineKind) string { return line }
	}
	d.collect()
	if opt.Width <= 0 {
		return d.render(defaultWidth)
	}
	if n := len(d.columns()); n > 1 && n*minColumn+2*(n-1) > opt.Width {
		return d.stack(opt.Width)
	}
	return d.render(opt.Width)
}

// A row is what one thread did without interruption at one place.
type row struct {
	cpu    int
	thread int
	place  spec.Pos
	frame  int  // of the place
	inside bool // folded from steps inside library functions
	steps  []*Step
	also   []int  // further threads of a row of library threads
	text   string // instead of the source
	driver bool   // text is of what is done between calls of the model
	mark   string // what is said at its end
	// divider: no row, but the place where the cycle begins that the run ends in
	divider bool
}

type diagram struct {
	p      *spec.Prog
	t      *Trace
	expand bool
	paint  func(string, LineKind) string
	rows   []row
}

func (d *diagram) collect() {
	seen := map[int]bool{}
	for i := range d.t.Steps {
		st := &d.t.Steps[i]
		t := st.Move.Thread
		// A thread's first step only brings it to its first operation.
		starts := !seen[t] && !d.p.Threads[t].Asleep && !st.Move.Migrate
		seen[t] = seen[t] || !st.Move.Migrate
		if i == d.t.CycleStart {
			d.rows = append(d.rows, row{cpu: st.CPU, thread: nobody, divider: true})
		}
		if d.expand || !starts || i == len(d.t.Steps)-1 && d.t.Violation != nil {
			d.add(st)
		}
	}
	d.markEnd()
}

func (d *diagram) add(st *Step) {
	p := d.p
	place, frame := st.Pos, st.Frame
	if !d.expand {
		place, frame = ModelPlace(p, st.Pos, st.Frame)
	}
	r := row{cpu: st.CPU, thread: st.Move.Thread, place: place, frame: frame, inside: place != st.Pos, steps: []*Step{st}}
	r.place.Col = 0
	if st.Move.Migrate {
		r.text = fmt.Sprintf("(%s moves to CPU%d)", p.Threads[r.thread].Name, st.Move.To)
	} else if d.isLibrary(&r) {
		r.text = d.libraryText(&r)
	} else if !d.expand && p.Files[place.File].Library {
		r.text, r.driver = d.harnessText(place), true
	}
	if n := len(d.rows); !d.expand && n > 0 && !d.rows[n-1].divider && d.merge(&d.rows[len(d.rows)-1], &r) {
		return
	}
	d.rows = append(d.rows, r)
}

// isLibrary reports whether the row is of a thread that need not finish, in
// code of the library: the part it plays is the library's.
func (d *diagram) isLibrary(r *row) bool {
	return !d.expand && !r.divider && d.p.Files[r.place.File].Library && !isDriver(d.p, r.place) && !d.p.Threads[r.thread].MustFinish && !d.p.Threads[r.thread].Hog
}

func (d *diagram) libraryText(r *row) string {
	calls := Calls(d.p, r.frame)
	name := calls[0]
	if len(calls) > 1 {
		name = calls[1]
	}
	return name + "()"
}

// harnessText says what a thread does that is in none of the model's functions:
// the comment at the end of its line, or nothing in particular.
func (d *diagram) harnessText(place spec.Pos) string {
	if comment := commentAtEnd(d.p.Source(place)); comment != "" {
		return "(" + comment + ")"
	}
	return "(between calls)"
}

// source is the C of a line, without a comment at its end.
func (d *diagram) source(place spec.Pos) string {
	text := d.p.Source(place)
	if at := max(strings.LastIndex(text, "/*"), strings.LastIndex(text, "//")); at > 0 && (strings.HasSuffix(text, "*/") || text[at+1] == '/') && !strings.Contains(text[at:], "\"") {
		text = strings.TrimSpace(text[:at])
	}
	return strings.TrimSuffix(text, " {")
}

// merge adds r to the row before it where they are one to the reader.
func (d *diagram) merge(last, r *row) bool {
	if d.isLibrary(last) && d.isLibrary(r) {
		if last.thread != r.thread && !slices.Contains(last.also, r.thread) {
			last.also = append(last.also, r.thread)
		}
		last.text = d.moreTelling(last, r)
		last.steps = append(last.steps, r.steps...)
		return true
	}
	if last.text != "" || r.text != "" || last.thread != r.thread || last.cpu != r.cpu || last.place != r.place || last.frame != r.frame {
		return false
	}
	last.inside = last.inside || r.inside
	last.steps = append(last.steps, r.steps...)
	return true
}

// moreTelling prefers the name of a called function to that of the thread's
// own body.
func (d *diagram) moreTelling(last, r *row) string {
	body := Calls(d.p, last.frame)[0] + "()"
	if last.text == body && r.text != "" {
		return r.text
	}
	return last.text
}

// propertyMarks are what is written beside the row that violates a property.
var propertyMarks = map[spec.Property]string{
	spec.GetAfterFinalPut:  "get after the final put",
	spec.FinalPutWhileHeld: "final put while held",
}

func propertyMark(p spec.Property) string {
	if s, ok := propertyMarks[p]; ok {
		return s
	}
	return strings.ReplaceAll(string(p), "-", " ")
}

// markEnd writes beside the last row what is wrong. Where the run went on to
// another line of the model within its last step, that line is a row.
func (d *diagram) markEnd() {
	for i := range d.rows {
		r := &d.rows[i]
		for _, st := range r.steps {
			for _, e := range st.Events {
				switch {
				case e.Kind == EventFinal:
					r.mark = "<- the final put"
				case e.Kind == EventRelease && r.mark != "":
					r.mark += ", and the release"
				case e.Kind == EventRelease && !strings.Contains(d.p.Source(r.place), "mc_release"):
					r.mark = "<- the release"
				}
			}
		}
	}
	v := d.t.Violation
	if v != nil {
		d.addWaiting(v.Waiting)
	}
	if v == nil || len(v.Waiting) > 0 || len(d.rows) == 0 {
		return
	}
	last := &d.rows[len(d.rows)-1]
	st := last.steps[len(last.steps)-1]
	mark := "<- " + propertyMark(v.Property)
	if at, frame, ok := d.lastLine(st); ok && !d.expand && at != last.place {
		if v.Property == spec.FinalPutWhileHeld {
			last.mark = "" // it is said in the next row
		}
		d.rows = append(d.rows, row{cpu: last.cpu, thread: st.Move.Thread, place: at, frame: frame, mark: mark})
		return
	}
	last.mark = mark
}

// addWaiting draws where the threads that must finish are stuck, and the hog
// that keeps one from running. What the library's threads wait for is said in
// words: see WaitingText.
func (d *diagram) addWaiting(ws []Waiting) {
	for _, w := range ws {
		th := &d.p.Threads[w.Thread]
		place, frame := ModelPlace(d.p, w.Pos, w.Frame)
		mark := "<- waits for ever"
		switch w.For {
		case WaitCPU:
			mark = fmt.Sprintf("<- never gets CPU%d back", w.CPU)
		case WaitHog:
			// It was there before all others.
			d.rows = slices.Insert(d.rows, 0, row{cpu: w.CPU, thread: w.Thread, place: place, frame: frame, text: "(runs for ever)"})
			continue
		case WaitRound:
			continue
		}
		if !th.MustFinish && d.p.Files[place.File].Library {
			continue
		}
		place.Col = 0
		if r := d.lastOf(w.Thread); r != nil && r.place == place && r.frame == frame {
			r.mark = mark
			continue
		}
		r := row{cpu: w.CPU, thread: w.Thread, place: place, frame: frame, mark: mark}
		if d.p.Files[place.File].Library {
			r.text, r.driver = d.harnessText(place), true
		}
		d.rows = append(d.rows, r)
	}
}

// lastOf is the last row of the thread.
func (d *diagram) lastOf(t int) *row {
	for i := len(d.rows) - 1; i >= 0; i-- {
		if d.rows[i].thread == t {
			return &d.rows[i]
		}
	}
	return nil
}

// lastLine is the last line of the model that the step came to.
func (d *diagram) lastLine(st *Step) (spec.Pos, int, bool) {
	for _, e := range slices.Backward(st.Events) {
		if e.Kind == EventLine {
			e.Pos.Col = 0
			return e.Pos, e.Frame, true
		}
	}
	return spec.Pos{}, 0, false
}

// render lays the rows out in columns.
func (d *diagram) render(width int) string {
	cpus := d.columns()
	if len(cpus) == 0 {
		return ""
	}
	header := make([]string, len(cpus))
	for i, c := range cpus {
		header[i] = d.header(c)
	}
	cells := make([]string, len(d.rows))
	for i := range d.rows {
		cells[i] = d.cell(i)
	}
	widths := d.widths(cpus, header, cells, width)
	var b strings.Builder
	d.writeLine(&b, widths, header, LineHead)
	rule := make([]string, len(cpus))
	for i, w := range widths {
		rule[i] = strings.Repeat("-", w)
	}
	d.writeLine(&b, widths, rule, LineStep)
	for i := range d.rows {
		if d.rows[i].divider {
			fmt.Fprintf(&b, "%s\n", center(" and from here round and round ", total(widths)+2*(len(cpus)-1)))
			continue
		}
		col := slices.Index(cpus, d.column(i, cpus))
		for _, line := range wrap(cells[i], widths[col]) {
			out := make([]string, len(cpus))
			out[col] = line
			d.writeLine(&b, widths, out, LineStep)
		}
	}
	return b.String()
}

// columns are the CPUs on which something other than library threads ran.
func (d *diagram) columns() []int {
	var cpus []int
	for i := range d.rows {
		if r := &d.rows[i]; !r.divider && !d.isLibrary(r) && !slices.Contains(cpus, r.cpu) {
			cpus = append(cpus, r.cpu)
		}
	}
	if len(cpus) == 0 {
		for _, r := range d.rows {
			if !slices.Contains(cpus, r.cpu) {
				cpus = append(cpus, r.cpu)
			}
		}
	}
	slices.Sort(cpus)
	return cpus
}

// NotDrawn names the CPUs that have no column in the run's diagram, with the threads
// there that have no row: "CPU1 getter0", "CPU3 to CPU7". It is empty where all have
// one.
func NotDrawn(p *spec.Prog, t *Trace, opt DiagramOptions) string {
	d := &diagram{p: p, t: t, expand: opt.Expand}
	d.collect()
	drawn := d.columns()
	if len(drawn) == 0 {
		return ""
	}
	var parts []string
	for c := 0; c < p.NCPU; c++ {
		if slices.Contains(drawn, c) {
			continue
		}
		end := c
		for end+1 < p.NCPU && !slices.Contains(drawn, end+1) {
			end++
		}
		if end-c >= 2 {
			parts = append(parts, fmt.Sprintf("CPU%d to CPU%d", c, end))
			c = end
			continue
		}
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("CPU%d %s", c, strings.Join(d.idle(c), " and "))))
	}
	return strings.Join(parts, ", ")
}

// idle names the threads that start on the CPU and have no row, of those that a
// column is named after.
func (d *diagram) idle(cpu int) (names []string) {
	for t := range d.p.Threads {
		if th := &d.p.Threads[t]; th.CPU == cpu && d.owns(t) && d.lastOf(t) == nil {
			names = append(names, th.Name)
		}
	}
	return names
}

// column is the CPU whose column the row stands in: for library threads on
// CPUs without one, that of the row before.
func (d *diagram) column(i int, cpus []int) int {
	for ; i >= 0; i-- {
		if slices.Contains(cpus, d.rows[i].cpu) {
			return d.rows[i].cpu
		}
	}
	return cpus[0]
}

func (d *diagram) header(cpu int) string {
	var names []string
	for i := range d.rows {
		r := &d.rows[i]
		if r.divider {
			continue
		}
		if name := d.p.Threads[r.thread].Name; r.cpu == cpu && !d.isLibrary(r) && !slices.Contains(names, name) && d.owns(r.thread) {
			names = append(names, name)
		}
	}
	text := strings.TrimSpace(fmt.Sprintf("CPU%d %s", cpu, strings.Join(names, ", ")))
	if d.p.Isolated>>cpu&1 != 0 {
		text += " (isolated)"
	}
	return text
}

// owns reports whether the thread is named at the head of its CPU's column:
// those that must finish, handlers and hogs.
func (d *diagram) owns(t int) bool {
	th := &d.p.Threads[t]
	return th.MustFinish || th.Hog || th.Class == spec.IRQ
}

// cell is the text of a row.
func (d *diagram) cell(i int) string {
	r := &d.rows[i]
	switch {
	case r.divider:
		return ""
	case d.isLibrary(r):
		return d.libraryCell(r)
	}
	text := r.text
	if text == "" {
		text = d.source(r.place)
		if d.expand {
			text = d.p.Place(r.place) + "  " + text
		}
	}
	if d.named(r) && (r.text == "" || r.driver) {
		text = d.p.Threads[r.thread].Name + ": " + text
	}
	if values := d.values(r); values != "" && r.text == "" {
		text += "  // " + values
	}
	if r.mark != "" {
		text += "  " + r.mark
	}
	return text
}

// libraryCell says on which CPUs the library's threads ran, and what.
func (d *diagram) libraryCell(r *row) string {
	cpus := []int{r.cpu}
	for _, t := range r.also {
		cpus = append(cpus, d.p.Threads[t].CPU)
	}
	slices.Sort(cpus)
	var names []string
	for _, c := range slices.Compact(cpus) {
		names = append(names, fmt.Sprintf("CPU%d", c))
	}
	text := fmt.Sprintf("[%s in %s]", strings.Join(names, ", "), r.text)
	if r.mark != "" {
		text += "  " + r.mark
	}
	return text
}

// named reports whether the row must say which thread it is of: the column's
// header names several, or not this one.
func (d *diagram) named(r *row) bool {
	if !d.owns(r.thread) {
		return true
	}
	for i := range d.rows {
		if o := &d.rows[i]; o.cpu == r.cpu && o.thread != r.thread && !o.divider && d.owns(o.thread) {
			return true
		}
	}
	return false
}

// values says what the row read and what it changed: for a line of the model
// every value, for a call of the library the changes of the model's variables.
func (d *diagram) values(r *row) string {
	var cells []int
	first, now := map[int]int64{}, map[int]int64{}
	wrote := map[int]bool{}
	for _, st := range r.steps {
		for _, e := range st.Events {
			if e.Kind != EventRead && e.Kind != EventWrite {
				continue
			}
			if r.inside && (e.Kind == EventRead || d.isLibraryCell(e.Cell)) || d.isLibraryLocal(e.Cell) {
				continue
			}
			if _, seen := first[e.Cell]; !seen {
				cells = append(cells, e.Cell)
				first[e.Cell] = e.Old
			}
			now[e.Cell] = e.New
			wrote[e.Cell] = wrote[e.Cell] || e.Kind == EventWrite
		}
	}
	if text, ok := d.each(cells, first, now); ok {
		return text
	}
	var parts []string
	for _, c := range cells {
		text := change(d.p, c, first[c], now[c])
		if len(cells) > 1 || r.inside {
			text = cellName(d.p, c) + " " + text
		}
		if r.inside && first[c] == now[c] {
			continue
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// each is the one text that says it of several elements of an array, if there
// is one.
func (d *diagram) each(cells []int, first, now map[int]int64) (string, bool) {
	if len(cells) < 2 {
		return "", false
	}
	var text string
	for i, c := range cells {
		if i > 0 && (d.array(c) == "" || d.array(c) != d.array(cells[0]) || change(d.p, c, first[c], now[c]) != text) {
			return "", false
		}
		text = change(d.p, c, first[c], now[c])
	}
	return "each " + text, true
}

// array names the array that the cell is an element of, or nothing.
func (d *diagram) array(cell int) string {
	name, _, isElement := strings.Cut(d.p.Cells[cell].Name, "[")
	if !isElement {
		return ""
	}
	return name
}

// change prints what became of a cell: its value, or the old and the new one.
func change(p *spec.Prog, cell int, from, to int64) string {
	typ := p.Cells[cell].Type
	if from == to {
		return p.Value(typ, to)
	}
	return p.Value(typ, from) + " -> " + p.Value(typ, to)
}

// isLibraryCell reports whether the cell belongs to a variable of the library,
// or is a lock, which the source names already.
func (d *diagram) isLibraryCell(cell int) bool {
	v := d.p.Vars[d.p.Cells[cell].Var]
	return d.p.Files[v.Pos.File].Library || strings.HasSuffix(d.p.Cells[cell].Name, ".locked")
}

// isLibraryLocal reports whether the cell is a local variable of the library or
// the harness, of which a row that shows the model says nothing.
func (d *diagram) isLibraryLocal(cell int) bool {
	v := d.p.Vars[d.p.Cells[cell].Var]
	return !d.expand && v.Thread >= 0 && d.p.Files[v.Pos.File].Library
}

// cellName names a cell for a reader: an atomic_t by its own name, one of the
// driver by what it is for.
func cellName(p *spec.Prog, cell int) string {
	if name := driverCell(p, cell); name != "" {
		return name
	}
	return strings.TrimSuffix(p.Cells[cell].Name, ".counter")
}

// center puts a text in the middle of a rule.
func center(text string, width int) string {
	left := max(width-len(text), 0) / 2
	return strings.Repeat("~", left) + text + strings.Repeat("~", max(width-len(text)-left, 0))
}

// minColumn is the narrowest a column gets.
const minColumn = 24

// widths fits the columns to their texts and to the width of the page.
func (d *diagram) widths(cpus []int, header, cells []string, width int) []int {
	want := make([]int, len(cpus))
	for i, h := range header {
		want[i] = max(len(h), minColumn)
	}
	for i, c := range cells {
		col := slices.Index(cpus, d.column(i, cpus))
		want[col] = max(want[col], textWidth(c))
	}
	gaps := 2 * (len(cpus) - 1)
	for total(want)+gaps > width {
		widest := 0
		for i, w := range want {
			if w > want[widest] {
				widest = i
			}
		}
		if want[widest] <= minColumn {
			break
		}
		want[widest]--
	}
	return want
}

func total(ns []int) (sum int) {
	for _, n := range ns {
		sum += n
	}
	return sum
}

func textWidth(s string) int { return len([]rune(s)) }

// wrap breaks a text at spaces into lines of at most the width; lines after the
// first are indented. A word that does not fit stays whole.
func wrap(text string, width int) []string {
	const indent = "    "
	var lines []string
	for textWidth(text) > width {
		cut := breakAt(text, width)
		if cut <= 0 {
			break
		}
		lines = append(lines, strings.TrimRight(text[:cut], " "))
		rest := strings.TrimLeft(text[cut:], " ")
		if indent+rest == text {
			break
		}
		text = indent + rest
	}
	return append(lines, text)
}

// breakAt is where to break a text: before its comment or mark if that fits,
// else at the last space that does.
func breakAt(text string, width int) int {
	lead := len(text) - len(strings.TrimLeft(text, " "))
	for _, sep := range []string{"  <- ", "  // "} {
		if at := strings.LastIndex(text, sep); at > lead && textWidth(text[:at]) <= width {
			return at
		}
	}
	runes, at := 0, -1
	for i, c := range text {
		if runes > width {
			break
		}
		if c == ' ' && i > lead {
			at = i
		}
		runes++
	}
	if at < 0 {
		if i := strings.IndexByte(text[lead:], ' '); i > 0 {
			return lead + i
		}
	}
	return at
}

func (d *diagram) writeLine(b *strings.Builder, widths []int, cols []string, kind LineKind) {
	blank := 0 // not written yet: at the end of a line it is left out
	for i, c := range cols {
		if c != "" {
			b.WriteString(strings.Repeat(" ", blank))
			b.WriteString(d.paint(c, kind))
			blank = 0
		}
		blank += max(widths[i]-textWidth(c), 0) + 2
	}
	b.WriteByte('\n')
}

// stack lays the rows out below each other, with a head wherever another CPU goes
// on.
func (d *diagram) stack(width int) string {
	const indent = "  "
	cpus := d.columns()
	var b strings.Builder
	last := -1
	for i := range d.rows {
		if d.rows[i].divider {
			fmt.Fprintf(&b, "%s\n", center(" and from here round and round ", width))
			continue
		}
		if cpu := d.column(i, cpus); cpu != last {
			fmt.Fprintf(&b, "%s\n", d.paint(d.header(cpu), LineHead))
			last = cpu
		}
		for _, line := range wrap(d.cell(i), width-len(indent)) {
			fmt.Fprintf(&b, "%s%s\n", indent, d.paint(line, LineStep))
		}
	}
	return b.String()
}

// StepText says what a step read and wrote: "mod.ref[2]: 0 -> 1".
func StepText(p *spec.Prog, st *Step) string {
	var parts []string
	for _, e := range st.Events {
		switch e.Kind {
		case EventRead, EventWrite:
			parts = append(parts, cellName(p, e.Cell)+": "+change(p, e.Cell, e.Old, e.New))
		case EventMigrate:
			parts = append(parts, fmt.Sprintf("moves to CPU%d", e.New))
		case EventGot:
			parts = append(parts, "has a reference to "+p.Objects[e.Object].Name)
		case EventPutting:
			parts = append(parts, "gives up a reference to "+p.Objects[e.Object].Name)
		case EventFinal:
			parts = append(parts, "final put of "+p.Objects[e.Object].Name)
		case EventRelease:
			parts = append(parts, p.Objects[e.Object].Name+" is released")
		}
	}
	return strings.Join(parts, "; ")
}

// Describe says in a sentence what the run shows.
func Describe(p *spec.Prog, t *Trace) string {
	v := t.Violation
	switch {
	case v == nil:
		return "nothing is violated"
	}
	switch v.Property {
	case spec.Deadlock, spec.Hang:
		if t.CycleStart >= 0 {
			return "hang: the run can go on like this for ever, however fair the scheduler, and " + unfinished(p, v)
		}
		return string(v.Property) + ": nothing can step any more, and " + unfinished(p, v)
	case spec.GetAfterFinalPut, spec.FinalPutWhileHeld:
		return v.Message + ": " + v.Property.Explain()
	}
	if v.Pos.Line > 0 {
		pos, _ := ModelPlace(p, v.Pos, v.Frame)
		return fmt.Sprintf("%s: %s (%s)", v.Property, v.Message, p.Place(pos))
	}
	return fmt.Sprintf("%s: %s", v.Property, v.Message)
}

// unfinished names the threads of a deadlock or a hang that should have come to
// their end.
func unfinished(p *spec.Prog, v *Violation) string {
	var names []string
	for _, w := range v.Waiting {
		if p.Threads[w.Thread].MustFinish || p.Threads[w.Thread].Class == spec.IRQ {
			names = append(names, p.Threads[w.Thread].Name)
		}
	}
	verb := "never finishes"
	if len(names) > 1 {
		verb = "never finish"
	}
	return strings.Join(names, ", ") + " " + verb
}

// WaitingText says in a line each who waits for what at the end of a run that
// violates deadlock or hang, beginning with those that should have finished.
func WaitingText(p *spec.Prog, v *Violation) []string {
	var lines []string
	name, cpu := 0, 0
	for _, w := range v.Waiting {
		name = max(name, len(p.Threads[w.Thread].Name))
		cpu = max(cpu, len(fmt.Sprint(w.CPU)))
	}
	for _, w := range v.Waiting {
		text := fmt.Sprintf("%-*s  CPU%-*d  %s", name, p.Threads[w.Thread].Name, cpu, w.CPU, w.Why(p))
		if pos, _ := ModelPlace(p, w.Pos, w.Frame); w.For != WaitHog && (w.For != WaitCPU || !p.Files[pos.File].Library) {
			text += " (" + p.Place(pos) + ")"
		}
		lines = append(lines, text)
	}
	return lines
}
