package checker

// This file looks for cycles in the state graph. A run that goes round one
// never ends; whether that can really happen is a question of fairness, which
// is not judged yet, so a cycle with a thread that must finish keeps a verdict
// from being "verified".

// A cycleInfo is what findCycle found.
type cycleInfo struct {
	found   bool
	state   int    // a state on the cycle
	stopped string // the limit that ended the search
}

// findCycle looks for a strongly connected part of the graph that some step,
// not only migrations, stays within, and in which a thread that must finish
// has not: Tarjan's algorithm (1972), without recursion, over successors that
// are computed again.
func (e *explorer) findCycle() cycleInfo {
	const unseen = 0
	index := make([]uint32, e.st.n) // order of discovery from 1, 0 unseen
	low := make([]uint32, e.st.n)
	onStack := make([]bool, e.st.n)
	var stack []uint32
	type visit struct {
		state uint32
		succ  []edge
		next  int
	}
	count := uint32(0)
	work := make([]visit, 0, 1024)
	push := func(i uint32) {
		count++
		index[i], low[i] = count, count
		stack = append(stack, i)
		onStack[i] = true
		work = append(work, visit{state: i, succ: e.edges(int(i))})
	}
	extra := int64(9 * e.st.n)
	push(0)
	for len(work) > 0 {
		if s := e.lim.stop(0, e.memory()+extra); s != "" {
			return cycleInfo{stopped: s}
		}
		e.lim.progress("looking for cycles", e.st.n, e.st.n-int(count), len(e.levels)-1, e.memory()+extra)
		v := &work[len(work)-1]
		if v.next < len(v.succ) {
			to := v.succ[v.next].to
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
		if len(component) > 1 && e.isCycle(component) {
			return cycleInfo{found: true, state: int(i)}
		}
		for _, j := range component {
			onStack[j] = false
		}
		stack = stack[:bottom]
	}
	return cycleInfo{}
}

// An edge is a move to another state.
type edge struct {
	to      uint32
	migrate bool
}

func (e *explorer) edges(i int) []edge {
	s := make(state, e.m.size)
	e.st.unpack(s, e.st.key(i))
	var out []edge
	var key []byte
	e.m.successors(s, func(mv Move, next state) bool {
		key, _ = e.st.pack(key[:0], next)
		out = append(out, edge{uint32(e.st.find(key)), mv.Migrate})
		return true
	})
	return out
}

// isCycle reports whether a run within the component takes steps and leaves a
// thread that must finish unfinished.
func (e *explorer) isCycle(component []uint32) bool {
	s := make(state, e.m.size)
	e.st.unpack(s, e.st.key(int(component[0])))
	if !e.m.stuck(s) {
		return false
	}
	in := make(map[uint32]bool, len(component))
	for _, i := range component {
		in[i] = true
	}
	for _, i := range component {
		for _, ed := range e.edges(int(i)) {
			if !ed.migrate && in[ed.to] {
				return true
			}
		}
	}
	return false
}
