package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lastput/checker"
	"lastput/spec"
)

// This file shows where a run has come to: all that the page draws.

// A boardView is the answer to "where are we?".
type boardView struct {
	Model    string       `json:"model"`
	Title    string       `json:"title"`
	Learn    []string     `json:"learn"`
	Scenario scenarioView `json:"scenario"`
	Without  string       `json:"without"`
	Files    []fileView   `json:"files"`
	CPUs     []cpuView    `json:"cpus"`
	Threads  []threadView `json:"threads"`
	Cells    []cellView   `json:"cells"`
	Objects  []objectView `json:"objects"`
	Steps    []stepView   `json:"steps"`
	Diagram  string       `json:"diagram"`
	Picture  string       `json:"picture"` // the same as SVG
	// Run is the run so far as mc replay takes it; Prefix is Run without its
	// moves.
	Run     string `json:"run"`
	Prefix  string `json:"prefix"`
	Command string `json:"command"` // that plays the run again
	// Ended says that nothing can follow, and Violation what is wrong.
	Ended     bool           `json:"ended"`
	RuledOut  bool           `json:"ruledOut"`
	Violation *violationView `json:"violation"`
	Level     int            `json:"level"` // the level that is won by this, from 1; or 0
}

type scenarioView struct {
	Name  string `json:"name"`
	Text  string `json:"text"` // as a request says it
	About string `json:"about"`
}

type fileView struct {
	Index int      `json:"index"`
	Name  string   `json:"name"`
	Lines []string `json:"lines"`
}

type cpuView struct {
	CPU      int   `json:"cpu"`
	Isolated bool  `json:"isolated"`
	Threads  []int `json:"threads"`
}

type threadView struct {
	Name       string     `json:"name"`
	CPU        int        `json:"cpu"`
	Class      string     `json:"class"`
	MustFinish bool       `json:"mustFinish"`
	State      string     `json:"state"` // "ready", "waits", "done", "asleep", "stopped"
	Why        string     `json:"why"`   // why it cannot step
	File       int        `json:"file"`  // the place of its next step in the model
	Line       int        `json:"line"`
	Source     string     `json:"source"` // the text there
	Where      string     `json:"where"`  // "m.c:12"
	Words      string     `json:"words"`  // instead of the source, where that is none of the model's
	Calls      string     `json:"calls"`  // the calls that lead to it
	Library    bool       `json:"library"`
	Marks      []string   `json:"marks"` // "preemption off", ...
	Locals     []string   `json:"locals"`
	Rests      bool       `json:"rests"` // idle, and nobody waits for it to run
	Moves      []moveView `json:"moves"`
}

type moveView struct {
	Move string `json:"move"`
	Text string `json:"text"` // what it would do
}

type cellView struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Was     string `json:"was"` // if the last step changed it
	PerCPU  bool   `json:"perCPU"`
	Library bool   `json:"library"`
}

type objectView struct {
	Name     string   `json:"name"`
	Held     int64    `json:"held"`
	Final    bool     `json:"final"`
	Released bool     `json:"released"`
	Changed  []string `json:"changed"`
}

type stepView struct {
	Move   string `json:"move"`
	Thread int    `json:"thread"`
	Who    string `json:"who"`
	Where  string `json:"where"`
	Source string `json:"source"`
	Words  string `json:"words"` // instead of the source, where that is none of the model's
	Text   string `json:"text"`
}

type violationView struct {
	Property string   `json:"property"`
	Text     string   `json:"text"`
	Waiting  []string `json:"waiting"`
	File     int      `json:"file"` // the line of the model that does it, or -1
	Line     int      `json:"line"`
}

// A boardRequest asks for the board of a place; if Over is set, after its thread
// has stepped until the call of a library function it is in is over.
type boardRequest struct {
	place
	Over  *int `json:"over"`
	Width int  `json:"width"` // columns of text for the diagram; 0: as many as mc check takes
}

// Least and most columns of a diagram.
const minWidth, maxWidth = 30, 1000

