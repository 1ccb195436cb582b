package checker

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"lastput/spec"
)

// This file is a second explorer, as dumb as can be: recursive, on Go maps, no
// tricks. Of the engine it uses only what an instruction does to a state; who
// may step, who queues where, which grace period is over, what a deadlock, a
// hang or a leak is, and which run is the simplest it finds out in its own way,
// from the rules as docs/semantics.md words them.

// A naive is the whole state graph of a program.
type naive struct {
	m      *machine
	limit  int // states; beyond it the exploration panics with tooLarge
	states []*naiveState
	number map[string]int // of a printed state

	without rule // a rule that does not hold

	violated    map[spec.Property]bool
	stuck       map[int]bool // threads that the end of some run leaves unfinished
	transitions int
}

// A naiveState is a state with its moves in order.
type naiveState struct {
	s        state
	moves    []naiveMove
	pruned   bool // a step ends in an assumption that does not hold
	endless  bool // a fair run can pass it again and again and finish never
	violates spec.Property
}

type naiveMove struct {
	Move
	to int
}

type tooLarge struct{}

// A rule is one of those of the scheduler that the explorer can do without, to
// see what it is good for.
type rule string

const (
	fifoAboveOther   rule = "a FIFO priority is above other"
	fifoAboveFIFO    rule = "a higher FIFO priority is above a lower"
	stopAboveFIFO    rule = "stop is above FIFO"
	equalsQueue      rule = "an equal FIFO priority does not preempt"
	comersTie        rule = "of those who come with one step any may be first"
	comersLast       rule = "who wakes up goes behind those who were there"
	yieldGoesLast    rule = "who yields goes behind the others"
	preemptedIsFirst rule = "who is preempted keeps its place"
	sleepFrees       rule = "who sleeps frees its CPU"
	spinKeeps        rule = "who spins keeps its CPU"
	preemptOffKeeps  rule = "preemption off keeps the CPU, against stop too"
	irqOffKeeps      rule = "interrupts off keeps the CPU, too"
	handlerCutsIn    rule = "a handler comes in where preemption is off"
	handlerKeptOut   rule = "no handler comes in where interrupts are off"
	handlerAlone     rule = "a handler is not interrupted by another"
	handlerKeeps     rule = "a handler keeps its CPU to its end"
	handlerStaysAway rule = "a handler need not come"
	migratesOn       rule = "nobody migrates with preemption off"
	graceWaits       rule = "a grace period waits for those inside"
	graceForgets     rule = "a grace period does not wait for those who come later"
	fairStrongly     rule = "who can step again and again does"
	wakeUpArrives    rule = "a wake-up arrives"
)

// explore builds the graph. ok is false where it has more states than limit.
func explore(m *machine, limit int) (n *naive, ok bool) { return exploreWithout(m, limit, "") }

func exploreWithout(m *machine, limit int, without rule) (n *naive, ok bool) {
	n = &naive{m: m, without: without, limit: limit, number: map[string]int{}, violated: map[spec.Property]bool{}, stuck: map[int]bool{}}
	m.queueing, m.graces = false, false // it is done here
	defer func() {
		if r := recover(); r != nil {
			if _, is := r.(tooLarge); !is {
				panic(r)
			}
			ok = false
		}
	}()
	n.visit(n.start())
	for _, st := range n.states {
		n.judgeEnd(st)
	}
	n.judgeEndless()
	return n, true
}

// start: a hog that is in its loop from the first state on is first in its
// queue; everybody else joins behind.
func (n *naive) start() state {
	s := n.m.start()
	for t := range n.m.threads {
		if n.queues(t) {
			s[n.m.threads[t].rank] = 0
			if n.at(s, t).Op == spec.OpHog {
				s[n.m.threads[t].rank] = 1
			}
		}
	}
	n.settle(s, nobody, false)
	return s
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
		if n.mayRun(st.s, t) {
			n.eachStep(st.s, t, nil, func(mv Move, what outcome, next state) {
				switch what {
				case stepped:
					n.add(st, mv, next)
				case pruned:
					st.pruned = true
				}
			})
		}
		for _, cpu := range n.destinations(st.s, t) {
			n.add(st, Move{Thread: t, Migrate: true, To: cpu}, n.moved(st.s, t, cpu))
		}
	}
	return i
}

