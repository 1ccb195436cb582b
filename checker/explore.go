package checker

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lastput/spec"
)

// This file is Check, and the search that keeps the whole graph of states, edges
// and all, for what needs it: endless runs.

// Check explores every run of the program and says whether one violates a
// property. It never says verified unless it has seen every state. If one is
// violated it searches once more, for the simplest such run (see simplest).
// When ctx ends, or a limit of cfg is reached, the result is inconclusive, or
// violated if a violation has been seen. The error is about cfg.
func Check(ctx context.Context, p *spec.Prog, cfg Config) (*Result, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if err := cfg.playable(p); err != nil {
		return nil, err
	}
	begin := time.Now()
	c := &checking{p: p, rules: rules{ignore: cfg.Ignore, strict: cfg.Strict, from: cfg.From}, lim: &limits{ctx: ctx, cfg: &cfg, begin: begin}}
	r := c.run()
	r.Elapsed = time.Since(begin)
	c.lim.clearProgress()
	return r, nil
}

// A checking is one call of Check.
type checking struct {
	p *spec.Prog
	rules
	lim     *limits
	pack    *packing
	graph   *explorer // if it was needed
	order   *futures  // by which the order of steps is reduced, or nil
	dropped []Dropped
}

func (c *checking) run() *Result {
	f := c.search()
	hang := spec.Hang.Rank()
	var hangs []fairPart
	stopped := f.stopped
	if f.endless && !slices.Contains(c.ignore, spec.Hang) {
		if stopped = c.explore(); stopped == "" {
			hangs, stopped = c.graph.findHangs()
		}
		f.violated[hang] = f.violated[hang] || len(hangs) > 0
		for _, h := range hangs {
			for _, i := range h.states {
				for _, t := range c.graph.m.stuckThreads(c.graph.state(i)) {
					f.stuck.add(t)
				}
			}
		}
	}
	r := &Result{
		Prog: c.p, Engine: "exhaustive", Verdict: Verified, StoppedBy: f.stopped,
		States: f.states, Transitions: f.transitions, Depth: f.depth,
		Notes: noteList(f.notes), Executed: f.executed, Covered: f.covered, Dropped: c.dropped,
	}
	if f.symmetric {
		r.Reductions = append(r.Reductions, Symmetry)
	}
	if f.reduced {
		r.Reductions = append(r.Reductions, PartialOrder)
	}
	for rank, p := range spec.Properties {
		if f.violated[rank] {
			r.Properties = append(r.Properties, p)
		}
	}
	for t := range c.p.Threads {
		if f.stuck.has(t) {
			r.Stuck = append(r.Stuck, t)
		}
	}
	switch {
	case len(r.Properties) > 0:
		r.Verdict, r.Property = Violated, r.Properties[0]
		if r.StoppedBy == "" {
			r.StoppedBy = stopped
		}
		if !c.lim.cfg.NoTrace {
			c.explain(r, hangs, f.stuckHang)
		}
	case f.stopped != "":
		r.Verdict, r.Reason = Inconclusive, stopReason(f.stopped)
	case stopped != "":
		r.Verdict, r.StoppedBy, r.Reason = Inconclusive, stopped, stopReason(stopped)+", while looking for endless runs"
	}
	return r
}

// search is the first search.
func (c *checking) search() *finding {
	m := newMachine(c.p, c.rules)
	c.pack = packingOf(m, c.symmetry(m))
	c.reduceOrder(m)
	for {
		if c.pack.arrange(); c.pack.words > maxWords {
			// One state alone is more than could be stored of many.
			return &finding{stopped: StoppedByMemory, executed: m.executed, covered: m.covered}
		}
		if stopped := c.lim.now(); stopped != "" {
			return &finding{stopped: stopped, executed: m.executed, covered: m.covered}
		}
		switch f := newSearcher(c.p, c.rules, c.pack, c.lim, c.lim.cfg.workers(), c.order).run(); {
		case f == nil:
		case f.reduced && f.surprised:
			c.dropOrder("a step does what was not foreseen: this is a bug in mc")
		case f.reduced && f.endless:
			c.dropOrder("runs may go on for ever")
		default:
			f.symmetric = !c.pack.sym.none()
			return f
		}
	}
}

