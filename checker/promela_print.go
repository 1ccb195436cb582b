package checker

import (
	"fmt"
	"slices"
	"strings"

	"lastput/spec"
)

// This file prints exported programs.

func (x *exporter) line(format string, args ...any) {
	fmt.Fprintf(&x.b, format+"\n", args...)
}

// model is the whole text.
func (x *exporter) model() string {
	x.walk() // with all that is known
	for t := range x.m.threads {
		x.process(t)
	}
	x.judge()
	body := x.b.String()
	x.b.Reset()
	x.head()
	x.b.WriteString(body)
	return x.b.String()
}

const promelaHead = `/*
 * %s, scenario %s (%s)
 *
 * Exported by mc show --promela. A process for each thread, its labels where the
 * thread can rest, one d_step for each way a step can go. Run it with
 *
 *     spin -a -o1 -o2 -o3 FILE
 *     gcc -O2 -w -fwrapv -DSAFETY -DNOREDUCE -DVECTORSZ=%d -o pan pan.c
 *     ./pan -c0 -m1000000
 *
 * The switches of spin keep it from leaving variables out of the state; -c0 goes on
 * after a violation. Then the states stored are those of mc check --no-reduction.
 * A failed assertion names the property by its number, below; one that compares
 * no such number says that a value did not fit the 32 bits of a number of Promela.
 */

`

func (x *exporter) head() {
	p := x.m.p
	fmt.Fprintf(&x.b, promelaHead, p.Model, p.Scenario, p.Scenario.About(), x.vectorSize())
	for _, prop := range spec.Properties {
		if !prop.IsNote() {
			x.line("#define %s %d", propertyName(prop), 1+prop.Rank())
		}
	}
	x.line("")
	for slot := range x.start {
		if v := x.variable(slot); !v.known && x.names[slot] != "" {
			x.line("%s %s = %s;", promelaType(v), v.text, number(x.start[slot]))
		}
	}
	x.line("byte bad = %d;", x.start[x.m.violated])
	for i := range x.temps {
		x.line("hidden int tmp%d;", i)
	}
	x.line("")
	for _, d := range x.defines {
		x.line("#define %s %s", d.name, d.text)
	}
}

// vectorSize bounds the bytes of a state of SPIN.
func (x *exporter) vectorSize() int {
	return 1024 + 4*len(x.start) + 16*len(x.m.threads)
}

func propertyName(p spec.Property) string {
	return strings.ToUpper(strings.ReplaceAll(string(p), "-", "_"))
}

func promelaType(v expr) string {
	switch {
	case v.lo >= 0 && v.hi <= 1:
		return "bit"
	case v.lo >= 0 && v.hi <= 255:
		return "byte"
	case v.lo >= -1<<15 && v.hi < 1<<15:
		return "short"
	}
	return "int"
}

// label names a place of the thread. A violation may leave it elsewhere.
func (x *exporter) label(t int, pl place) string {
	i := slices.Index(x.places[t], pl)
	if i < 0 {
		return "end_elsewhere"
	}
	return fmt.Sprintf("end_%d", i)
}

// process prints a thread.
func (x *exporter) process(t int) {
	x.line("\nactive proctype %s()\n{", x.ids[t])
	for i, pl := range x.places[t] {
		in := &x.m.p.Code[pl.pc]
		if !x.m.views[viewFinished][pl.pc] {
			x.line("\t/* %s: %s */", x.m.p.Place(in.Pos), comment(x.m.p.Source(in.Pos)))
		}
		x.line("end_%d:\n\tif", i)
		if x.start[x.m.violated] == 0 && !x.m.views[viewFinished][pl.pc] {
			x.steps(t, pl)
			x.migrations(t, pl)
		}
		x.line("\t:: false\n\tfi;")
	}
	x.line("end_elsewhere:\n\tfalse\n}")
}

// comment makes a line of C fit a comment.
func comment(source string) string {
	return strings.TrimSpace(strings.NewReplacer("/*", "", "*/", "", "\\", "").Replace(source))
}

// steps prints what the thread can do at the place.
func (x *exporter) steps(t int, pl place) {
	runs := x.runs(t, pl)
	x.paths(t, pl, (*symbolic).step, func(p *symbolic) {
		if p.blocked || p.pruned {
			return
		}
		changes := truth(true)
		if p.wrong == "" {
			changes = either(p.changes(), x.moves(t, p))
		}
		guard := all(append([]expr{runs}, append(slices.Clone(p.conds), changes)...)...)
		if guard.known && guard.val == 0 {
			return
		}
		x.line("\t:: d_step {\n\t\t%s ->", all(expr{text: "bad == 0", lo: 0, hi: 1}, guard))
		for _, d := range p.demands {
			x.line("\t\tassert(%s);", d)
		}
		if p.wrong != "" {
			p.clearRegs()
		}
		x.assign(p)
		if p.wrong != "" {
			x.violate("\t\t", p.wrong)
		} else {
			x.settle(p)
		}
		x.line("\t\t} -> goto %s", x.label(t, p.now))
	})
}

func (x *exporter) violate(indent string, prop spec.Property) {
	x.line("%sbad = %s;\n%sassert(bad != %s);", indent, propertyName(prop), indent, propertyName(prop))
}

// An assignment is one of those that a step makes at once.
type assignment struct {
	slot int
	e    expr
}