func (n *naive) add(st *naiveState, mv Move, next state) {
	n.transitions++
	st.moves = append(st.moves, naiveMove{mv, n.visit(next)})
}

// eachStep tries the thread's step with these outcomes of its first choices,
// and every outcome of the others.
func (n *naive) eachStep(s state, t int, choices []int, try func(Move, outcome, state)) {
	next := slices.Clone(s)
	yields := n.at(s, t).Op == spec.OpYield && !n.at(s, t).Sleep
	what := n.m.step(s, next, t, choices)
	if n.m.taken > len(choices) {
		for v := range n.m.arity[len(choices)] {
			n.eachStep(s, t, append(slices.Clone(choices), v), try)
		}
		return
	}
	// What an invariant says is said of the state when all is settled; a step
	// that goes wrong before is not settled.
	if bad := n.m.wrong; !n.m.blocked && what != pruned && (bad == nil || bad.Property == spec.Invariant) {
		n.settle(next, t, yields)
		if what = stepped; slices.Equal(s, next) {
			what = waiting // nothing has changed at all
		}
	}
	try(Move{Thread: t, Choices: choices}, what, next)
}

func (n *naive) moved(s state, t, cpu int) state {
	next := slices.Clone(s)
	next[n.m.threads[t].cpu] = int64(cpu)
	if n.queues(t) {
		next[n.m.threads[t].rank] = 0
	}
	n.settle(next, t, false)
	return next
}

func (n *naive) at(s state, t int) spec.Inst { return n.m.p.Code[s[n.m.threads[t].pc]] }

// queues: the state has a place in a queue for the thread.
func (n *naive) queues(t int) bool { return n.m.threads[t].rank != n.m.none }

// A naiveThread is how the scheduler sees a thread.
type naiveThread struct {
	cpu      int64
	class    spec.Class
	over     bool // it will never step again
	sleeps   bool
	atWork   bool // a handler that has begun
	irqOff   bool
	preOff   bool // preemption is off
	noSwitch bool // nobody but a handler may take its CPU
	place    int64
}

func (n *naive) thread(s state, t int) naiveThread {
	l, in := n.m.threads[t], n.at(s, t)
	gone := len(n.m.p.Objects) > 0
	for o := range n.m.p.Objects {
		gone = gone && s[n.m.released+o] == 1
	}
	th := naiveThread{
		cpu: s[l.cpu], class: n.m.p.Threads[t].Class,
		over:   in.Op == spec.OpEnd || gone && s[l.pending]&pendGet != 0,
		sleeps: in.Sleep, irqOff: s[l.irqOff] == 1, preOff: s[l.preempt] > 0, place: s[l.rank],
	}
	th.atWork = th.class == spec.IRQ && in.Op != spec.OpStart && !th.over
	th.noSwitch = th.preOff || th.irqOff || th.atWork
	return th
}

// keeps: u keeps t from running.
func (n *naive) keeps(s state, u, t int) bool {
	me, other := n.thread(s, t), n.thread(s, u)
	if u == t || other.over || other.cpu != me.cpu || me.atWork {
		return false
	}
	if me.class == spec.IRQ {
		return other.atWork && n.without != handlerAlone || other.irqOff && n.without != handlerKeptOut ||
			other.preOff && n.without == handlerCutsIn
	}
	switch {
	case other.atWork:
		return n.without != handlerKeeps
	case other.class == spec.IRQ || me.noSwitch:
		return false // it has not come; nobody else takes the CPU of such a thread
	case other.preOff && n.without != preemptOffKeeps || other.irqOff && n.without != irqOffKeeps:
		return true
	case other.class > me.class:
		return n.isAbove(other.class, me.class) && (!other.sleeps || n.without == sleepFrees) && (n.without != spinKeeps || n.ready(s, u))
	}
	return other.class == me.class && me.class.FIFO() && other.place > 0 && (me.place == 0 || other.place < me.place) && n.without != equalsQueue
}

