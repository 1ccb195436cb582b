package checker

import (
	"slices"

	"lastput/spec"
)

// This file looks for runs without end in which a thread that must finish never
// does, although every thread is treated fairly. Fairness is strong: a thread
// that can step infinitely often does. That is what a scheduler and starvation-
// free locks provide; a weaker one would report threads that pass a lock to and
// fro past a third for ever, a stronger one would hide retry loops that always
// lose. A handler that has not begun need never come.
//
// In a finite graph there is such a run iff there is a set of states, strongly
// connected, in which every thread that can step in one of them does step
// within it. It is found by taking away, from each strongly connected
// component, the states in which a thread could step that never does there, and
// looking again at the components of what is left: the check of Streett
// conditions of Emerson and Lei, "Modalities for model checking: branching time
// logic strikes back" (1987).

// A threadSet is a set of threads.
type threadSet [(spec.MaxThreads + 63) / 64]uint64

func (s *threadSet) add(t int)     { s[t/64] |= 1 << (t % 64) }
func (s threadSet) has(t int) bool { return s[t/64]>>(t%64)&1 != 0 }

func (s *threadSet) union(o threadSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

// minus is what s has and o has not.
func (s threadSet) minus(o threadSet) threadSet {
	for i := range s {
		s[i] &^= o[i]
	}
	return s
}

func (s threadSet) meets(o threadSet) bool {
	for i := range s {
		if s[i]&o[i] != 0 {
			return true
		}
	}
	return false
}

func (s threadSet) empty() bool { return s == threadSet{} }

// A fairPart is a part of the state graph that a fair run can stay in for ever
// while a thread that must finish does not.
type fairPart struct {
	states []uint32 // in order
	g      *subgraph
	in     []bool // by node of g
}

// A subgraph is a strongly connected component of the state graph, with its
// inner moves and who could step.
type subgraph struct {
	states  []uint32 // by node
	node    map[uint32]uint32
	first   []uint64 // by node, and one more: its first move
	to      []uint32 // by move: a node
	by      []int16  // by move: the thread, or nobody for a migration
	enabled []threadSet
}

// findHangs finds all such parts. stopped names the limit that ended the search.
func (e *explorer) findHangs() (parts []fairPart, stopped string) {
	extra := int64(9 * e.st.n)
	stop := func(seen int) bool {
		stopped = e.lim.stop(0, e.memory()+extra)
		e.lim.progress("looking for endless runs", e.st.n, e.st.n-seen, len(e.levels)-1, e.memory()+extra)
		return stopped != ""
	}
	components(e.st.n, 1, e.span, func(k uint64) (uint32, bool) { return e.edges[k] &^ edgeMigrates, true },
		func(component []uint32) bool {
			if !e.mayHang(component) {
				return true
			}
			g := e.subgraph(component, stop)
			if g == nil {
				return false
			}
			extra += g.memory()
			all := make([]bool, len(g.states))
			for i := range all {
				all[i] = true
			}
			e.fairParts(g, all, func(p fairPart) { parts = append(parts, p) })
			return true
		}, stop)
	slices.SortFunc(parts, func(a, b fairPart) int { return int(a.states[0]) - int(b.states[0]) })
	return parts, stopped
}

func (e *explorer) span(i uint32) (uint64, uint64) { return e.firstEdge[i], e.firstEdge[i+1] }

// mayHang reports whether some step stays within the component, and a thread
// that must finish has not.
func (e *explorer) mayHang(component []uint32) bool {
	if len(component) < 2 {
		return false
	}
	in := make(map[uint32]bool, len(component))
	for _, i := range component {
		in[i] = true
	}
	steps := slices.ContainsFunc(component, func(i uint32) bool {
		return slices.ContainsFunc(e.edges[e.firstEdge[i]:e.firstEdge[i+1]], func(to uint32) bool {
			return to&edgeMigrates == 0 && in[to]
		})
	})
	return steps && slices.ContainsFunc(component, func(i uint32) bool { return len(e.m.stuckThreads(e.state(i))) > 0 })
}

// state unpacks a stored state.
func (e *explorer) state(i uint32) state {
	s := make(state, e.m.size)
	e.st.unpack(s, e.st.key(int(i)))
	return s
}

// subgraph works out the moves within a component. It is nil if it was stopped.
func (e *explorer) subgraph(component []uint32, stop func(int) bool) *subgraph {
	g := &subgraph{states: slices.Clone(component), node: map[uint32]uint32{}}
	slices.Sort(g.states)
	for n, i := range g.states {
		g.node[i] = uint32(n)
	}
	var key []byte
	for n, i := range g.states {
		if stop(n) {
			return nil
		}
		g.first = append(g.first, uint64(len(g.to)))
		s := e.state(i)
		e.m.successors(s, func(mv Move, next state) bool {
			key, _ = e.st.pack(key, next)
			if to, inside := g.node[uint32(e.st.find(key))]; inside {
				by := int16(mv.Thread)
				if mv.Migrate {
					by = nobody
				}
				g.to, g.by = append(g.to, to), append(g.by, by)
			}
			return true
		})
		g.enabled = append(g.enabled, e.m.enabled(s))
	}
	g.first = append(g.first, uint64(len(g.to)))
	return g
}

func (g *subgraph) memory() int64 { return int64(len(g.states))*64 + int64(len(g.to))*6 }

func (g *subgraph) span(n uint32) (uint64, uint64) { return g.first[n], g.first[n+1] }

// enabled is the set of threads that fairness owes a step in the state: those
// that can step, or could once they have migrated, and that nobody is about to
// preempt.
func (m *machine) enabled(s state) (set threadSet) {
	for t := range m.threads {
		if m.p.Threads[t].Class == spec.IRQ && !m.begun(s, t) {
			continue
		}
		if m.canStep(s, t) {
			set.add(t)
		}
	}
	return set
}

func (m *machine) canStep(s state, t int) bool {
	if m.canStepHere(s, t) {
		return true
	}
	if !m.mayMigrate(s, t) {
		return false
	}
	moved := make(state, m.size)
	for _, cpu := range m.destinations(s, t) {
		copy(moved, s)
		m.migrate(moved, t, cpu)
		if m.canStepHere(moved, t) {
			return true
		}
	}
	return false
}

func (m *machine) canStepHere(s state, t int) bool {
	if !m.mayStep(s, t) || m.preempted(s, t) {
		return false
	}
	// A step that ends in an assumption that does not hold counts: it would be
	// taken, and the run not be judged.
	var info stateInfo
	m.steps(s, m.next, t, &info, func(Move, state) bool { return false })
	return info.steps || info.pruned
}

// fairParts yields the fair parts among the nodes that are in. A part within a
// part that was found is not looked for.
func (e *explorer) fairParts(g *subgraph, in []bool, yield func(fairPart)) {
	var steps, enabled threadSet
	for n := range g.states {
		if !in[n] {
			continue
		}
		enabled.union(g.enabled[n])
		for k := g.first[n]; k < g.first[n+1]; k++ {
			if g.by[k] != nobody && in[g.to[k]] {
				steps.add(int(g.by[k]))
			}
		}
	}
	if steps.empty() || !e.unfinished(g, in) {
		return
	}
	starved := enabled.minus(steps)
	if starved.empty() {
		p := fairPart{g: g, in: in}
		for n, i := range g.states {
			if in[n] {
				p.states = append(p.states, i)
			}
		}
		yield(p)
		return
	}
	left := make([]bool, len(in))
	for n := range in {
		left[n] = in[n] && !g.enabled[n].meets(starved)
	}
	var roots []uint32
	for n := range left {
		if left[n] {
			roots = append(roots, uint32(n))
		}
	}
	componentsFrom(len(g.states), roots, g.span, func(k uint64) (uint32, bool) { return g.to[k], left[g.to[k]] },
		func(component []uint32) bool {
			if len(component) > 1 {
				part := make([]bool, len(in))
				for _, n := range component {
					part[n] = true
				}
				e.fairParts(g, part, yield)
			}
			return true
		}, func(int) bool { return false })
}

// unfinished reports whether a thread that must finish has not. It is asked of
// every state: an unloader may seem to have given up in one and be at work in
// the next.
func (e *explorer) unfinished(g *subgraph, in []bool) bool {
	for n, i := range g.states {
		if in[n] && len(e.m.stuckThreads(e.state(i))) > 0 {
			return true
		}
	}
	return false
}

// components yields the strongly connected components of the part of a graph
// of n nodes that can be reached from the first roots nodes: Tarjan, "Depth-first
// search and linear graph algorithms" (1972), without recursion. span is the
// range of a node's edges, target where an edge leads, if it is to be followed.
// It ends when found says false, or stop, which is told how many nodes were
// seen, says true.
func components(n, roots int, span func(uint32) (uint64, uint64), target func(uint64) (uint32, bool), found func([]uint32) bool, stop func(int) bool) {
	list := make([]uint32, roots)
	for i := range list {
		list[i] = uint32(i)
	}
	componentsFrom(n, list, span, target, found, stop)
}

func componentsFrom(n int, roots []uint32, span func(uint32) (uint64, uint64), target func(uint64) (uint32, bool), found func([]uint32) bool, stop func(int) bool) {
	const unseen = 0
	index := make([]uint32, n) // order of discovery from 1, 0 unseen
	low := make([]uint32, n)
	onStack := make([]bool, n)
	var stack []uint32
	type visit struct {
		node      uint32
		next, end uint64 // of its edges
	}
	count := uint32(0)
	var work []visit
	push := func(i uint32) {
		count++
		index[i], low[i] = count, count
		stack = append(stack, i)
		onStack[i] = true
		lo, hi := span(i)
		work = append(work, visit{i, lo, hi})
	}
	for _, root := range roots {
		if index[root] != unseen {
			continue
		}
		push(root)
		for len(work) > 0 {
			if stop(int(count)) {
				return
			}
			v := &work[len(work)-1]
			if v.next < v.end {
				to, follow := target(v.next)
				v.next++
				switch {
				case !follow:
				case index[to] == unseen:
					push(to)
				case onStack[to]:
					low[v.node] = min(low[v.node], index[to])
				}
				continue
			}
			i := v.node
			work = work[:len(work)-1]
			if len(work) > 0 {
				p := work[len(work)-1].node
				low[p] = min(low[p], low[i])
			}
			if low[i] != index[i] {
				continue
			}
			// The top of the stack down to i is a component.
			bottom := len(stack) - 1
			for stack[bottom] != i {
				bottom--
			}
			if !found(stack[bottom:]) {
				return
			}
			for _, j := range stack[bottom:] {
				onStack[j] = false
			}
			stack = stack[:bottom]
		}
	}
}

// maxCycleNodes bounds the search for a shortest fair cycle.
const maxCycleNodes = 1 << 20

// cycle is a fair cycle through a state of the part, as moves of the subgraph.
// shortest tells whether none through that state has fewer.
func (p *fairPart) cycle(from uint32) (way []uint64, shortest bool) {
	start := p.g.node[from]
	way = p.shortestCycle(start)
	if way != nil {
		return way, true
	}
	return p.someCycle(start), false
}

// A cycleNode is a node of the part with who has stepped, and who could have,
// on the way there from the start.
type cycleNode struct {
	node           uint32
	steps, enabled threadSet
}

// shortestCycle is found breadth-first, or nil where that would take too much.
func (p *fairPart) shortestCycle(start uint32) []uint64 {
	g := p.g
	first := cycleNode{node: start, enabled: g.enabled[start]}
	nodes := []cycleNode{first}
	type origin struct {
		from int32
		move uint64
	}
	origins := []origin{{-1, 0}}
	seen := map[cycleNode]bool{first: true}
	for i := 0; i < len(nodes); i++ {
		at := nodes[i]
		for k := g.first[at.node]; k < g.first[at.node+1]; k++ {
			to := g.to[k]
			if !p.in[to] {
				continue
			}
			next := cycleNode{node: to, steps: at.steps, enabled: at.enabled}
			if g.by[k] != nobody {
				next.steps.add(int(g.by[k]))
			}
			next.enabled.union(g.enabled[to])
			if to == start && !next.steps.empty() && next.enabled.minus(next.steps).empty() {
				way := []uint64{k}
				for j := i; j > 0; j = int(origins[j].from) {
					way = append(way, origins[j].move)
				}
				slices.Reverse(way)
				return way
			}
			if !seen[next] {
				if len(nodes) >= maxCycleNodes {
					return nil
				}
				seen[next] = true
				nodes, origins = append(nodes, next), append(origins, origin{int32(i), k})
			}
		}
	}
	panic("checker: internal error: a fair part of the graph has no fair cycle")
}

// someCycle goes to the nearest step of each thread in turn, and back.
func (p *fairPart) someCycle(start uint32) []uint64 {
	var threads []int
	for n := range p.g.states {
		for k := p.g.first[n]; p.in[n] && k < p.g.first[n+1]; k++ {
			if by := int(p.g.by[k]); by != nobody && p.in[p.g.to[k]] && !slices.Contains(threads, by) {
				threads = append(threads, by)
			}
		}
	}
	slices.Sort(threads)
	var way []uint64
	at := start
	for _, t := range threads {
		way = append(way, p.way(at, func(k uint64) bool { return int(p.g.by[k]) == t })...)
		at = p.g.to[way[len(way)-1]]
	}
	if at != start {
		way = append(way, p.way(at, func(k uint64) bool { return p.g.to[k] == start })...)
	}
	return way
}

// way is a shortest way from a node whose last move is wanted.
func (p *fairPart) way(from uint32, wanted func(k uint64) bool) []uint64 {
	type origin struct {
		from uint32
		move uint64
	}
	parent := map[uint32]origin{from: {}}
	for work := []uint32{from}; ; work = work[1:] {
		n := work[0]
		for k := p.g.first[n]; k < p.g.first[n+1]; k++ {
			to := p.g.to[k]
			if !p.in[to] {
				continue
			}
			if wanted(k) {
				way := []uint64{k}
				for ; n != from; n = parent[n].from {
					way = append(way, parent[n].move)
				}
				slices.Reverse(way)
				return way
			}
			if _, seen := parent[to]; !seen {
				parent[to] = origin{n, k}
				work = append(work, to)
			}
		}
	}
}
