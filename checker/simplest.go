package checker

import (
	"slices"

	"lastput/spec"
)

// This file finds the simplest run that violates a property: with the fewest
// context switches, then the fewest steps, then the smallest sequence of moves
// in the order of successors. It is Dijkstra's algorithm over pairs of a state
// and the thread that stepped last, with costs (switches, steps) compared in
// that order; that few switches suffice for most bugs, and the order of search,
// are from Musuvathi and Qadeer, "Iterative context bounding for systematic
// testing of multithreaded programs" (PLDI 2007). Partial-order reduction is
// never used here.

// A cost is what a run costs. A step by another thread than the one before is
// a switch; a migration switches nobody.
type cost struct{ switches, steps uint32 }

func (c cost) less(d cost) bool {
	return c.switches < d.switches || c.switches == d.switches && c.steps < d.steps
}

// after is the cost of the run and one more move of thread t; last is the
// thread that stepped before, or nobody.
func (c cost) after(mv Move, last int) cost {
	c.steps++
	if !mv.Migrate && last != nobody && last != mv.Thread {
		c.switches++
	}
	return c
}

const nobody = -1

var infinite = cost{^uint32(0), ^uint32(0)}

// A goal is what a simplest run is sought for.
type goal struct {
	property spec.Property
	// endless, if set, holds the states that end a run instead: those of graph
	// from which it can go on for ever.
	endless map[int]*fairPart
	graph   *explorer
}

// A simplestRun is what was found.
type simplestRun struct {
	moves   []Move // nil if a limit stopped the search
	fewer   int    // no violating run has fewer switches
	stopped string
}

// A simplest is one search.
type simplest[K words] struct {
	oracle[K]
	goal
	lim *limits

	number  map[K]uint32
	keys    []K
	dist    []cost // by node: state * (threads+1) + last + 1
	queue   map[uint32]map[uint32][]int
	settled []int
	best    cost
	good    map[int]bool
	stopped string
	leaves  []*leaf[K]
}

// simplest searches with the packing of the first search, which knows all values
// there are unless it was stopped.
func (s *search[K]) simplest(g goal) (r simplestRun, ok bool) {
	m := newMachine(s.workers[0].m.p, s.workers[0].m.rules)
	m.notes = nil
	q := &simplest[K]{
		oracle: newOracle[K](m, s.pack), goal: g, lim: s.lim, number: map[K]uint32{}, queue: map[uint32]map[uint32][]int{},
		best: infinite, leaves: make([]*leaf[K], len(m.threads)),
	}
	r.moves, r.fewer = q.search()
	r.stopped = q.stopped
	for _, c := range q.misfits {
		s.pack.learnMisfit(c)
	}
	return r, len(q.misfits) == 0
}

func (q *simplest[K]) lasts() int { return len(q.m.threads) + 1 }

func (q *simplest[K]) node(state, last int) int      { return state*q.lasts() + last + 1 }
func (q *simplest[K]) split(n int) (state, last int) { return n / q.lasts(), n%q.lasts() - 1 }

// search returns the moves of the simplest run, or nil if a limit, or a value
// that does not fit, stopped it; no violating run has fewer switches than fewer.
func (q *simplest[K]) search() (moves []Move, fewer int) {
	start := q.m.start()
	first := toWords[K](q.pack, start, &q.misfits)
	if len(q.misfits) > 0 {
		return nil, 0
	}
	q.reach(first, nobody, cost{})
	if start[q.m.violated] != 0 {
		return []Move{}, 0
	}
	q.m.interrupted = func() bool {
		if q.stopped == "" {
			q.stopped = q.lim.stop(0, q.memory())
		}
		return q.stopped != ""
	}
	defer func() { q.m.interrupted = nil }()
	for k := uint32(0); len(q.queue) > 0 && k <= q.best.switches; k++ {
		layer := q.queue[k]
		for n := uint32(0); len(layer) > 0; n++ {
			nodes := layer[n]
			delete(layer, n)
			c := cost{k, n}
			if !c.less(q.best) {
				break
			}
			for _, node := range nodes {
				if q.dist[node] != c {
					continue // reached more cheaply since
				}
				if q.stopped = q.lim.stop(0, q.memory()); q.stopped != "" {
					return nil, int(k)
				}
				q.lim.progress("finding the simplest run", len(q.keys), len(nodes), int(k), q.memory())
				q.settled = append(q.settled, node)
				q.expand(node, func(mv Move, next int, isGoal bool) {
					if c := c.after(mv, q.lastOf(node)); isGoal && c.less(q.best) {
						q.best = c
					}
				}, true)
				if len(q.misfits) > 0 || q.stopped != "" {
					return nil, int(k)
				}
			}
		}
		delete(q.queue, k)
	}
	if q.best == infinite {
		panic("checker: internal error: a violation that was seen is not found again")
	}
	if q.markGood(); q.stopped != "" {
		return nil, int(q.best.switches)
	}
	q.m.interrupted = nil
	return q.walk(), int(q.best.switches)
}

func (q *simplest[K]) lastOf(node int) int {
	_, last := q.split(node)
	return last
}

func (q *simplest[K]) memory() int64 {
	return int64(len(q.keys))*int64(24*len(*new(K))) + 8*int64(cap(q.dist)) + 40*int64(len(q.settled))
}