func (n *naive) isAbove(high, low spec.Class) bool {
	switch {
	case high.FIFO() && low == spec.Other:
		return n.without != fifoAboveOther
	case high.FIFO():
		return n.without != fifoAboveFIFO
	case low.FIFO():
		return n.without != stopAboveFIFO
	}
	return true
}

// keepers are those who keep t from running.
func (n *naive) keepers(s state, t int) (by []int) {
	for u := range n.m.p.Threads {
		if n.keeps(s, u, t) {
			by = append(by, u)
		}
	}
	return by
}

// mayRun: the thread is not done, and nobody keeps it off its CPU.
func (n *naive) mayRun(s state, t int) bool {
	return !n.thread(s, t).over && len(n.keepers(s, t)) == 0
}

// destinations are the CPUs the thread may migrate to.
func (n *naive) destinations(s state, t int) (cpus []int) {
	th := n.thread(s, t)
	if !n.m.p.Threads[t].Migrates || th.over || th.noSwitch && n.without != migratesOn || s[n.m.violated] != 0 {
		return nil
	}
	for cpu := range n.m.p.NCPU {
		if isolated := n.m.p.Isolated>>cpu&1 == 1; !isolated && int64(cpu) != th.cpu {
			cpus = append(cpus, cpu)
		}
	}
	return cpus
}

// settle: after a step of t, grace periods forget who has left its read-side
// section, and the queues are put in order.
func (n *naive) settle(s state, t int, yields bool) {
	for w := range n.m.threads {
		l, waits := n.m.threads[w], n.at(s, w).Op == spec.OpGrace && spec.GraceKind(n.at(s, w).Sub) == spec.GraceWait
		if n.without == graceWaits {
			s[l.graceCPUs], s[l.graceReaders] = 0, 0
		}
		if n.without == graceForgets && waits {
			n.remember(s, l)
		}
		for cpu := range n.m.p.NCPU {
			if s[l.graceCPUs]>>cpu&1 == 1 && !n.cpuInside(s, cpu) {
				s[l.graceCPUs] -= 1 << cpu
			}
		}
		for u := range n.m.threads {
			if s[l.graceReaders]>>u&1 == 1 && !n.reads(s, u) {
				s[l.graceReaders] -= 1 << u
			}
		}
	}
	places := map[int]int64{}
	for u := range n.m.threads {
		if !n.queues(u) {
			continue
		}
		for i, group := range n.queue(s, s[n.m.threads[u].cpu], n.m.p.Threads[u].Class, t, yields) {
			if slices.Contains(group, u) {
				places[u] = int64(i + 1)
			}
		}
	}
	for u := range n.m.threads {
		if n.queues(u) {
			s[n.m.threads[u].rank] = places[u]
		}
	}
}

// remember adds who is inside now to those a grace period waits for.
func (n *naive) remember(s state, l threadLayout) {
	for cpu := range n.m.p.NCPU {
		if l.graceCPUs != n.m.none && n.cpuInside(s, cpu) {
			s[l.graceCPUs] |= 1 << cpu
		}
	}
	for u := range n.m.threads {
		if l.graceReaders != n.m.none && n.reads(s, u) {
			s[l.graceReaders] |= 1 << u
		}
	}
}

// cpuInside: somebody on the CPU cannot be switched away from.
func (n *naive) cpuInside(s state, cpu int) bool {
	for u := range n.m.p.Threads {
		if th := n.thread(s, u); !th.over && th.cpu == int64(cpu) && th.noSwitch {
			return true
		}
	}
	return false
}

func (n *naive) reads(s state, u int) bool {
	return !n.thread(s, u).over && s[n.m.threads[u].readers] > 0
}