// assign prints what the path changes. What is computed from a variable that was
// already changed is computed before.
func (x *exporter) assign(p *symbolic) {
	var list []assignment
	tl := &x.m.threads[p.t]
	if p.now.pc != p.from.pc {
		list = append(list, assignment{tl.pc, number(int64(p.now.pc))})
	}
	before := placeParts(tl, p.from)
	for i, f := range placeParts(tl, p.now) {
		if f.value != before[i].value && f.slot != x.m.none {
			list = append(list, assignment{f.slot, number(f.value)})
		}
	}
	for _, slot := range p.changed() {
		list = append(list, assignment{slot, p.store[slot]})
	}
	temps := 0
	for i, a := range list {
		if slices.ContainsFunc(list[:i], func(b assignment) bool { return slices.Contains(a.e.reads, b.slot) }) {
			x.line("\t\ttmp%d = %s;", temps, a.e)
			list[i].e = expr{text: fmt.Sprintf("tmp%d", temps)}
			temps++
		}
	}
	x.temps = max(x.temps, temps)
	for _, a := range list {
		if v := x.variable(a.slot); !v.known {
			x.line("\t\t%s = %s;", v.text, a.e)
		}
	}
}

// settle prints what machine.step does when the thread's own part is done.
func (x *exporter) settle(p *symbolic) {
	for _, o := range p.freed {
		x.checkWaiters(p, o)
	}
	if len(p.freed) == 0 {
		x.afterwards("\t\t", p.t, p.yielded)
		return
	}
	x.line("\t\tif\n\t\t:: bad == 0 ->")
	x.afterwards("\t\t\t", p.t, p.yielded)
	x.line("\t\t\tskip\n\t\t:: else\n\t\tfi;")
}

// checkWaiters prints machine.checkWaiters.
func (x *exporter) checkWaiters(p *symbolic, o int) {
	released := x.variable(x.m.released + o)
	for u := range x.m.threads {
		if u == p.t {
			continue
		}
		waits := x.waitsOn(u, o)
		if waits.known && waits.val == 0 {
			continue
		}
		x.temps = max(x.temps, 1)
		x.line("\t\ttmp0 = %s;", not(x.over(u)))
		if !released.known {
			x.line("\t\t%s = 0;", released)
		}
		x.line("\t\ttmp0 = tmp0 && %s;", waits)
		if !released.known {
			x.line("\t\t%s = 1;", released)
		}
		x.line("\t\tif\n\t\t:: bad == 0 && tmp0 ->")
		x.clear("\t\t\t", p.t)
		x.violate("\t\t\t", spec.UseAfterRelease)
		x.line("\t\t:: else\n\t\tfi;")
	}
}

// clear prints machine.clearRegs.
func (x *exporter) clear(indent string, t int) {
	tl := &x.m.threads[t]
	for r := range tl.nregs {
		if v := x.variable(tl.regs + r); !v.known {
			x.line("%s%s = 0;", indent, v)
		}
	}
}

// afterwards prints what follows a step, or a migration, of the thread: the
// machine's settle, and its checkInvariants.
func (x *exporter) afterwards(indent string, t int, yielded bool) {
	cpus, readers := x.inside(nil)
	for w := range x.m.threads {
		if v := x.variable(x.m.threads[w].graceCPUs); !v.known {
			x.line("%s%s = %s & %s;", indent, v, v, x.named("INSIDE_CPUS", cpus))
		}
		if v := x.variable(x.m.threads[w].graceReaders); !v.known {
			x.line("%s%s = %s & %s;", indent, v, v, x.named("INSIDE_READERS", readers))
		}
	}
	x.requeue(indent, t, yielded)
	x.invariants(indent, t)
}

// invariants prints machine.checkInvariants.
func (x *exporter) invariants(indent string, t int) {
	for n, i := range x.m.p.Invariants {
		var props []spec.Property
		when := map[spec.Property][]expr{}
		var demands []expr
		x.paths(-1, place{pc: x.m.p.Procs[i].Entry}, func(s *symbolic) { s.invariant(i) }, func(s *symbolic) {
			demands = append(demands, s.demands...)
			if s.wrong == "" {
				return
			}
			if when[s.wrong] == nil {
				props = append(props, s.wrong)
			}
			when[s.wrong] = append(when[s.wrong], all(s.conds...))
		})
		for _, d := range demands {
			x.line("%sassert(%s);", indent, d)
		}
		for _, prop := range props {
			broken := x.named(fmt.Sprintf("BROKEN_%d_%s", n, propertyName(prop)), either(when[prop]...))
			x.line("%sif\n%s:: bad == 0 && %s ->", indent, indent, broken)
			x.clear(indent+"\t", t)
			x.violate(indent+"\t", prop)
			x.line("%s:: else\n%sfi;", indent, indent)
		}
	}
}

// migrations prints where the thread can migrate from the place.
func (x *exporter) migrations(t int, pl place) {
	atomic, _ := x.at(t, pl)
	if !x.m.p.Threads[t].Migrates || atomic {
		return
	}
	tl := &x.m.threads[t]
	cpu := x.variable(tl.cpu)
	alive := truth(true)
	if pl.pending&pendGet != 0 {
		alive = not(x.gone())
	}
	for to := range x.m.p.NCPU {
		if x.m.p.Isolated>>to&1 != 0 || cpu.known {
			continue
		}
		x.line("\t:: d_step {\n\t\tbad == 0 && %s && %s != %d ->\n\t\t%s = %d;", alive, cpu, to, cpu, to)
		if tl.rank != x.m.none {
			x.line("\t\t%s = 0;", x.variable(tl.rank))
		}
		x.requeue("\t\t", t, false)
		x.line("\t\t} -> goto %s", x.label(t, pl))
	}
}