// expand calls visit with every move from the node: the node it leads to, or
// -1 where the state is not stored, and whether the run ends there with the
// violation sought. Where a state itself is the end, by a deadlock, a hang, a leak
// or a race, that is visited as a migration that leads nowhere and costs nothing
// more. grow stores what is new.
func (q *simplest[K]) expand(node int, visit func(mv Move, next int, isGoal bool), grow bool) {
	i, last := q.split(node)
	key := q.keys[i]
	if q.endless != nil && q.isEndless(&key) {
		q.visitEnd(node, visit, grow)
		return
	}
	var info stateInfo
	for t := range q.trees {
		lf := q.ask(t, &key)
		if lf == nil {
			return
		}
		q.leaves[t] = lf
		info.steps = info.steps || lf.steps
		info.pruned = info.pruned || lf.pruned
		info.migrates = info.migrates || lf.migrates
	}
	if q.m.strict && q.m.anyPlain && !q.m.ignored[raceRank] && isRace(q.leaves) {
		if q.property == spec.PlainRace {
			q.visitEnd(node, visit, grow)
		}
		return
	}
	take := func(mv Move, to *K) bool {
		f := &q.pack.fields[q.m.violated]
		if v := f.decode(getField(to, &f.field)); v != 0 {
			visit(mv, -1, int(v-1) == q.property.Rank())
			return true
		}
		by := mv.Thread
		if mv.Migrate {
			by = last
		}
		if grow {
			q.reach(*to, by, q.dist[node].after(mv, last))
		}
		next := -1
		if at, known := q.number[*to]; known {
			next = q.node(int(at), by)
		}
		visit(mv, next, false)
		return !grow || !q.m.interrupted()
	}
	for t, lf := range slices.Clone(q.leaves) {
		if lf.direct && !q.each(t, &key, take) {
			return
		}
		for i := range lf.moves {
			var to K
			if !q.apply(&lf.moves[i], &key, &to) || !take(lf.moves[i].move, &to) {
				return
			}
		}
	}
	if info.steps || info.pruned || q.endless != nil {
		return
	}
	fromWords(q.pack, &key, q.s)
	if q.m.terminal(q.s, info) == q.property {
		q.visitEnd(node, visit, grow)
	}
}

// isEndless reports whether the run can go on for ever from the state.
func (q *simplest[K]) isEndless(key *K) bool {
	fromWords(q.pack, key, q.s)
	k, _ := q.graph.st.pack(nil, q.s)
	return q.endless[q.graph.st.find(k)] != nil
}

// visitEnd visits the end of a run in a state that itself violates the
// property sought.
func (q *simplest[K]) visitEnd(node int, visit func(mv Move, next int, isGoal bool), grow bool) {
	if grow && q.dist[node].less(q.best) {
		q.best = q.dist[node]
	}
	visit(Move{Migrate: true, To: -1}, -1, false)
}

// reach notes that the node can be reached at a cost.
func (q *simplest[K]) reach(key K, last int, c cost) {
	i, known := q.number[key]
	if !known {
		i = uint32(len(q.keys))
		q.number[key] = i
		q.keys = append(q.keys, key)
		for range q.lasts() {
			q.dist = append(q.dist, infinite)
		}
	}
	n := q.node(int(i), last)
	if !c.less(q.dist[n]) {
		return
	}
	q.dist[n] = c
	layer := q.queue[c.switches]
	if layer == nil {
		layer = map[uint32][]int{}
		q.queue[c.switches] = layer
	}
	layer[c.steps] = append(layer[c.steps], n)
}

// isEnd reports whether the node itself is the end of a simplest run.
func (q *simplest[K]) isEnd(node int, mv Move) bool {
	return mv.Migrate && mv.To < 0 && q.dist[node] == q.best
}

// ends reports whether a move from the node is on a simplest run.
func (q *simplest[K]) ends(node int, mv Move, next int, isGoal bool) bool {
	if q.isEnd(node, mv) {
		return true
	}
	c := q.dist[node].after(mv, q.lastOf(node))
	return isGoal && c == q.best || next >= 0 && q.good[next] && q.dist[next] == c
}

// markGood finds the nodes on simplest runs, going back from their ends.
func (q *simplest[K]) markGood() {
	q.good = map[int]bool{}
	for _, node := range slices.Backward(q.settled) {
		if q.m.interrupted() {
			return
		}
		q.expand(node, func(mv Move, next int, isGoal bool) {
			if q.ends(node, mv, next, isGoal) {
				q.good[node] = true
			}
		}, false)
	}
}

// walk follows the first good move from the start.
func (q *simplest[K]) walk() []Move {
	moves := []Move{}
	node := q.node(0, nobody)
	for {
		var move *Move
		to, end := -1, false
		q.expand(node, func(mv Move, next int, isGoal bool) {
			if move != nil || end || !q.ends(node, mv, next, isGoal) {
				return
			}
			if q.isEnd(node, mv) {
				end = true
				return
			}
			move, to = &mv, next
			end = isGoal
		}, false)
		if move != nil {
			moves = append(moves, *move)
		}
		if end {
			return moves
		}
		node = to
	}
}

func isRace[K words](leaves []*leaf[K]) (is bool) {
	races(leaves, func(int, int) { is = true })
	return is
}
