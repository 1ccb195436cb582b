package checker

import (
	"fmt"

	"lastput/spec"
)

// This file prints the queues of FIFO priorities, and the judgement of states in
// which nothing can step.

// moves says whether a step that changes nothing else changes the thread's place
// in its queue.
func (x *exporter) moves(t int, p *symbolic) expr {
	mine := x.variable(x.m.threads[t].rank)
	if x.m.threads[t].rank == x.m.none {
		return truth(false)
	}
	last := p.yielded || x.pauses(p.now.pc)
	var ways []expr
	for u := range x.m.threads {
		if u == t || !x.alike(t, u) {
			continue
		}
		other := x.variable(x.m.threads[u].rank)
		moved := compose(0, 1, "%s == %s", other, mine)
		if last {
			moved = compose(0, 1, "%s >= %s", other, mine)
		}
		ways = append(ways, all(x.sameCPU(t, u), compose(0, 1, "%s != 0", mine), moved))
	}
	return either(ways...)
}

// pauses reports whether a thread that rests there sleeps for a while.
func (x *exporter) pauses(pc int) bool {
	return x.m.p.Code[pc].Op == spec.OpYield && x.m.p.Code[pc].Sleep
}

// alike reports whether the threads may be in one queue.
func (x *exporter) alike(t, u int) bool {
	return x.m.threads[u].rank != x.m.none && x.m.threads[t].rank != x.m.none && x.m.p.Threads[u].Class == x.m.p.Threads[t].Class
}

// requeue prints machine.requeue, after a step of the thread.
func (x *exporter) requeue(indent string, t int, yielded bool) {
	const last = 1 << 20
	for u := range x.m.threads {
		if x.m.threads[u].rank == x.m.none {
			continue
		}
		rank := x.variable(x.m.threads[u].rank)
		asleep := func(pl place) bool { return x.m.views[viewAsleep][pl.pc] }
		sleeps := x.threadCond("RESTS", u, func() expr { return all(x.asleep(u), not(x.ready(u, asleep))) })
		then := fmt.Sprintf("%s * 2", rank)
		if u == t {
			back := x.isAt(u, x.pauses)
			if yielded {
				back = truth(true)
			}
			then = ifelse(back, number(last+1), compose(0, last, "%s * 2 - 1", rank)).String()
		}
		x.temps = max(x.temps, u+1)
		x.line("%stmp%d = (%s -> 0 : (%s == 0 -> %d : %s));", indent, u, either(x.over(u), sleeps), rank, last, then)
	}
	for u := range x.m.threads {
		if x.m.threads[u].rank != x.m.none {
			x.line("%s%s = (tmp%d == 0 -> 0 : %s);", indent, x.variable(x.m.threads[u].rank), u, x.placeInQueue(u))
		}
	}
}

// placeInQueue is one more than how many different values the threads before u in
// its queue have.
func (x *exporter) placeInQueue(u int) string {
	text := "1"
	for v := range x.m.threads {
		if v == u || !x.alike(u, v) {
			continue
		}
		before := func(w int) expr {
			return all(x.sameCPU(u, w), expr{text: fmt.Sprintf("(tmp%d != 0 && tmp%d < tmp%d)", w, w, u), hi: 1})
		}
		counts := before(v)
		for w := range v {
			if w != u && x.alike(u, w) {
				counts = all(counts, not(all(x.sameCPU(u, w), expr{text: fmt.Sprintf("(tmp%d == tmp%d)", w, v), hi: 1})))
			}
		}
		text += fmt.Sprintf(" + %s", counts)
	}
	return text
}

// judge prints the process that looks at states in which nothing can step. It
// changes nothing, and adds no state.
func (x *exporter) judge() {
	x.line("\nactive proctype judge()\n{\nend:\n\tdo")
	if v := x.start[x.m.violated]; v != 0 {
		prop := propertyName(spec.Properties[v-1])
		x.line("\t:: d_step {\n\t\ttimeout && bad == %s ->\n\t\tassert(bad != %s)\n\t\t}", prop, prop)
	} else {
		x.verdicts()
	}
	x.line("\t:: false\n\tod\n}")
}

func (x *exporter) verdicts() {
	ends := all(expr{text: "bad == 0", hi: 1}, not(x.prunedSomewhere()))
	stuck, hung := x.stuck(), truth(false)
	for t, th := range x.m.p.Threads {
		if !th.MustFinish || x.m.p.Threads[t].Class == spec.IRQ {
			hung = x.hung()
			break
		}
	}
	for _, end := range []struct {
		prop spec.Property
		when expr
	}{{spec.Deadlock, all(stuck, not(hung))}, {spec.Hang, all(stuck, hung)}, {spec.Leak, all(not(stuck), x.leak())}} {
		if end.when.known && end.when.val == 0 {
			continue
		}
		prop := propertyName(end.prop)
		x.line("\t:: d_step {\n\t\ttimeout && %s && %s ->\n\t\tassert(%s != %s)\n\t\t}", ends, end.when, prop, prop)
	}
}

// prunedSomewhere says whether a step comes to an assumption that does not hold.
func (x *exporter) prunedSomewhere() expr {
	var ways []expr
	for t := range x.m.threads {
		for _, pl := range x.places[t] {
			if x.m.views[viewFinished][pl.pc] {
				continue
			}
			runs := x.runs(t, pl)
			x.paths(t, pl, (*symbolic).step, func(p *symbolic) {
				if p.pruned {
					ways = append(ways, all(append([]expr{x.isPlace(t, pl), runs}, p.conds...)...))
				}
			})
		}
	}
	return x.named("PRUNED", either(ways...))
}