// queue is a CPU's queue after a step of t, as groups of those of whom any may
// be first: who was there and still wants the CPU, t before its equals, for it
// has run; then those who come; then t, if it gave way.
func (n *naive) queue(s state, cpu int64, class spec.Class, t int, yields bool) (groups [][]int) {
	before := map[int64][]int{}
	var come, first, last []int
	if t >= 0 && n.without == preemptedIsFirst && n.m.p.Threads[t].Class > class && s[n.m.threads[t].cpu] == cpu {
		defer func() {
			if len(groups) > 1 {
				groups = append(groups[1:], groups[0])
			}
		}()
	}
	for u := range n.m.p.Threads {
		th := n.thread(s, u)
		if !n.queues(u) || th.cpu != cpu || th.class != class || th.over || th.sleeps && !n.ready(s, u) {
			continue
		}
		pauses := th.sleeps && n.at(s, u).Op == spec.OpYield
		switch {
		case th.place == 0:
			come = append(come, u)
		case u == t && (yields || pauses) && n.without != yieldGoesLast:
			last = append(last, u)
		case u == t:
			first = append(first, u)
		default:
			before[th.place] = append(before[th.place], u)
		}
	}
	for place := range int64(len(n.m.p.Threads) + 1) {
		if len(first) > 0 && n.thread(s, t).place == place {
			groups = append(groups, first)
		}
		groups = append(groups, before[place])
	}
	switch n.without {
	case comersTie:
		for _, u := range come {
			groups = append(groups, []int{u})
		}
	case comersLast:
		groups = append([][]int{come}, groups...)
	default:
		groups = append(groups, come)
	}
	groups = append(groups, last)
	return slices.DeleteFunc(groups, func(g []int) bool { return len(g) == 0 })
}

// ready: if the thread had its CPU, it would not have to wait.
func (n *naive) ready(s state, t int) bool {
	n.m.probing = true // what follows a step may be wrong already: an invariant
	defer func() { n.m.probing = false }()
	var try func(choices []int) bool
	try = func(choices []int) bool {
		next := slices.Clone(s)
		what := n.m.step(s, next, t, choices)
		if n.m.taken > len(choices) {
			for v := range n.m.arity[len(choices)] {
				if try(append(slices.Clone(choices), v)) {
					return true
				}
			}
			return false
		}
		return what == pruned || what == stepped && !slices.Equal(s, next)
	}
	return try(nil)
}

// unfinished are the threads that must come to an end, have not, and still want
// something: a wait that need not end wants nothing while what it waits for has
// not come.
func (n *naive) unfinished(s state) (out []int) {
	for t := range n.m.p.Threads {
		if n.mustEnd(s, t) && !n.thread(s, t).over && (!n.at(s, t).Idle || n.ready(s, t)) {
			out = append(out, t)
		}
	}
	return out
}

// mustEnd: getters, unloaders, threads; and a handler that has begun.
func (n *naive) mustEnd(s state, t int) bool {
	return n.m.p.Threads[t].MustFinish || n.thread(s, t).atWork
}

// judgeEnd judges the state if nothing can step in it, nor after migrations.
func (n *naive) judgeEnd(st *naiveState) {
	if st.violates != "" || n.goesOn(st, map[*naiveState]bool{}) {
		return
	}
	unfinished := n.unfinished(st.s)
	switch {
	case len(unfinished) == 0 && n.leak(st.s):
		n.judge(st, spec.Leak)
	case len(unfinished) == 0:
	case n.keptForEver(st.s):
		n.judge(st, spec.Hang)
	default:
		n.judge(st, spec.Deadlock)
	}
	if st.violates == spec.Hang || st.violates == spec.Deadlock {
		for _, t := range unfinished {
			n.stuck[t] = true
		}
	}
}

func (n *naive) judge(st *naiveState, prop spec.Property) {
	if !slices.Contains(n.m.ignore, prop) {
		st.violates = prop
		n.violated[prop] = true
	}
}

// goesOn: a step is possible, or an assumption ends the run, here or where
// migrations lead.
func (n *naive) goesOn(st *naiveState, seen map[*naiveState]bool) bool {
	if seen[st] {
		return false
	}
	seen[st] = true
	if st.pruned {
		return true
	}
	for _, mv := range st.moves {
		if !mv.Migrate || n.goesOn(n.states[mv.to], seen) {
			return true
		}
	}
	return false
}

