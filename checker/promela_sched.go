package checker

import (
	"fmt"
	"slices"

	"lastput/spec"
)

// This file is the scheduler of exported programs: the conditions of sched.go and
// terminal.go as expressions. Those that are asked for have names.

// A define is a condition with a name.
type define struct {
	name, text string
}

// named makes e a macro, where it is worth it.
func (x *exporter) named(name string, e expr) expr {
	if e.known || len(e.text) <= len(name) {
		return e
	}
	if !slices.ContainsFunc(x.defines, func(d define) bool { return d.name == name }) {
		x.defines = append(x.defines, define{name, e.text})
	}
	e.text = name
	return e
}

// threadCond is a named condition on a thread.
func (x *exporter) threadCond(what string, t int, make func() expr) expr {
	name := what + "_" + x.ids[t]
	if e, ok := x.conds[name]; ok {
		return e
	}
	e := x.named(name, make())
	x.conds[name] = e
	return e
}

// isAt says whether the thread is at one of the instructions.
func (x *exporter) isAt(t int, is func(pc int) bool) expr {
	var at []expr
	for _, pc := range x.rests[t] {
		if is(pc) {
			at = append(at, equals(x.variable(x.m.threads[t].pc), int64(pc)))
		}
	}
	if len(at) == len(x.rests[t]) {
		return truth(true)
	}
	return either(at...)
}

func (x *exporter) finished(t int) expr {
	return x.threadCond("FINISHED", t, func() expr { return x.isAt(t, func(pc int) bool { return x.m.views[viewFinished][pc] }) })
}

func (x *exporter) asleep(t int) expr {
	return x.threadCond("ASLEEP", t, func() expr { return x.isAt(t, func(pc int) bool { return x.m.views[viewAsleep][pc] }) })
}

// gone says whether all objects are, and gets begin no more.
func (x *exporter) gone() expr {
	if !x.m.pins || len(x.m.p.Objects) == 0 {
		return truth(false)
	}
	var gone []expr
	for o := range x.m.p.Objects {
		gone = append(gone, x.variable(x.m.released+o))
	}
	return all(gone...)
}

// over is machine.over.
func (x *exporter) over(t int) expr {
	return x.threadCond("OVER", t, func() expr {
		pending := x.variable(x.m.threads[t].pending)
		begins := truth(pending.val&pendGet != 0)
		if !pending.known {
			begins = compose(0, 1, "%s & 1", pending)
		}
		return either(x.finished(t), all(begins, x.gone()))
	})
}

// begun is machine.begun.
func (x *exporter) begun(t int) expr {
	if x.m.p.Threads[t].Class != spec.IRQ {
		return truth(false)
	}
	return x.threadCond("BEGUN", t, func() expr {
		started := x.isAt(t, func(pc int) bool { return !x.m.views[viewStart][pc] })
		return all(started, not(x.over(t)))
	})
}

// atomicCond is machine.atomic.
func (x *exporter) atomicCond(t int) expr {
	return x.threadCond("ATOMIC", t, func() expr {
		tl := &x.m.threads[t]
		return either(nonzero(x.variable(tl.preempt)), nonzero(x.variable(tl.irqOff)), x.begun(t))
	})
}

// at says what machine.atomic and machine.begun do of the thread where it rests.
func (x *exporter) at(t int, pl place) (atomic, begun bool) {
	begun = x.m.p.Threads[t].Class == spec.IRQ && !x.m.views[viewStart][pl.pc]
	return pl.preempt > 0 || pl.irqOff != 0 || begun, begun
}

// sameCPU says whether both threads are on one CPU.
func (x *exporter) sameCPU(t, u int) expr {
	a, b := x.variable(x.m.threads[t].cpu), x.variable(x.m.threads[u].cpu)
	switch {
	case b.known:
		return equals(a, b.val)
	case a.known:
		return equals(b, a.val)
	}
	return compose(0, 1, "%s == %s", a, b)
}

// keeps is machine.keeps, of a thread t that rests at a place and is not over.
func (x *exporter) keeps(u, t int, atomicT, begunT bool) expr {
	same := x.sameCPU(t, u)
	if u == t || begunT || same.known && same.val == 0 {
		return truth(false)
	}
	class, other := x.m.p.Threads[t].Class, x.m.p.Threads[u].Class
	awake := not(x.over(u))
	why := truth(false)
	switch {
	case other == spec.IRQ:
		why = x.begun(u)
	case class == spec.IRQ:
		why = all(nonzero(x.variable(x.m.threads[u].irqOff)), awake)
	case atomicT:
	default:
		lets := truth(false)
		switch {
		case other > class:
			lets = not(x.asleep(u))
		case other == class && x.m.threads[u].rank != x.m.none:
			lets = x.isBefore(u, t)
		}
		why = all(either(x.atomicCond(u), lets), awake)
	}
	return all(same, why)
}

// isBefore says whether u is before t in their queue.
func (x *exporter) isBefore(u, t int) expr {
	a, b := x.variable(x.m.threads[u].rank), x.variable(x.m.threads[t].rank)
	return compose(0, 1, "%s != 0 && (%s == 0 || %s < %s)", a, b, a, b)
}

