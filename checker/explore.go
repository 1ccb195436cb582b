package checker

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lastput/spec"
)

// This file is the exhaustive engine: breadth-first over stored states.

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
	hangStopped := ""
	if hang := spec.Hang.Rank(); e.stopped == "" && !m.ignored[hang] {
		if e.hangs, hangStopped = e.findHangs(); hangStopped == "" && len(e.hangs) > 0 {
			e.violated[hang] = true
			e.stickInHangs()
		}
	}
	r := e.result()
	e.judge(r, hangStopped)
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
	violated    []bool     // by rank
	witness     []int      // by rank: the first state that violates it, or -1
	stuck       threadSet  // those that must finish and that some end of a run leaves stuck
	hangs       []fairPart // where runs can go on for ever
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
	for t := range e.m.threads {
		if e.stuck.has(t) {
			r.Stuck = append(r.Stuck, t)
		}
	}
	r.Notes = e.m.noteList()
	r.Executed, r.Covered = slices.Clone(e.m.executed), slices.Clone(e.m.covered)
	return r
}

// judge turns what was seen into a verdict and finds the run to show.
// hangStopped is the limit that ended the search for endless runs, if one did.
func (e *explorer) judge(r *Result, hangStopped string) {
	switch {
	case len(r.Properties) > 0:
		r.Verdict, r.Property = Violated, r.Properties[0]
		if r.StoppedBy == "" {
			r.StoppedBy = hangStopped
		}
		if !e.lim.cfg.NoTrace {
			e.explain(r)
		}
	case r.StoppedBy != "":
		r.Verdict, r.Reason = Inconclusive, stopReason(r.StoppedBy)
	case hangStopped != "":
		r.Verdict, r.StoppedBy, r.Reason = Inconclusive, hangStopped, stopReason(hangStopped)+", while looking for endless runs"
	}
}

// stickInHangs counts as stuck who must finish and does not while others go
// round for ever.
func (e *explorer) stickInHangs() {
	for _, h := range e.hangs {
		for _, i := range h.states {
			for _, t := range e.m.stuckThreads(e.state(i)) {
				e.stuck.add(t)
			}
		}
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
// stopped, the shortest run of the first search is shown. A hang in which
// nothing can step is preferred to one that goes on for ever; of such the
// simplest run is one that leads there.
func (e *explorer) explain(r *Result) {
	var endless map[int]*fairPart
	if r.Property == spec.Hang && e.witness[spec.Hang.Rank()] < 0 {
		endless = map[int]*fairPart{}
		for i := range e.hangs {
			for _, s := range e.hangs[i].states {
				endless[int(s)] = &e.hangs[i]
			}
		}
	}
	pack := e.st.packing.clone()
	q := newSimplest(e, r.Property, pack)
	q.endless = endless
	moves, fewer := q.search()
	for q.misfit >= 0 {
		pack.widen(q.misfit, q.value)
		q = newSimplest(e, r.Property, pack)
		q.endless = endless
		moves, fewer = q.search()
	}
	if moves == nil {
		to := e.witness[r.Property.Rank()]
		if endless != nil {
			to = int(e.hangs[0].states[0])
		}
		moves = e.movesTo(to)
	}
	stem, shortest := nobody, true
	if endless != nil {
		stem = len(moves)
		var cycle []Move
		cycle, shortest = e.cycleFrom(moves, endless)
		moves = append(moves, cycle...)
	}
	r.Trace = mustRun(e.m, moves, stem)
	if r.Trace.Violation == nil || r.Trace.Violation.Property != r.Property {
		panic("checker: internal error: a run that was found to violate " + string(r.Property) + " does not when replayed")
	}
	switch {
	case q.stopped != "":
		r.TraceBound = fmt.Sprintf("a run with %d switches; fewer than %d ruled out", r.Trace.Switches, fewer)
	case endless != nil && !shortest:
		r.TraceBound = "no run to such a cycle is simpler; from there the cycle may not be the shortest"
	case endless != nil:
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