// keptForEver: somebody could go on but for a CPU, or waits for a grace period,
// that a thread which need not end holds up.
func (n *naive) keptForEver(s state) bool {
	for t, th := range n.m.p.Threads {
		if n.thread(s, t).over || th.Class == spec.IRQ && !n.mustEnd(s, t) {
			continue // done, or a handler that need not come
		}
		for _, u := range n.keepers(s, t) {
			if !n.mustEnd(s, u) && n.ready(s, t) {
				return true
			}
		}
		if in := n.at(s, t); in.Op == spec.OpStop {
			w := worldOf(n.m, s)
			for u := range n.m.p.Threads {
				if u != t && value(in.A, w.Actors[t].Regs, 0)>>w.Actors[u].CPU&1 == 1 && w.stands(u, spec.Class(in.B.Val)) && !n.mustEnd(s, u) {
					return true
				}
			}
			continue
		}
		if in := n.at(s, t); in.Op != spec.OpGrace || spec.GraceKind(in.Sub) != spec.GraceWait {
			continue
		}
		for u := range n.m.p.Threads {
			th, l := n.thread(s, u), n.m.threads[t]
			inside := s[l.graceCPUs]>>th.cpu&1 == 1 && th.noSwitch || s[l.graceReaders]>>u&1 == 1
			if inside && !th.over && !n.mustEnd(s, u) {
				return true
			}
		}
	}
	return false
}

// leak: everybody who must has finished, or waits for what need not come, and an
// object is left behind that the program could have ended the life of. Not while
// an unloader was refused: it would try again.
func (n *naive) leak(s state) bool {
	ends, releases := false, false
	for t, th := range n.m.p.Threads {
		if in := n.at(s, t); th.MustFinish && !n.thread(s, t).over && (in.Op == spec.OpAwait || !in.Idle || n.ready(s, t)) {
			return false
		}
		proc := n.m.p.Procs[th.Proc]
		for _, in := range n.m.p.Code[proc.Entry:proc.End] {
			releases = releases || in.Op == spec.OpRelease
			ends = ends || in.Op == spec.OpGhost && spec.GhostKind(in.Sub) == spec.GhostFinal
		}
	}
	for o := range n.m.p.Objects {
		final, gone := s[n.m.final+o] == 1, s[n.m.released+o] == 1
		if ends && !releases && !final || releases && !gone {
			return true
		}
	}
	return false
}

// mayStayAway: it is a handler that has not come, and need not.
func (n *naive) mayStayAway(s state, t int) bool {
	th := n.thread(s, t)
	return th.class == spec.IRQ && !th.atWork && n.without != handlerStaysAway
}

// canGo: a fair scheduler would let the thread step here sooner or later, if it
// were here again and again: it can step, or could on another CPU it may move
// to. A handler that has not begun need not come.
func (n *naive) canGo(s state, t int) bool {
	if n.mayStayAway(s, t) {
		return false
	}
	can := func(s state) (yes bool) {
		if n.mayRun(s, t) && !n.wokenAbove(s, t) {
			n.eachStep(s, t, nil, func(_ Move, what outcome, _ state) { yes = yes || what != waiting })
		}
		return yes
	}
	if can(s) {
		return true
	}
	for _, cpu := range n.destinations(s, t) {
		if can(n.moved(s, t, cpu)) {
			return true
		}
	}
	return false
}

// wokenAbove: somebody of a higher class has only to notice that its sleep is
// over to take the CPU from t. A sleep for a while is not over by itself.
func (n *naive) wokenAbove(s state, t int) bool {
	me := n.thread(s, t)
	for u := range n.m.p.Threads {
		th := n.thread(s, u)
		if n.without != wakeUpArrives && th.cpu == me.cpu && !th.over && th.class > me.class && !me.noSwitch && th.sleeps && n.at(s, u).Op != spec.OpYield && n.ready(s, u) {
			return true
		}
	}
	return false
}

// judgeEndless looks for fair runs without end: it guesses the set of threads
// that never step in one, drops the states in which one of them could, and
// looks whether all the others step between states that can reach each other.
func (n *naive) judgeEndless() {
	if slices.Contains(n.m.ignore, spec.Hang) {
		return
	}
	all := map[int]bool{}
	for i, st := range n.states {
		if st.violates == "" {
			all[i] = true
		}
	}
	for _, round := range n.rounds(all) {
		n.judgeRound(round)
	}
}