// runs says whether nobody keeps the thread, which rests at the place, from
// running.
func (x *exporter) runs(t int, pl place) expr {
	atomic, begun := x.at(t, pl)
	var by []expr
	for u := range x.m.threads {
		by = append(by, x.keeps(u, t, atomic, begun))
	}
	alive := truth(true)
	if pl.pending&pendGet != 0 {
		alive = not(x.gone())
	}
	free := not(either(by...))
	return all(alive, x.named(fmt.Sprintf("FREE_%s_%d%d", x.ids[t], bit(atomic), bit(begun)), free))
}

// withholds is machine.withholds.
func (x *exporter) withholds(u, t int, class spec.Class) expr {
	if u == t {
		return truth(false)
	}
	other := x.m.p.Threads[u].Class
	why := x.atomicCond(u)
	if other != spec.IRQ && (other > class || other == class && class.FIFO()) {
		why = either(why, not(x.asleep(u)))
	}
	return all(not(x.over(u)), why)
}

// withheld says whether a thread keeps those of the class off one of the CPUs.
func (x *symbolic) withheld(cpus expr, class spec.Class) expr {
	var by []expr
	for u := range x.m.threads {
		by = append(by, all(inSet(cpus, x.get(x.m.threads[u].cpu)), x.withholds(u, x.t, class)))
	}
	return either(by...)
}

// inside is who is in a read-side section, by machine.heldUp and machine.reads: the
// CPUs and the threads; step, if there is one, is what the thread it belongs to is
// doing.
func (x *exporter) inside(step *symbolic) (cpus, readers expr) {
	cpus, readers = number(0), number(0)
	for t := range x.m.threads {
		tl := &x.m.threads[t]
		atomic, reads := all(x.atomicCond(t), not(x.over(t))), all(nonzero(x.variable(tl.readers)), not(x.over(t)))
		cpu := x.variable(tl.cpu)
		if step != nil && step.t == t {
			atomic, reads, cpu = truth(step.atomic()), truth(step.now.readers > 0), step.get(tl.cpu)
		}
		on := number(1 << cpu.val)
		if !cpu.known {
			on = compose(1, 1<<cpu.hi, "1 << %s", cpu)
		}
		cpus = union(cpus, ifelse(atomic, on, number(0)))
		readers = union(readers, ifelse(reads, number(1<<t), number(0)))
	}
	return cpus, readers
}

// isPlace says whether the thread rests at the place.
func (x *exporter) isPlace(t int, pl place) expr {
	tl := &x.m.threads[t]
	conds := []expr{equals(x.variable(tl.pc), int64(pl.pc))}
	parts := func(pl place) []placePart {
		out := placeParts(tl, pl)
		for i, r := range x.counters[t] {
			if c := pl.counters[i]; c.known {
				out = append(out, placePart{index: len(out), slot: tl.regs + r, value: c.val})
			}
		}
		return out
	}
	for _, f := range parts(pl) {
		same := true
		for _, other := range x.places[t] {
			if other.pc == pl.pc && parts(other)[f.index].value != f.value {
				same = false
			}
		}
		if !same {
			conds = append(conds, equals(x.variable(f.slot), f.value))
		}
	}
	return all(conds...)
}

// A placePart is what is recorded of a thread that is known where it rests.
type placePart struct {
	index, slot int
	value       int64
}

func placeParts(tl *threadLayout, pl place) []placePart {
	out := []placePart{
		{slot: tl.pending, value: pl.pending}, {slot: tl.preempt, value: pl.preempt}, {slot: tl.irqOff, value: pl.irqOff},
		{slot: tl.readers, value: pl.readers}, {slot: tl.locks, value: pl.locks}, {slot: tl.inGet, value: pl.inGet},
		{slot: tl.attempt, value: pl.attempt},
	}
	for i := range out {
		out[i].index = i
	}
	return out
}

// ready is machine.ready, where the thread rests at one of the places.
func (x *exporter) ready(t int, where func(place) bool) expr {
	var ways []expr
	for _, pl := range x.places[t] {
		if !where(pl) || x.m.views[viewFinished][pl.pc] {
			continue
		}
		var here []expr
		x.paths(t, pl, (*symbolic).step, func(p *symbolic) {
			if !p.blocked {
				here = append(here, all(append(slices.Clone(p.conds), either(truth(p.pruned || p.wrong != ""), p.changes()))...))
			}
		})
		ways = append(ways, all(x.isPlace(t, pl), either(here...)))
	}
	return either(ways...)
}

// changes says whether the path changes anything, queues apart.
func (x *symbolic) changes() expr {
	if x.now != x.from {
		return truth(true)
	}
	var which []expr
	for _, slot := range x.changed() {
		before, after := x.before(slot), x.store[slot]
		switch {
		case after.known:
			which = append(which, not(equals(before, after.val)))
		case before.known:
			which = append(which, not(equals(after, before.val)))
		default:
			which = append(which, compose(0, 1, "%s != %s", before, after))
		}
	}
	return either(which...)
}

