package checker

import (
	"fmt"
	"slices"

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

// An ending is what may be wrong with a run that ends in a state.
type ending struct {
	prop spec.Property
	when expr
}

// endings are those of machine.ending that are possible.
func (x *exporter) endings() (out []ending) {
	stuck, hung := x.stuck(), truth(false)
	if slices.ContainsFunc(x.m.p.Threads, func(th spec.Thread) bool { return !th.MustFinish }) {
		hung = x.hung()
	}
	for _, e := range []ending{{spec.Deadlock, all(stuck, not(hung))}, {spec.Hang, all(stuck, hung)}, {spec.Leak, all(not(stuck), x.leak())}} {
		if !e.when.known || e.when.val != 0 {
			out = append(out, e)
		}
	}
	return out
}

func (x *exporter) verdicts() {
	good := expr{text: "bad == 0", hi: 1}
	pruned := x.sometimes("PRUNED", func(p *symbolic) expr { return truth(p.pruned) })
	movers, err := x.movers()
	switch ends := x.endings(); {
	case err != "":
		x.line("\t/* %s: how runs end is not judged */", err)
	case len(movers) > 0 && len(ends) > 0:
		x.judgeMovers(movers, ends, good, pruned)
	default:
		for _, e := range ends {
			prop := propertyName(e.prop)
			x.line("\t:: d_step {\n\t\ttimeout && %s && %s ->\n\t\tassert(%s != %s)\n\t\t}", all(good, not(pruned)), e.when, prop, prop)
		}
	}
}

// movers are the threads that migrate.
func (x *exporter) movers() (movers []int, err string) {
	for t, th := range x.m.p.Threads {
		if tl := &x.m.threads[t]; th.Migrates && !x.variable(tl.cpu).known {
			if movers = append(movers, t); tl.rank != x.m.none {
				err = "threads of a FIFO priority migrate"
			}
		}
	}
	return movers, err
}

// judgeMovers judges a state in which nothing can step but threads may migrate, as
// machine.stepsAfterMigration does: it looks at all the places that they can go to,
// and puts them back.
func (x *exporter) judgeMovers(movers []int, ends []ending, good, pruned expr) {
	steps := x.sometimes("CAN_STEP", func(p *symbolic) expr {
		switch {
		case p.blocked || p.pruned:
			return truth(false)
		case p.wrong != "":
			return truth(true)
		}
		return either(p.changes(), x.moves(p.t, p))
	})
	var bad []expr
	for _, e := range ends {
		bad = append(bad, e.when)
	}
	x.line("\t:: d_step {\n\t\t%s ->\n\t\ttmp0 = 0;", all(good, not(steps), not(pruned), either(bad...)))
	x.temps = max(x.temps, 1+2*len(movers))
	indent := "\t\t"
	for i, t := range movers {
		x.line("%stmp%d = %s;", indent, 1+2*i, x.variable(x.m.threads[t].cpu))
	}
	for i, t := range movers {
		cpu, to := x.variable(x.m.threads[t].cpu), fmt.Sprintf("tmp%d", 2+2*i)
		x.line("%sfor (%s : 0 .. %d) {\n%s\tif\n%s\t:: %s == tmp%d || %s && ((%d >> %s) & 1) == 0 ->\n%s\t\t%s = %s;", indent, to, x.m.p.NCPU-1, indent, indent,
			to, 1+2*i, all(not(x.atomicCond(t)), not(x.over(t))), x.m.p.Isolated, to, indent, cpu, to)
		indent += "\t\t"
	}
	x.line("%stmp0 = tmp0 || %s;", indent, either(steps, pruned))
	for range movers {
		indent = indent[2:]
		x.line("%s\t:: else\n%s\tfi\n%s};", indent, indent, indent)
	}
	for i, t := range movers {
		x.line("%s%s = tmp%d;", indent, x.variable(x.m.threads[t].cpu), 1+2*i)
	}
	x.line("\t\tif")
	for _, e := range ends {
		x.line("\t\t:: !tmp0 && %s ->\n\t\t\tassert(%s != %s)", e.when, propertyName(e.prop), propertyName(e.prop))
	}
	x.line("\t\t:: else\n\t\tfi\n\t\t}")
}

// sometimes says whether some thread, running, goes a way for which is holds.
func (x *exporter) sometimes(name string, is func(*symbolic) expr) expr {
	var ways []expr
	for t := range x.m.threads {
		for _, pl := range x.places[t] {
			if x.m.views[viewFinished][pl.pc] {
				continue
			}
			var here []expr
			x.paths(t, pl, (*symbolic).step, func(p *symbolic) { here = append(here, all(append(slices.Clone(p.conds), is(p))...)) })
			ways = append(ways, all(x.isPlace(t, pl), either(here...), x.runs(t, pl)))
		}
	}
	return x.named(name, either(ways...))
}