// symmetry is that of the program, unless it is switched off.
func (c *checking) symmetry(m *machine) *symmetry {
	if c.lim.cfg.NoSymmetry || len(c.from) > 0 {
		return &symmetry{}
	}
	y, why := findSymmetry(m)
	if why != "" {
		c.dropped = append(c.dropped, Dropped{Symmetry, why})
	}
	return y
}

// reduceOrder decides whether the order of steps is to be reduced.
func (c *checking) reduceOrder(m *machine) {
	if c.lim.cfg.NoPOR || len(c.from) > 0 {
		return
	}
	var why string
	if c.order, why = newFutures(m); why != "" {
		c.dropOrder(why)
	}
}

func (c *checking) dropOrder(why string) {
	c.order = nil
	c.dropped = append(c.dropped, Dropped{PartialOrder, why})
}

// searcher is a further search, by one worker.
func (c *checking) searcher(lim *limits) searcher {
	return newSearcher(c.p, c.rules, c.pack, lim, 1, c.order)
}

// explore builds the graph of states; it returns the limit that ended that.
func (c *checking) explore() string {
	m := newMachine(c.p, c.rules)
	start := m.start()
	pack := newBytePacking(m.home)
	pack.learn(m)
	for {
		c.graph = newExplorer(m, start, pack, c.lim)
		slot, v := c.graph.run()
		if slot < 0 {
			return c.graph.stopped
		}
		pack.widen(slot, v)
	}
}

// limits watches over a search.
type limits struct {
	ctx      context.Context
	cfg      *Config
	begin    time.Time
	calls    int
	reported time.Time
	shown    bool
}

// stop names the limit that has been reached, or nothing.
func (l *limits) stop(states int, memory int64) string {
	if l.cfg.MaxStates > 0 && int64(states) > l.cfg.MaxStates {
		return StoppedByStates
	}
	if memory > l.cfg.maxMemory() {
		return StoppedByMemory
	}
	if l.calls++; l.calls%256 != 0 {
		return ""
	}
	return l.now()
}

// now asks what stop asks only now and then, for the clock takes its time.
func (l *limits) now() string {
	if l.ctx.Err() != nil {
		return StoppedByInterrupt
	}
	if l.cfg.Timeout > 0 && time.Since(l.begin) > l.cfg.Timeout {
		return StoppedByTime
	}
	return ""
}

// progress shows how far the search is.
func (l *limits) progress(what string, states, left, depth int, memory int64) {
	if l.cfg.Progress == nil || time.Since(l.reported) < 200*time.Millisecond {
		return
	}
	l.reported, l.shown = time.Now(), true
	if l.cfg.Label != "" {
		what = l.cfg.Label + ": " + what
	}
	fmt.Fprintf(l.cfg.Progress, "\r\x1b[K%s: %d states, %d to look at, depth %d, %d MB, %.0f s", what, states, left, depth, memory>>20, time.Since(l.begin).Seconds())
}

func (l *limits) clearProgress() {
	if l.shown {
		fmt.Fprint(l.cfg.Progress, "\r\x1b[K")
		l.shown = false
	}
}

// An explorer is one pass over the state graph.
type explorer struct {
	m     *machine
	start state
	st    *store
	lim   *limits

	parents     []uint32 // by state: the one it was first reached from
	edges       []uint32 // where its moves lead, and edgeMigrates
	firstEdge   []uint64 // by state, and one more: its first in edges
	levels      []int    // levels[d] is the first state at depth d
	transitions int64
	violated    []bool    // by rank
	witness     []int     // by rank: the first state that violates it, or -1
	stuck       threadSet // those that must finish and that some end of a run leaves stuck
	stopped     string
}

func newExplorer(m *machine, start state, pack *bytePacking, lim *limits) *explorer {
	e := &explorer{m: m, start: start, st: newStore(pack), lim: lim, violated: make([]bool, len(spec.Properties)), witness: make([]int, len(spec.Properties))}
	for i := range e.witness {
		e.witness[i] = -1
	}
	m.notes = map[spec.Property]*noteCase{}
	clear(m.executed)
	clear(m.covered)
	m.start() // what runs before everything counts as executed
	return e
}