// waitsOn says whether thread u, resting at an access to memory of the object,
// would have to wait, with every choice the first.
func (x *exporter) waitsOn(u, o int) expr {
	var ways []expr
	for _, pl := range x.places[u] {
		if !x.m.views[viewWaits][pl.pc] || x.m.views[viewFinished][pl.pc] {
			continue
		}
		var here []expr
		x.paths(u, pl, (*symbolic).step, func(p *symbolic) {
			if p.cell < 0 || x.m.p.Cells[p.cell].Object != o || !p.first || p.pruned || p.wrong != "" {
				return
			}
			waits := truth(true)
			if !p.blocked {
				waits = not(p.changes())
			}
			here = append(here, all(append(slices.Clone(p.conds), waits)...))
		})
		ways = append(ways, all(x.isPlace(u, pl), either(here...)))
	}
	return x.named(fmt.Sprintf("WAITS_%s_%d", x.ids[u], o), either(ways...))
}

// mustFinish is machine.mustFinish.
func (x *exporter) mustFinish(t int) expr {
	return either(truth(x.m.p.Threads[t].MustFinish), x.begun(t))
}

// givenUp is machine.givenUp.
func (x *exporter) givenUp(t int) expr {
	return x.threadCond("GIVEN_UP", t, func() expr {
		idle := func(pc int) bool { return x.m.p.Code[pc].Idle }
		return all(x.isAt(t, idle), not(x.ready(t, func(pl place) bool { return idle(pl.pc) })))
	})
}

// stuck says whether machine.stuckThreads are any.
func (x *exporter) stuck() expr {
	var by []expr
	for t := range x.m.threads {
		by = append(by, all(x.mustFinish(t), not(x.over(t)), not(x.givenUp(t))))
	}
	return x.named("STUCK", either(by...))
}

// leak says whether machine.leaks finds any.
func (x *exporter) leak() expr {
	if !x.m.finals {
		return truth(false)
	}
	var busy, left []expr
	for t, th := range x.m.p.Threads {
		awaits := x.isAt(t, func(pc int) bool { return x.m.p.Code[pc].Op == spec.OpAwait })
		busy = append(busy, all(truth(th.MustFinish), not(x.over(t)), either(awaits, not(x.givenUp(t)))))
	}
	for o := range x.m.p.Objects {
		unfinished := either(not(x.variable(x.m.final+o)), truth(x.m.releases))
		left = append(left, all(not(x.variable(x.m.released+o)), unfinished))
	}
	return x.named("LEFT_BEHIND", all(not(either(busy...)), either(left...)))
}

// hung is machine.hung.
func (x *exporter) hung() expr {
	var ways []expr
	for t, th := range x.m.p.Threads {
		var by []expr
		for u := range x.m.threads {
			if u == t || x.m.p.Threads[u].MustFinish {
				continue
			}
			by = append(by, all(not(x.mustFinish(u)), either(x.delays(t, u), all(x.keepsAnywhere(u, t), x.readyAnywhere(t)))))
		}
		wants := not(x.over(t))
		if th.Class == spec.IRQ {
			wants = all(wants, x.begun(t))
		}
		ways = append(ways, all(wants, either(by...)))
	}
	return x.named("HUNG", either(ways...))
}

func (x *exporter) readyAnywhere(t int) expr {
	return x.threadCond("READY", t, func() expr { return x.ready(t, func(place) bool { return true }) })
}

// keepsAnywhere is machine.keeps, wherever t rests.
func (x *exporter) keepsAnywhere(u, t int) expr {
	return either(
		all(x.atomicCond(t), not(x.begun(t)), x.keeps(u, t, true, false)),
		all(not(x.atomicCond(t)), x.keeps(u, t, false, false)))
}

// delays says whether u is one of machine.delayers of t.
func (x *exporter) delays(t, u int) expr {
	tl, ul := &x.m.threads[t], &x.m.threads[u]
	waits := x.isAt(t, func(pc int) bool {
		in := &x.m.p.Code[pc]
		return in.Op == spec.OpGrace && spec.GraceKind(in.Sub) == spec.GraceWait
	})
	ways := []expr{all(waits, not(x.over(u)), either(
		all(inSet(x.variable(tl.graceCPUs), x.variable(ul.cpu)), x.atomicCond(u)),
		inSet(x.variable(tl.graceReaders), number(int64(u)))))}
	for _, pl := range x.places[t] {
		in := &x.m.p.Code[pl.pc]
		if in.Op != spec.OpStop {
			continue
		}
		s := &symbolic{exporter: x, t: t, from: pl, now: pl, facts: map[string]int64{}}
		mask := s.value(in.A, x.m.p.Threads[t].LocalBase)
		ways = append(ways, all(x.isPlace(t, pl), inSet(mask, x.variable(ul.cpu)), x.withholds(u, t, spec.Class(in.B.Val))))
	}
	return either(ways...)
}