func (s *Server) board(_ context.Context, in boardRequest) (*boardView, error) {
	if in.Width != 0 && (in.Width < minWidth || in.Width > maxWidth) {
		return nil, bad("width %d: want %d to %d columns", in.Width, minWidth, maxWidth)
	}
	p, rec, err := s.at(in.place)
	if err != nil {
		return nil, err
	}
	before := *rec
	if n := len(rec.Moves); n > 0 {
		before.Moves = rec.Moves[:n-1]
	}
	ses, err := before.Session(p)
	if err != nil {
		return nil, badRequest{err}
	}
	old := ses.View()
	if n := len(rec.Moves); n > 0 {
		if _, err := ses.Take(rec.Moves[n-1]); err != nil {
			return nil, bad("step %d: %v", n, err)
		}
	}
	if in.Over != nil {
		if old, err = stepOver(ses, *in.Over); err != nil {
			return nil, err
		}
	}
	return s.view(p, ses, old, in.Width), nil
}

// stepOver lets the thread step until it comes to another place of the model.
func stepOver(ses *checker.Session, t int) (checker.View, error) {
	old := ses.View()
	if t < 0 || t >= len(old.Threads) {
		return old, bad("there is no thread %d", t)
	}
	p, at := ses.Prog(), old.Threads[t]
	pos, frame := checker.ModelPlace(p, at.Pos, at.Frame)
	for len(ses.Steps()) < maxSteps {
		var steps []checker.Move
		for _, mv := range ses.Moves() {
			if mv.Thread == t && !mv.Migrate {
				steps = append(steps, mv)
			}
		}
		if len(steps) != 1 {
			break // it has to wait, or somebody has to choose
		}
		if _, err := ses.Take(steps[0]); err != nil {
			return old, err
		}
		now := ses.View().Threads[t]
		if q, f := checker.ModelPlace(p, now.Pos, now.Frame); now.Done || q.File != pos.File || q.Line != pos.Line || f != frame {
			break
		}
	}
	return old, nil
}

func (s *Server) view(p *spec.Prog, ses *checker.Session, old checker.View, width int) *boardView {
	now, tr := ses.View(), ses.Trace()
	name, id := spec.CutMutant(p.Model)
	b := &boardView{
		Model: name, Scenario: viewScenario(p.Scenario), Without: id, Files: own(p), Run: tr.Replay,
		Diagram: checker.Diagram(p, tr, checker.DiagramOptions{Width: width}), Picture: checker.SVG(p, tr, checker.DiagramOptions{}),
		RuledOut: ses.RuledOut(), Ended: len(ses.Moves()) == 0,
		Violation: viewViolation(p, tr), Learn: []string{}, Steps: []stepView{}, // the page wants lists, not null
	}
	file := ""
	if slices.ContainsFunc(s.models, func(m *spec.Model) bool { return m.Name == name }) {
		file = s.File
	}
	b.Command = checker.ReplayCommand(file, tr)
	if m, err := s.model(name); err == nil {
		b.Title, b.Learn = m.Title, append([]string{}, m.Learn...)
	}
	fields := strings.Split(tr.Replay, "/")
	b.Prefix = strings.Join(fields[:4], "/") + "/"
	b.Cells, b.Objects = viewCells(p, old, now), viewObjects(p, old, now)
	for i := range tr.Steps {
		b.Steps = append(b.Steps, viewStep(p, &tr.Steps[i]))
	}
	b.Threads = viewThreads(p, ses, now)
	for c := range p.NCPU {
		v := cpuView{CPU: c, Threads: []int{}, Isolated: p.Isolated>>c&1 != 0}
		for t, th := range now.Threads {
			if th.CPU == c {
				v.Threads = append(v.Threads, t)
			}
		}
		// Who matters most comes first: those that must finish.
		slices.SortStableFunc(v.Threads, func(a, b int) int { return rank(p, a) - rank(p, b) })
		b.CPUs = append(b.CPUs, v)
	}
	if b.Violation != nil {
		b.Level = wonBy(b)
	}
	return b
}