// run explores until all states are known or a limit is reached. If a value
// does not fit the packing it returns the slot and the value.
func (e *explorer) run() (slot int, v int64) {
	s := make(state, e.m.size)
	key, slot := e.st.pack(nil, e.start)
	if slot >= 0 {
		return slot, e.start[slot]
	}
	e.found(key, 0, e.start)
	misfit := -1
	var misfitValue int64
	e.m.interrupted = func() bool {
		e.stopped = e.lim.stop(e.st.n, e.memory())
		return e.stopped != ""
	}
	defer func() { e.m.interrupted = nil }()
	next := 1 // the first state of the next level
	e.levels = []int{0}
	for i := 0; i < e.st.n; i++ {
		if i == next {
			e.levels = append(e.levels, i)
			next = e.st.n
		}
		if e.stopped = e.lim.stop(e.st.n, e.memory()); e.stopped != "" {
			return -1, 0
		}
		e.lim.progress("exploring", e.st.n, e.st.n-i, len(e.levels)-1, e.memory())
		e.st.unpack(s, e.st.key(i))
		e.firstEdge = append(e.firstEdge, uint64(len(e.edges)))
		if e.m.checkRaces(s) != nil {
			e.see(raceRank, i)
			continue
		}
		info := e.m.successors(s, func(mv Move, to state) bool {
			e.transitions++
			if key, misfit = e.st.pack(key, to); misfit >= 0 {
				misfitValue = to[misfit]
				return false
			}
			at := uint32(e.found(key, i, to))
			if mv.Migrate {
				at |= edgeMigrates
			}
			e.edges = append(e.edges, at)
			// A state can have very many successors, by its choices.
			e.stopped = e.lim.stop(e.st.n, e.memory())
			return e.stopped == ""
		})
		if misfit >= 0 {
			return misfit, misfitValue
		}
		if e.stopped != "" {
			return -1, 0
		}
		if prop := e.m.terminal(s, info); prop != "" {
			e.see(prop.Rank(), i)
			if prop != spec.Leak {
				for _, t := range e.m.stuckThreads(s) {
					e.stuck.add(t)
				}
			}
		}
	}
	e.firstEdge = append(e.firstEdge, uint64(len(e.edges)))
	return -1, 0
}

// edgeMigrates marks an edge that is a migration; the rest of an edge is a
// state.
const edgeMigrates = 1 << 31

// found stores a state, if it is new, and returns its number.
func (e *explorer) found(key []byte, from int, s state) int {
	i, isNew := e.st.add(key)
	if !isNew {
		return i
	}
	e.parents = append(e.parents, uint32(from))
	if v := s[e.m.violated]; v != 0 {
		e.see(int(v-1), i)
	}
	return i
}

func (e *explorer) see(rank, i int) {
	e.violated[rank] = true
	if e.witness[rank] < 0 {
		e.witness[rank] = i
	}
}

func (e *explorer) memory() int64 {
	return e.st.memory() + 4*int64(cap(e.parents)+cap(e.edges)) + 8*int64(cap(e.firstEdge))
}

func stopReason(by string) string {
	switch by {
	case StoppedByStates:
		return "stopped at the limit on states (--max-states)"
	case StoppedByMemory:
		return "stopped at the limit on memory (--max-memory)"
	case StoppedByTime:
		return "stopped at the time limit (--timeout)"
	case StoppedByInterrupt:
		return "interrupted"
	}
	return by
}