func (n *naive) judgeRound(round map[int]bool) {
	could := map[int]map[int]bool{} // by state
	for i := range round {
		could[i] = map[int]bool{}
		for t := range n.m.p.Threads {
			could[i][t] = n.canGo(n.states[i].s, t)
		}
	}
	steppers := slices.Sorted(maps.Keys(n.steppers(round)))
	for guess := 1; guess < 1<<len(steppers); guess++ {
		steps := map[int]bool{}
		for i, t := range steppers {
			if guess>>i&1 == 1 {
				steps[t] = true
			}
		}
		left := map[int]bool{}
		for i := range round {
			starves := false
			for t := range n.m.p.Threads {
				starves = starves || could[i][t] && !steps[t] && n.without != fairStrongly
			}
			if !starves {
				left[i] = true
			}
		}
		for _, part := range n.rounds(left) {
			if maps.Equal(n.steppers(part), steps) && n.someUnfinished(part) {
				n.violated[spec.Hang] = true
				for i := range part {
					n.states[i].endless = true
					for _, t := range n.unfinished(n.states[i].s) {
						n.stuck[t] = true
					}
				}
			}
		}
	}
}

// rounds are the largest sets among the states given that can be gone round
// for ever, with some step: all that can reach each other.
func (n *naive) rounds(in map[int]bool) (out []map[int]bool) {
	back := map[int][]int{}
	for i := range in {
		for _, mv := range n.states[i].moves {
			back[mv.to] = append(back[mv.to], i)
		}
	}
	forth := func(i int) (to []int) {
		for _, mv := range n.states[i].moves {
			to = append(to, mv.to)
		}
		return to
	}
	left := maps.Clone(in)
	// Ends and beginnings are on no way round.
	for changed := true; changed; {
		changed = false
		for i := range left {
			within := func(j int) bool { return left[j] }
			if !slices.ContainsFunc(forth(i), within) || !slices.ContainsFunc(back[i], within) {
				delete(left, i)
				changed = true
			}
		}
	}
	for _, i := range slices.Sorted(maps.Keys(left)) {
		if !left[i] {
			continue
		}
		from, to := map[int]bool{}, map[int]bool{}
		flood(i, left, forth, to)
		flood(i, left, func(i int) []int { return back[i] }, from)
		both := map[int]bool{}
		for j := range to {
			if from[j] {
				both[j] = true
				delete(left, j)
			}
		}
		if len(n.steppers(both)) > 0 {
			out = append(out, both)
		}
	}
	return out
}

func flood(i int, in map[int]bool, next func(int) []int, seen map[int]bool) {
	if seen[i] || !in[i] {
		return
	}
	seen[i] = true
	for _, j := range next(i) {
		flood(j, in, next, seen)
	}
}

// steppers are the threads that step within the set.
func (n *naive) steppers(in map[int]bool) map[int]bool {
	out := map[int]bool{}
	for i := range in {
		for _, mv := range n.states[i].moves {
			if !mv.Migrate && in[mv.to] {
				out[mv.Thread] = true
			}
		}
	}
	return out
}

func (n *naive) someUnfinished(in map[int]bool) bool {
	for i := range in {
		if len(n.unfinished(n.states[i].s)) > 0 {
			return true
		}
	}
	return false
}

// walk is where moves lead from a state.
func (n *naive) walk(i int, moves []Move) int {
	for _, mv := range moves {
		k := slices.IndexFunc(n.states[i].moves, func(m naiveMove) bool { return sameMove(m.Move, mv) })
		if k < 0 {
			return -1
		}
		i = n.states[i].moves[k].to
	}
	return i
}

func sameMove(a, b Move) bool {
	return a.Thread == b.Thread && a.Migrate == b.Migrate && a.To == b.To && slices.Equal(a.Choices, b.Choices)
}

