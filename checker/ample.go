package checker

// This file reduces where the order of steps cannot matter: if what a thread does
// next has nothing to do with anything that others may do before it steps, it is
// enough to let it step first.
//
// The set of its steps is then persistent in the sense of Godefroid,
// "Partial-order methods for the verification of concurrent systems" (1996):
// whatever others do meanwhile neither looks at what the steps change nor
// changes what they look at. Others that wait, for memory that none who can go
// on may change, do nothing meanwhile; nor do those who go on come past a lock
// that nobody but the thread can give up (Valmari's stubborn sets, 1989), or stop
// the CPU that the thread keeps. What
// may be looked at and changed is told by futures, and includes the ghosts, the
// scheduler, grace periods and all that properties are judged by, so a step that
// violates something does so in the reduced graph, too: it stays possible, and
// its outcome the same, when an independent step goes before. A step that
// violates something itself is never preferred, as a violating state has no
// successors.
//
// A preferred step could be taken round and round while others are ignored. So
// the reduced graph has to be free of cycles; then the full graph is, too, as an
// endless run of it would be one of the reduced graph in another order. Where
// cycles cannot be ruled out the search begins again without the reduction.

// A preferrer finds threads that may go first.
type preferrer[K words] struct {
	*futures
	w *worker[K]
	// off: nobody goes first, but what threads do is held against the futures.
	off bool
	// In how many states somebody was looked for to go first, and was found.
	tried, found int64

	// Of the state: the gates that are closed, and what each thread may touch if
	// these stay so, as far as that has been asked.
	closed uint64
	ways   []*touch

	active, idle []int
	meanwhile    slotSet // scratch
}

// A leafTouch is what a leaf's moves look at and change, as sets.
func (f *futures) leafTouch(looked []int, moves [][]slotChange) touch {
	tc := f.empty()
	for _, slot := range looked {
		tc.looks.add(slot)
	}
	for _, changes := range moves {
		for _, c := range changes {
			tc.changes.add(c.slot)
			for t := range f.m.threads {
				if c.slot != f.m.threads[t].pc {
					continue
				}
				for v := range viewCount {
					from, to := f.m.views[v][c.from], f.m.views[v][c.to]
					if from != to || v == viewWaits && from {
						tc.changes.add(f.m.viewSlot(t, v))
					}
				}
			}
		}
	}
	return tc
}

// prefer is a thread that may go first in the state, or nobody.
func (a *preferrer[K]) prefer(key *K) int {
	enabled := 0
	if a.off {
		return nobody
	}
	for _, lf := range a.w.leaves {
		if lf.direct || lf.migrates {
			return nobody
		}
		if len(lf.moves) > 0 {
			enabled++
		}
	}
	if enabled < 2 {
		return nobody
	}
	a.tried++
	a.closed = a.closedGates(key)
	clear(a.ways)
	for t, lf := range a.w.leaves {
		if lf.safe && a.independent(key, t) {
			a.found++
			return t
		}
	}
	return nobody
}

// closedGates are the gates that are closed in the state.
func (a *preferrer[K]) closedGates(key *K) (closed uint64) {
	p := a.w.pack
	for i := range a.gates {
		g := &a.gates[i]
		if g.cell == stopGate {
			continue // see independent
		}
		place := p.place[g.cell]
		if place.block >= 0 {
			continue
		}
		if v := p.decode(g.cell, getField(key, &p.fields[g.cell].field)); v >= 0 && v < gateValues && g.closed[v] {
			closed |= 1 << i
		}
	}
	return closed
}

// independent reports whether what the thread does next has nothing to do with
// what others may do before.
func (a *preferrer[K]) independent(key *K, t int) bool {
	w := a.w
	a.active, a.idle = a.active[:0], a.idle[:0]
	own := &w.leaves[t].touch
	for u, lf := range w.leaves {
		switch {
		case u == t:
		case len(lf.moves) == 0:
			a.idle = append(a.idle, u)
		case own.meets(&lf.touch):
			return false
		default:
			a.active = append(a.active, u)
		}
	}
	closed := a.closed | a.stopsKeptOff(key, t)
	for again := true; again; {
		again = false
		clear(a.meanwhile)
		for _, u := range a.active {
			way := a.way(key, u, closed)
			if own.meets(way) {
				return false
			}
			a.meanwhile.union(way.changes)
		}
		for i := range a.gates {
			if closed>>i&1 != 0 && a.gates[i].cell != stopGate && a.meanwhile.has(a.gates[i].cell) {
				closed &^= 1 << i
				again = true
			}
		}
		idle := a.idle[:0]
		for _, u := range a.idle {
			if w.leaves[u].touch.looks.meets(a.meanwhile) {
				a.active = append(a.active, u)
				again = true
				continue
			}
			idle = append(idle, u)
		}
		a.idle = idle
	}
	return true
}

// way is what the thread may touch from where it is, if some gates stay closed.
func (a *preferrer[K]) way(key *K, t int, closed uint64) *touch {
	if closed != a.closed {
		return a.of(t, a.w.pc(key, t), closed)
	}
	if a.ways[t] == nil {
		a.ways[t] = a.of(t, a.w.pc(key, t), closed)
	}
	return a.ways[t]
}

// stopsKeptOff are the gates that stop the CPU of the thread, which has
// preemption or interrupts off: nobody comes past them before it steps.
func (a *preferrer[K]) stopsKeptOff(key *K, t int) (closed uint64) {
	tl := &a.m.threads[t]
	if !a.stops || a.w.slot(key, tl.preempt) == 0 && a.w.slot(key, tl.irqOff) == 0 {
		return 0
	}
	for i := range a.gates {
		if g := &a.gates[i]; g.cell == stopGate && g.cpus>>a.m.p.Threads[t].CPU&1 != 0 {
			closed |= 1 << i
		}
	}
	return closed
}

// pc is where the thread rests in the state.
func (w *worker[K]) pc(key *K, t int) int { return int(w.slot(key, w.m.threads[t].pc)) }

// slot is the value of a slot in the state.
func (w *worker[K]) slot(key *K, slot int) int64 {
	p := w.pack
	if place := p.place[slot]; place.block >= 0 {
		b := &p.blocks[place.block]
		return b.dict.values[getField(key, &b.field)][place.at]
	}
	return p.decode(slot, getField(key, &p.fields[slot].field))
}