func rank(p *spec.Prog, t int) int {
	if p.Threads[t].MustFinish {
		return 0
	}
	return 1
}

func viewScenario(s spec.Scenario) scenarioView {
	return scenarioView{Name: s.Name, Text: s.String(), About: s.About()}
}

func viewViolation(p *spec.Prog, tr *checker.Trace) *violationView {
	v := tr.Violation
	if v == nil {
		return nil
	}
	pos := checker.Culprit(p, tr)
	if pos.Line == 0 {
		pos.File = -1
	}
	return &violationView{
		Property: string(v.Property), Text: strings.TrimPrefix(strings.TrimSpace(checker.Describe(p, tr)), string(v.Property)+": "),
		Waiting: append([]string{}, checker.WaitingText(p, v)...), File: pos.File, Line: pos.Line,
	}
}

func viewStep(p *spec.Prog, st *checker.Step) stepView {
	pos, _ := checker.ModelPlace(p, st.Pos, st.Frame)
	return stepView{
		Move: checker.MoveText(st.Move), Thread: st.Move.Thread, Who: fmt.Sprintf("CPU%d %s", st.CPU, p.Threads[st.Move.Thread].Name),
		Where: p.Place(pos), Source: p.Source(pos), Words: checker.DriverText(p, st.Pos, st.Frame), Text: checker.StepText(p, st),
	}
}

// shared reports whether a cell is memory that the reader follows: not a local,
// and not a cell of the harness.
func shared(p *spec.Prog, c *spec.Cell) bool { return p.Vars[c.Var].Thread < 0 }

func viewCells(p *spec.Prog, old, now checker.View) []cellView {
	list := []cellView{}
	for i := range p.Cells {
		c := &p.Cells[i]
		if !shared(p, c) {
			continue
		}
		v := cellView{Name: c.Name, Value: p.Value(c.Type, now.Cells[i]), PerCPU: p.Vars[c.Var].PerCPU}
		if pos := p.Vars[c.Var].Pos; pos.Line == 0 || p.Files[pos.File].Library {
			v.Library = true
		}
		if old.Cells[i] != now.Cells[i] {
			v.Was = p.Value(c.Type, old.Cells[i])
		}
		list = append(list, v)
	}
	return list
}

func viewObjects(p *spec.Prog, old, now checker.View) []objectView {
	list := []objectView{}
	for i, o := range p.Objects {
		a, b := old.Objects[i], now.Objects[i]
		v := objectView{Name: o.Name, Held: b.Held, Final: b.Final, Released: b.Released, Changed: []string{}}
		for name, changed := range map[string]bool{"held": a.Held != b.Held, "final": a.Final != b.Final, "released": a.Released != b.Released} {
			if changed {
				v.Changed = append(v.Changed, name)
			}
		}
		slices.Sort(v.Changed)
		list = append(list, v)
	}
	return list
}

// Previews play the run again for each: they end where that is too much.
const maxPreview = 20000

func viewThreads(p *spec.Prog, ses *checker.Session, now checker.View) []threadView {
	moves := slices.Clone(ses.Moves())
	list := make([]threadView, len(p.Threads))
	for t, th := range now.Threads {
		list[t] = viewThread(p, t, th)
	}
	n := len(ses.Steps())
	for i, mv := range moves {
		v := &list[mv.Thread]
		text := ""
		switch {
		case mv.Migrate:
			text = fmt.Sprintf("move to CPU%d", mv.To)
		case i*(n+1) < maxPreview:
			if st, err := ses.Take(mv); err == nil {
				text = preview(p, st, v.Marks, ses)
				_ = ses.Back(n) // the run it had
			}
		}
		v.Rests = false
		if len(v.Moves) < maxMoves {
			v.Moves = append(v.Moves, moveView{checker.MoveText(mv), text})
		}
	}
	return list
}

// maxMoves bounds the moves of one thread that are offered.
const maxMoves = 64

