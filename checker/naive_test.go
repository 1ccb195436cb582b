package checker

import (
	"fmt"
	"math"
	"slices"

	"lastput/spec"
)

// This file is a second explorer, as dumb as can be: recursive, on Go maps, no
// tricks. Of the engine it uses only what one step does to a state; who may
// step, what a deadlock or a cycle is, and which run is the simplest it finds
// out in its own way, from the rules as docs/semantics.md words them.

// A naive is the whole state graph of a program.
type naive struct {
	m      *machine
	limit  int // states; beyond it the exploration panics with tooLarge
	states []*naiveState
	number map[string]int // of a printed state

	violated    map[spec.Property]bool
	transitions int
}

// A naiveState is a state with its moves in order.
type naiveState struct {
	s        state
	moves    []naiveMove
	pruned   bool // a step ends in an assumption that does not hold
	violates spec.Property
}

type naiveMove struct {
	Move
	to int
}

type tooLarge struct{}

// explore builds the graph. ok is false where it has more states than limit.
func explore(m *machine, limit int) (n *naive, ok bool) {
	n = &naive{m: m, limit: limit, number: map[string]int{}, violated: map[spec.Property]bool{}}
	defer func() {
		if r := recover(); r != nil {
			if _, is := r.(tooLarge); !is {
				panic(r)
			}
			ok = false
		}
	}()
	n.visit(m.start())
	return n, true
}

// visit explores from a state, if it is new, and returns its number.
func (n *naive) visit(s state) int {
	key := fmt.Sprint(s)
	if i, known := n.number[key]; known {
		return i
	}
	if len(n.states) == n.limit {
		panic(tooLarge{})
	}
	i := len(n.states)
	n.number[key] = i
	st := &naiveState{s: slices.Clone(s)}
	n.states = append(n.states, st)
	if v := s[n.m.violated]; v != 0 {
		st.violates = spec.Properties[v-1]
		n.violated[st.violates] = true
		return i
	}
	for t := range n.m.p.Threads {
		if n.canStep(st.s, t) {
			n.step(st, t, nil)
		}
		for _, cpu := range n.destinations(st.s, t) {
			next := slices.Clone(st.s)
			next[n.m.threads[t].cpu] = int64(cpu)
			n.add(st, Move{Thread: t, Migrate: true, To: cpu}, next)
		}
	}
	if n.deadlocked(st) {
		st.violates = spec.Deadlock
		n.violated[spec.Deadlock] = true
	}
	return i
}

func (n *naive) add(st *naiveState, mv Move, next state) {
	n.transitions++
	st.moves = append(st.moves, naiveMove{mv, n.visit(next)})
}

// step takes the thread's step with these outcomes of its first choices, and
// every outcome of the others.
func (n *naive) step(st *naiveState, t int, choices []int) {
	next := slices.Clone(st.s)
	what := n.m.step(st.s, next, t, choices)
	if n.m.taken > len(choices) {
		for v := range n.m.arity[len(choices)] {
			n.step(st, t, append(slices.Clone(choices), v))
		}
		return
	}
	switch what {
	case stepped:
		n.add(st, Move{Thread: t, Choices: choices}, next)
	case pruned:
		st.pruned = true
	}
}

// A naiveThread is how the scheduler sees a thread.
type naiveThread struct {
	cpu      int64
	class    spec.Class
	over     bool // it will never step again
	sleeps   bool
	noPreemt bool
}

func (n *naive) thread(s state, t int) naiveThread {
	l := n.m.threads[t]
	in := n.m.p.Code[s[l.pc]]
	gone := len(n.m.p.Objects) > 0
	for o := range n.m.p.Objects {
		gone = gone && s[n.m.released+o] == 1
	}
	return naiveThread{
		cpu: s[l.cpu], class: n.m.p.Threads[t].Class,
		over:     in.Op == spec.OpEnd || gone && s[l.pending]&pendGet != 0,
		sleeps:   in.Sleep,
		noPreemt: s[l.preempt] > 0,
	}
}

// canStep: a thread with preemption off has its CPU; otherwise the threads of
// the highest class that want the CPU have it, if nobody there has preemption
// off. A thread about to sleep does not stand in the way of others.
func (n *naive) canStep(s state, t int) bool {
	me := n.thread(s, t)
	if me.over {
		return false
	}
	top := me.class
	for u := range n.m.p.Threads {
		other := n.thread(s, u)
		if u == t || other.over || other.cpu != me.cpu {
			continue
		}
		if other.noPreemt && !me.noPreemt {
			return false
		}
		if !other.sleeps && !me.noPreemt {
			top = max(top, other.class)
		}
	}
	return top == me.class
}