// explain finds the simplest run that violates r.Property. If that search is
// stopped, a shortest run is shown. A hang in which nothing can step (stuck) is
// preferred to one that goes on for ever; of such the simplest run is one that
// leads there.
func (c *checking) explain(r *Result, hangs []fairPart, stuck bool) {
	g := goal{property: r.Property, graph: c.graph}
	if r.Property == spec.Hang && !stuck {
		g.endless = map[int]*fairPart{}
		for i := range hangs {
			for _, s := range hangs[i].states {
				g.endless[int(s)] = &hangs[i]
			}
		}
	}
	q, ok := c.searcher(c.lim).simplest(g)
	for !ok {
		c.pack.arrange()
		q, ok = c.searcher(c.lim).simplest(g)
	}
	moves := q.moves
	switch {
	case moves != nil:
	case g.endless != nil:
		moves = c.graph.movesTo(int(hangs[0].states[0]))
	case c.graph != nil && c.graph.witness[r.Property.Rank()] >= 0:
		moves = c.graph.movesTo(c.graph.witness[r.Property.Rank()])
	default:
		// Nothing may stop this one: there has to be something to show.
		moves = c.searcher(&limits{ctx: context.Background(), cfg: &Config{}, begin: c.lim.begin}).runTo(r.Property.Rank())
	}
	stem, shortest := nobody, true
	if g.endless != nil {
		stem = len(moves)
		var cycle []Move
		cycle, shortest = c.graph.cycleFrom(moves, g.endless)
		moves = append(moves, cycle...)
	}
	if stem >= 0 {
		stem += len(c.from)
	}
	r.Trace = mustRun(c.p, rules{ignore: c.ignore, strict: c.strict}, slices.Concat(c.from, moves), stem)
	if r.Trace.Violation == nil || r.Trace.Violation.Property != r.Property {
		panic("checker: internal error: a run that was found to violate " + string(r.Property) + " does not when replayed")
	}
	switch {
	case q.stopped != "":
		r.TraceBound = fmt.Sprintf("a run with %d switches; fewer than %d ruled out", r.Trace.Switches, q.fewer)
	case g.endless != nil && !shortest:
		r.TraceBound = "no run to such a cycle is simpler; from there the cycle may not be the shortest"
	case g.endless != nil:
		r.TraceBound = "no run to such a cycle is simpler, and from there no cycle shorter"
	}
}

// cycleFrom is a fair cycle from where the moves lead.
func (e *explorer) cycleFrom(stem []Move, endless map[int]*fairPart) (cycle []Move, shortest bool) {
	s := slices.Clone(e.start)
	next := make(state, e.m.size)
	for _, mv := range stem {
		copy(next, s)
		if mv.Migrate {
			e.m.migrate(next, mv.Thread, mv.To)
		} else {
			e.m.step(s, next, mv.Thread, mv.Choices)
		}
		s, next = next, s
	}
	key, _ := e.st.pack(nil, s)
	at := e.st.find(key)
	part := endless[at]
	way, shortest := part.cycle(uint32(at))
	for _, k := range way {
		to := part.g.states[part.g.to[k]]
		cycle = append(cycle, e.moveTo(at, int(to), int(part.g.by[k])))
		at = int(to)
	}
	return cycle, shortest
}

// movesTo is a shortest run to the state.
func (e *explorer) movesTo(i int) []Move {
	path := []int{i}
	for ; i != 0; i = int(e.parents[i]) {
		path = append(path, int(e.parents[i]))
	}
	slices.Reverse(path)
	return e.movesAlong(path)
}

// movesAlong are the first moves that lead from each state of a path to the
// next.
func (e *explorer) movesAlong(path []int) []Move {
	moves := []Move{}
	for i, to := range path[1:] {
		moves = append(moves, e.moveTo(path[i], to, anybody))
	}
	return moves
}

// anybody stands for no thread in particular.
const anybody = -2

// moveTo is the first move from one stored state to another that is a step of
// the thread, or a migration where that is nobody.
func (e *explorer) moveTo(from, to, by int) (move Move) {
	found := false
	var key []byte
	e.m.successors(e.state(uint32(from)), func(mv Move, next state) bool {
		if by != anybody && (by == nobody) != mv.Migrate || by >= 0 && mv.Thread != by {
			return true
		}
		key, _ = e.st.pack(key, next)
		if found = e.st.find(key) == to; found {
			move = mv
		}
		return !found
	})
	if !found {
		panic("checker: internal error: a stored state has lost its way back")
	}
	return move
}
