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

// A simplest is one search.
type simplest struct {
	e    *explorer
	m    *machine
	goal spec.Property

	// endless, if set, holds the states that end a run instead: those of the
	// first search from which it can go on for ever.
	endless map[int]*fairPart

	st      *store
	dist    []cost // by node: state * (threads+1) + last + 1
	queue   map[uint32]map[uint32][]int
	settled []int
	best    cost
	good    map[int]bool
	stopped string
	misfit  int // a slot that needs a wider packing, or -1
	value   int64
}

// newSimplest begins with a packing of its own: where the first search was
// stopped, this one may meet values that one has not.
func newSimplest(e *explorer, goal spec.Property, pack *packing) *simplest {
	return &simplest{e: e, m: e.m, goal: goal, st: newStore(pack), queue: map[uint32]map[uint32][]int{}, best: infinite, misfit: -1}
}

func (q *simplest) lasts() int { return len(q.m.threads) + 1 }

func (q *simplest) node(state, last int) int      { return state*q.lasts() + last + 1 }
func (q *simplest) split(n int) (state, last int) { return n / q.lasts(), n%q.lasts() - 1 }

// search returns the moves of the simplest run, or nil if a limit, or a value
// that does not fit, stopped it; no violating run has fewer switches than fewer.
func (q *simplest) search() (moves []Move, fewer int) {
	key, _ := q.st.pack(nil, q.e.start)
	q.reach(key, nobody, cost{})
	if q.e.start[q.m.violated] != 0 {
		return []Move{}, 0
	}
	q.m.interrupted = func() bool {
		if q.stopped == "" {
			q.stopped = q.e.lim.stop(0, q.memory())
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
				if q.stopped = q.e.lim.stop(0, q.memory()); q.stopped != "" {
					return nil, int(k)
				}
				q.e.lim.progress("finding the simplest run", q.st.n, len(nodes), int(k), q.memory())
				q.settled = append(q.settled, node)
				q.expand(node, func(mv Move, next int, isGoal bool) {
					if c := c.after(mv, q.lastOf(node)); isGoal && c.less(q.best) {
						q.best = c
					}
				}, true)
				if q.misfit >= 0 || q.stopped != "" {
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

func (q *simplest) lastOf(node int) int {
	_, last := q.split(node)
	return last
}

func (q *simplest) memory() int64 {
	return q.e.memory() + q.st.memory() + 8*int64(cap(q.dist)) + 40*int64(len(q.settled))
}

// expand calls visit with every move from the node: the node it leads to, or
// -1 where the state is not stored, and whether the run ends there with the
// violation sought. Where a state itself is the end, by a deadlock, a hang, a leak
// or a race, that is visited as a migration that leads nowhere and costs nothing
// more. grow stores what is new.
func (q *simplest) expand(node int, visit func(mv Move, next int, isGoal bool), grow bool) {
	i, last := q.split(node)
	s := make(state, q.m.size)
	q.st.unpack(s, q.st.key(i))
	if q.m.checkRaces(s) != nil {
		if q.goal == spec.PlainRace {
			q.visitEnd(node, visit, grow)
		}
		return
	}
	var key []byte
	if q.endless != nil {
		key, _ = q.e.st.pack(key, s)
		if q.endless[q.e.st.find(key)] != nil {
			q.visitEnd(node, visit, grow)
			return
		}
	}
	info := q.m.successors(s, func(mv Move, to state) bool {
		if v := to[q.m.violated]; v != 0 {
			visit(mv, -1, int(v-1) == q.goal.Rank())
			return true
		}
		if key, q.misfit = q.st.pack(key, to); q.misfit >= 0 {
			q.value = to[q.misfit]
			return false
		}
		by := mv.Thread
		if mv.Migrate {
			by = last
		}
		if grow {
			q.reach(key, by, q.dist[node].after(mv, last))
		}
		next := -1
		if at := q.st.find(key); at >= 0 {
			next = q.node(at, by)
		}
		visit(mv, next, false)
		return !grow || !q.m.interrupted()
	})
	if q.endless == nil && q.m.terminal(s, info) == q.goal {
		q.visitEnd(node, visit, grow)
	}
}

// visitEnd visits the end of a run in a state that itself violates the
// property sought.
func (q *simplest) visitEnd(node int, visit func(mv Move, next int, isGoal bool), grow bool) {
	if grow && q.dist[node].less(q.best) {
		q.best = q.dist[node]
	}
	visit(Move{Migrate: true, To: -1}, -1, false)
}

// reach notes that the node can be reached at a cost.
func (q *simplest) reach(key []byte, last int, c cost) {
	i, isNew := q.st.add(key)
	if isNew {
		for range q.lasts() {
			q.dist = append(q.dist, infinite)
		}
	}
	n := q.node(i, last)
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
func (q *simplest) isEnd(node int, mv Move) bool {
	return mv.Migrate && mv.To < 0 && q.dist[node] == q.best
}

// ends reports whether a move from the node is on a simplest run.
func (q *simplest) ends(node int, mv Move, next int, isGoal bool) bool {
	if q.isEnd(node, mv) {
		return true
	}
	c := q.dist[node].after(mv, q.lastOf(node))
	return isGoal && c == q.best || next >= 0 && q.good[next] && q.dist[next] == c
}

// markGood finds the nodes on simplest runs, going back from their ends.
func (q *simplest) markGood() {
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
func (q *simplest) walk() []Move {
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