// destinations are the CPUs the thread may migrate to.
func (n *naive) destinations(s state, t int) (cpus []int) {
	th := n.thread(s, t)
	if !n.m.p.Threads[t].Migrates || th.over || th.noPreemt {
		return nil
	}
	for cpu := range n.m.p.NCPU {
		if isolated := n.m.p.Isolated>>cpu&1 == 1; !isolated && int64(cpu) != th.cpu {
			cpus = append(cpus, cpu)
		}
	}
	return cpus
}

// unfinished: some thread that must finish still wants to do something. An
// unloader that waits for calls of others wants nothing while there are none.
func (n *naive) unfinished(s state) bool {
	for t, th := range n.m.p.Threads {
		in := n.m.p.Code[s[n.m.threads[t].pc]]
		idle := in.Op == spec.OpAwait && s[n.m.threads[t].news] == 0
		if th.MustFinish && !n.thread(s, t).over && !idle {
			return true
		}
	}
	return false
}

// deadlocked: nobody can step however the threads that may migrate are placed.
func (n *naive) deadlocked(st *naiveState) bool {
	return n.unfinished(st.s) && !n.someStep(st.s, 0)
}

// someStep places the threads from t on in all ways.
func (n *naive) someStep(s state, t int) bool {
	if t < len(n.m.p.Threads) {
		if n.someStep(s, t+1) {
			return true
		}
		for _, cpu := range n.destinations(s, t) {
			placed := slices.Clone(s)
			placed[n.m.threads[t].cpu] = int64(cpu)
			if n.someStep(placed, t+1) {
				return true
			}
		}
		return false
	}
	for t := range n.m.p.Threads {
		if n.canStep(s, t) && n.triesStep(s, t, nil) {
			return true
		}
	}
	return false
}

// triesStep reports whether the thread need not wait for some outcome of its
// choices.
func (n *naive) triesStep(s state, t int, choices []int) bool {
	what := n.m.step(s, slices.Clone(s), t, choices)
	if n.m.taken > len(choices) {
		for v := range n.m.arity[len(choices)] {
			if n.triesStep(s, t, append(slices.Clone(choices), v)) {
				return true
			}
		}
		return false
	}
	return what != waiting
}

// cyclic: some step can be taken again and again while a thread that must
// finish does not.
func (n *naive) cyclic() bool {
	from := make([][]bool, len(n.states)) // from[a][b]: b can be reached from a
	for a := range from {
		from[a] = make([]bool, len(n.states))
		n.reach(a, from[a])
	}
	for a, st := range n.states {
		for _, mv := range st.moves {
			if mv.Migrate || !from[mv.to][a] {
				continue
			}
			for b := range n.states {
				if from[a][b] && from[b][a] && n.unfinished(n.states[b].s) {
					return true
				}
			}
		}
	}
	return false
}

func (n *naive) reach(a int, seen []bool) {
	if seen[a] {
		return
	}
	seen[a] = true
	for _, mv := range n.states[a].moves {
		n.reach(mv.to, seen)
	}
}

// verdict is what Check should say: the property, or "verified", or
// "inconclusive cycle".
func (n *naive) verdict() string {
	for _, p := range judged() {
		if n.violated[p] {
			return string(p)
		}
	}
	if n.cyclic() {
		return "inconclusive cycle"
	}
	return string(Verified)
}

// simplestRun is the simplest run that violates the property, found from its
// ends: the cost that is left is brought down, over all states and all threads
// that may have stepped last, until nothing changes.
func (n *naive) simplestRun(goal spec.Property) (run []Move, best cost) {
	left := make([][]cost, len(n.states)) // by state, by last thread + 1
	for i, st := range n.states {
		for range len(n.m.p.Threads) + 1 {
			c := cost{math.MaxUint32 / 2, 0}
			if st.violates == goal {
				c = cost{}
			}
			left[i] = append(left[i], c)
		}
	}
	through := func(last int, mv naiveMove) cost {
		by, switches := mv.Thread, uint32(0)
		if mv.Migrate {
			by = last
		} else if last >= 0 && by != last {
			switches = 1
		}
		rest := left[mv.to][by+1]
		return cost{rest.switches + switches, rest.steps + 1}
	}
	for changed := true; changed; {
		changed = false
		for i := len(n.states) - 1; i >= 0; i-- {
			for last := -1; last < len(n.m.p.Threads); last++ {
				for _, mv := range n.states[i].moves {
					if c := through(last, mv); c.less(left[i][last+1]) {
						left[i][last+1] = c
						changed = true
					}
				}
			}
		}
	}
	at, last := 0, -1
	for left[at][last+1] != (cost{}) {
		for _, mv := range n.states[at].moves {
			if through(last, mv) == left[at][last+1] {
				run = append(run, mv.Move)
				at = mv.to
				if !mv.Migrate {
					last = mv.Thread
				}
				break
			}
		}
	}
	return run, left[0][0]
}
