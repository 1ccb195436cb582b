package checker

import "slices"

// This file looks for cycles in the state graph. A run that goes round one
// never ends; whether that can really happen is a question of fairness, which
// is not judged yet, so a cycle with a thread that must finish keeps a verdict
// from being "verified".

// A cycleInfo is what findCycle found.
type cycleInfo struct {
	found   bool
	states  []int  // round the cycle; the first is the last
	stopped string // the limit that ended the search
}

// findCycle looks for a strongly connected part of the graph that some step,
// not only migrations, stays within, and in which a thread that must finish
// has not: Tarjan's algorithm (1972), without recursion.
func (e *explorer) findCycle() cycleInfo {
	const unseen = 0
	index := make([]uint32, e.st.n) // order of discovery from 1, 0 unseen
	low := make([]uint32, e.st.n)
	onStack := make([]bool, e.st.n)
	var stack []uint32
	type visit struct {
		state uint32
		next  uint64 // of its edges
	}
	count := uint32(0) // states discovered
	work := make([]visit, 0, 1024)
	push := func(i uint32) {
		count++
		index[i], low[i] = count, count
		stack = append(stack, i)
		onStack[i] = true
		work = append(work, visit{i, e.firstEdge[i]})
	}
	extra := int64(9 * e.st.n)
	push(0)
	for len(work) > 0 {
		if s := e.lim.stop(0, e.memory()+extra); s != "" {
			return cycleInfo{stopped: s}
		}
		e.lim.progress("looking for cycles", e.st.n, e.st.n-int(count), len(e.levels)-1, e.memory()+extra)
		v := &work[len(work)-1]
		if v.next < e.firstEdge[v.state+1] {
			to := e.edges[v.next] &^ edgeMigrates
			v.next++
			if index[to] == unseen {
				push(to)
			} else if onStack[to] {
				low[v.state] = min(low[v.state], index[to])
			}
			continue
		}
		i := v.state
		work = work[:len(work)-1]
		if len(work) > 0 {
			p := work[len(work)-1].state
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
		component := stack[bottom:]
		if states := e.cycleIn(component); states != nil {
			return cycleInfo{found: true, states: states}
		}
		for _, j := range component {
			onStack[j] = false
		}
		stack = stack[:bottom]
	}
	return cycleInfo{}
}

// cycleIn is a shortest way round the component that begins with a step, if
// some step stays within it and a thread that must finish has not; else nil.
func (e *explorer) cycleIn(component []uint32) []int {
	if len(component) < 2 {
		return nil
	}
	in := make(map[uint32]bool, len(component))
	for _, i := range component {
		in[i] = true
	}
	if !slices.ContainsFunc(component, e.unfinished) {
		return nil
	}
	first := slices.Min(component)
	for _, from := range append([]uint32{first}, component...) {
		for _, to := range e.out(from) {
			if to&edgeMigrates == 0 && in[to] {
				return append([]int{int(from)}, e.wayBack(to, from, in)...)
			}
		}
	}
	return nil
}

// unfinished reports whether a thread that must finish has not. It is asked of
// every state of a cycle: an unloader may seem to have given up in one and be
// at work in the next.
func (e *explorer) unfinished(i uint32) bool {
	s := make(state, e.m.size)
	e.st.unpack(s, e.st.key(int(i)))
	return e.m.stuck(s)
}

// out are the edges from a state.
func (e *explorer) out(i uint32) []uint32 { return e.edges[e.firstEdge[i]:e.firstEdge[i+1]] }

// wayBack is a shortest way from one state of a component to another, both
// included.
func (e *explorer) wayBack(from, to uint32, in map[uint32]bool) []int {
	parent := map[uint32]uint32{from: from}
	for work := []uint32{from}; ; work = work[1:] {
		if _, found := parent[to]; found {
			break
		}
		for _, next := range e.out(work[0]) {
			next &^= edgeMigrates
			if _, seen := parent[next]; !seen && in[next] {
				parent[next] = work[0]
				work = append(work, next)
			}
		}
	}
	way := []int{int(to)}
	for to != from {
		to = parent[to]
		way = append(way, int(to))
	}
	slices.Reverse(way)
	return way
}