// preview says what the step, the last of the run, did. One that touches no
// memory is told by the marks that its thread has since, or has no more.
func preview(p *spec.Prog, st *checker.Step, before []string, ses *checker.Session) string {
	text := checker.StepText(p, st)
	if text == "" {
		text = change(before, marks(p, ses.View().Threads[st.Move.Thread]))
	}
	if v := ses.Violation(); v != nil {
		text = strings.TrimSpace(text + " -> " + string(v.Property))
	}
	return text
}

func change(before, after []string) string {
	var list []string
	for _, m := range after {
		if !slices.Contains(before, m) {
			list = append(list, m)
		}
	}
	for _, m := range before {
		if !slices.Contains(after, m) {
			list = append(list, "no longer "+m)
		}
	}
	return strings.Join(list, ", ")
}

func viewThread(p *spec.Prog, t int, th checker.ThreadView) threadView {
	pt := &p.Threads[t]
	pos, frame := checker.ModelPlace(p, th.Pos, th.Frame)
	v := threadView{
		Name: pt.Name, CPU: th.CPU, Class: pt.Class.String(), MustFinish: pt.MustFinish, State: "ready", Moves: []moveView{}, Locals: []string{},
		File: pos.File, Line: pos.Line, Source: p.Source(pos), Where: p.Place(pos), Words: checker.DriverText(p, th.Pos, th.Frame),
		Calls:   strings.Join(calls(p, th.Frame), " > "),
		Library: pos != th.Pos && frame != th.Frame,
	}
	if pos.Line == 0 || p.Files[pos.File].Library {
		v.File = -1
	}
	switch {
	case th.Done:
		v.State = "done"
	case !th.CanStep && th.Waiting != nil:
		v.State, v.Why = "waits", th.Waiting.Why(p)
	case !th.CanStep:
		v.State = "stopped"
	}
	kept := th.Waiting != nil && th.Waiting.For == checker.WaitCPU
	v.Rests = !pt.MustFinish && !pt.Hog && !kept
	v.Marks = marks(p, th)
	if !th.Done {
		v.Locals = locals(p, pt.Proc, th)
	}
	return v
}

// calls are those that lead to a frame, but for those of the driver itself.
func calls(p *spec.Prog, frame int) []string {
	return slices.DeleteFunc(checker.Calls(p, frame), func(name string) bool { return strings.HasPrefix(name, "__mc_") })
}

// locals are the variables in registers that the thread will read again.
func locals(p *spec.Prog, proc int, th checker.ThreadView) []string {
	list := []string{}
	for r, name := range p.Procs[proc].RegNames {
		if name == "" || strings.HasPrefix(name, "__") || !slices.Contains(th.Live, r) {
			continue
		}
		value := fmt.Sprint(th.Registers[r])
		if typ, known := typeOf(p, proc, r); known {
			value = p.Value(typ, th.Registers[r])
		}
		list = append(list, name+" = "+value)
	}
	return list
}

// typeOf is the type of a register, if all that is put there is of one.
func typeOf(p *spec.Prog, proc, r int) (typ int, known bool) {
	for i := p.Procs[proc].Entry; i < p.Procs[proc].End; i++ {
		in := &p.Code[i]
		switch {
		case !in.Op.Info().HasDst || in.Dst != r:
		case known && in.Type != typ:
			return 0, false
		default:
			typ, known = in.Type, true
		}
	}
	return typ, known
}

// marks say in what state of its CPU the thread is.
func marks(p *spec.Prog, th checker.ThreadView) []string {
	list := []string{}
	add := func(is bool, text string) {
		if is {
			list = append(list, text)
		}
	}
	add(th.PreemptOff > 0, "preemption off")
	add(th.IRQsOff, "interrupts off")
	add(th.Readers > 0, "RCU reader")
	add(th.Locks == 1, "holds a lock")
	add(th.Locks > 1, fmt.Sprintf("holds %d locks", th.Locks))
	add(th.AtWork, "handler at work")
	add(th.InGet, "in a get")
	add(th.InUnload, "unloading")
	for o, n := range th.Held {
		add(n > 0, fmt.Sprintf("holds %d of %s", n, p.Objects[o].Name))
	}
	return list
}
