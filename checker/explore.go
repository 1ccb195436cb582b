package checker

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lastput/spec"
)

// This file is the exhaustive engine: breadth-first over stored states.

var deadlockRank = spec.Deadlock.Rank()

// Check explores every run of the program and says whether one violates a
// property. It never says verified unless it has seen every state. If one is
// violated it searches once more, for the simplest such run (see simplest).
// When ctx ends, or a limit of cfg is reached, the result is inconclusive, or
// violated if a violation has been seen. The error is about cfg.
func Check(ctx context.Context, p *spec.Prog, cfg Config) (*Result, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	begin := time.Now()
	lim := &limits{ctx: ctx, cfg: &cfg, begin: begin}
	m := newMachine(p, rules{cfg.Ignore, cfg.Strict})
	start := m.start()
	pack := newPacking(m.home)
	pack.learn(m, start)
	var e *explorer
	for {
		e = newExplorer(m, start, pack, lim)
		slot, v := e.run()
		if slot < 0 {
			break
		}
		pack.widen(slot, v)
	}
	r := e.result()
	e.judge(r)
	r.Elapsed = time.Since(begin)
	lim.clearProgress()
	return r, nil
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
	if l.cfg.Progress == nil || l.calls%256 != 0 || time.Since(l.reported) < 200*time.Millisecond {
		return
	}
	l.reported, l.shown = time.Now(), true
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
	violated    []bool // by rank
	witness     []int  // by rank: the first state that violates it, or -1
	stopped     string
}

func newExplorer(m *machine, start state, pack *packing, lim *limits) *explorer {
	e := &explorer{m: m, start: start, st: newStore(pack), lim: lim, violated: make([]bool, len(spec.Properties)), witness: make([]int, len(spec.Properties))}
	for i := range e.witness {
		e.witness[i] = -1
	}
	clear(m.notes)
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
		if e.m.deadlocked(s, info) {
			e.see(deadlockRank, i)
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

func (e *explorer) result() *Result {
	r := &Result{
		Prog: e.m.p, Engine: "exhaustive", Verdict: Verified, StoppedBy: e.stopped,
		States: int64(e.st.n), Transitions: e.transitions, Depth: len(e.levels) - 1,
	}
	for rank, p := range spec.Properties {
		if e.violated[rank] {
			r.Properties = append(r.Properties, p)
		}
	}
	r.Notes = e.m.noteList()
	r.Executed, r.Covered = slices.Clone(e.m.executed), slices.Clone(e.m.covered)
	return r
}

// judge turns what was seen into a verdict and finds the run to show.
func (e *explorer) judge(r *Result) {
	if len(r.Properties) > 0 {
		r.Verdict, r.Property = Violated, r.Properties[0]
		e.explain(r)
		return
	}
	if r.StoppedBy != "" {
		r.Verdict = Inconclusive
		r.Reason = stopReason(r.StoppedBy)
		return
	}
	c := e.findCycle()
	switch {
	case c.stopped != "":
		r.Verdict, r.StoppedBy, r.Reason = Inconclusive, c.stopped, stopReason(c.stopped)+", while looking for cycles"
	case c.found:
		r.Verdict, r.StoppedBy = Inconclusive, StoppedByCycle
		r.Reason = "there is a cycle in which no thread that must finish gets on; whether such a run can really go on for ever is not judged"
		stem := e.movesTo(c.states[0])
		r.Trace = mustRun(e.m, append(stem, e.movesAlong(c.states)...))
		r.Trace.CycleStart = len(stem)
	}
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
// stopped, the shortest run of the first search is shown.
func (e *explorer) explain(r *Result) {
	pack := e.st.packing.clone()
	q := newSimplest(e, r.Property, pack)
	moves, fewer := q.search()
	for q.misfit >= 0 {
		pack.widen(q.misfit, q.value)
		q = newSimplest(e, r.Property, pack)
		moves, fewer = q.search()
	}
	if moves == nil {
		moves = e.movesTo(e.witness[r.Property.Rank()])
	}
	r.Trace = mustRun(e.m, moves)
	if r.Trace.Violation == nil || r.Trace.Violation.Property != r.Property {
		panic("checker: internal error: a run that was found to violate " + string(r.Property) + " does not when replayed")
	}
	if q.stopped != "" {
		r.TraceBound = fmt.Sprintf("a run with %d switches; fewer than %d ruled out", r.Trace.Switches, fewer)
	}
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
	s := make(state, e.m.size)
	var key []byte
	for i, to := range path[1:] {
		e.st.unpack(s, e.st.key(path[i]))
		found := false
		e.m.successors(s, func(mv Move, next state) bool {
			key, _ = e.st.pack(key, next)
			if found = e.st.find(key) == to; found {
				moves = append(moves, mv)
			}
			return !found
		})
		if !found {
			panic("checker: internal error: a stored state has lost its way back")
		}
	}
	return moves
}