// unfair says why going round the moves from a state for ever is no fair run in
// which somebody never finishes.
func (n *naive) unfair(i int, cycle []Move) string {
	start, unfinished := i, false
	steps, could := map[int]bool{}, map[int]bool{}
	for k, mv := range cycle {
		for t := range n.m.p.Threads {
			if n.canGo(n.states[i].s, t) {
				could[t] = true
			}
		}
		unfinished = unfinished || len(n.unfinished(n.states[i].s)) > 0
		if i = n.walk(i, cycle[k:k+1]); i < 0 {
			return fmt.Sprintf("move %d is not possible", k)
		}
		if !mv.Migrate {
			steps[mv.Thread] = true
		}
	}
	switch {
	case i != start:
		return "it does not come back"
	case !unfinished:
		return "everybody finishes"
	case len(steps) == 0 || !maps.Equal(steps, could):
		return fmt.Sprintf("%v step, %v could", steps, could)
	}
	return ""
}

// spurious: some get fails for nothing: when it failed, and when each attempt
// to unload that was then under way had ended, none had succeeded. Every get
// keeps account of its own, all through the run.
func (n *naive) spurious() bool {
	type node struct {
		state int
		hopes string // printed sets, each the attempts that a get waits for
	}
	seen := map[node]bool{}
	var visit func(i int, hopes []map[int]bool) bool
	visit = func(i int, hopes []map[int]bool) bool {
		if at := (node{i, fmt.Sprint(hopes)}); seen[at] {
			return false
		} else {
			seen[at] = true
		}
		for _, mv := range n.states[i].moves {
			hopes := hopes
			if !mv.Migrate {
				w, _, _, _ := worldOf(n.m, n.states[i].s).step(mv.Thread, mv.Choices)
				var verdict hopeless
				if hopes, verdict = account(hopes, w.calls); verdict == forNothing {
					return true
				} else if verdict == succeeded {
					continue
				}
			}
			if visit(mv.to, hopes) {
				return true
			}
		}
		return false
	}
	return visit(0, nil)
}

// A hopeless is what the calls of a step have done to the hopes of failed gets.
type hopeless int

const (
	stillHopes hopeless = iota
	forNothing
	succeeded // whatever fails from now on has a reason
)

// account brings the hopes up to date.
func account(hopes []map[int]bool, calls []callEnd) ([]map[int]bool, hopeless) {
	for _, c := range calls {
		switch {
		case c.refused:
			hopes = append(slices.Clone(hopes), c.under)
		case c.success:
			return nil, succeeded
		default:
			old := hopes
			hopes = nil
			for _, h := range old {
				h = maps.Clone(h)
				delete(h, c.thread)
				hopes = append(hopes, h)
			}
		}
		if slices.ContainsFunc(hopes, func(h map[int]bool) bool { return len(h) == 0 }) {
			return nil, forNothing
		}
	}
	// The order, and how often, does not matter.
	slices.SortFunc(hopes, func(a, b map[int]bool) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return slices.CompactFunc(hopes, maps.Equal[map[int]bool, map[int]bool]), stillHopes
}

// verdict is what Check should say: the property, or "verified".
func (n *naive) verdict() string {
	for _, p := range spec.Properties {
		if n.violated[p] {
			return string(p)
		}
	}
	return string(Verified)
}

// isEnd: the simplest run that violates the property ends in such a state. One
// to a hang ends where nothing can step, if there is such a state.
func (n *naive) isEnd(st *naiveState, goal spec.Property) bool {
	if goal == spec.Hang && !slices.ContainsFunc(n.states, func(st *naiveState) bool { return st.violates == goal }) {
		return st.endless
	}
	return st.violates == goal
}

// simplestRun is the simplest run that violates the property, found from its
// ends: the cost that is left is brought down, over all states and all threads
// that may have stepped last, until nothing changes.
func (n *naive) simplestRun(goal spec.Property) (run []Move, best cost) {
	left := make([][]cost, len(n.states)) // by state, by last thread + 1
	for i, st := range n.states {
		for range len(n.m.p.Threads) + 1 {
			c := cost{math.MaxUint32 / 2, 0}
			if n.isEnd(st, goal) {
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
