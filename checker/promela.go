package checker

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"lastput/spec"
)

// This file exports programs to Promela, the language of SPIN (Holzmann, "The SPIN
// Model Checker", Addison-Wesley 2004), for a second opinion: docs/promela.md says
// what is exported and how to run it. Every thread is a process whose places are
// labels, every path through a step of it one d_step with a guard. Variables are
// the components of a state, none more, so both sides count the same states.

// An exporter makes Promela of a program.
type exporter struct {
	m     *machine
	start state
	ids   []string // of threads
	names []string // of slots

	// What is known of the variables, a bit more with every pass: bounds, and
	// which may stand for an unsigned int of 2^31 or more.
	known, found []varRange
	targets      []int64 // what pointers may point to
	ends         bool    // the program has the least or the greatest number of 64 bits
	// counters are the registers of each thread, a few, of which it is often known
	// what they hold; blurred says where it is not.
	counters [][]int
	blurred  map[blur]bool
	places   [][]place
	rests    [][]int // the instructions at which threads can rest, or a few more

	defines []define
	conds   map[string]expr
	temps   int // hidden variables that are needed
	b       strings.Builder
}

// A varRange is what is known of the values of a variable.
type varRange struct {
	lo, hi int64
	wraps  bool
}

func (r *varRange) add(e expr) {
	if e.known {
		e.lo, e.hi = repr(e.val), repr(e.val)
		e.wraps = e.val != e.lo && !isEnd(e.val)
	}
	r.lo, r.hi, r.wraps = min(r.lo, e.lo), max(r.hi, e.hi), r.wraps || e.wraps && e.lo < 0
}

// Promela is the program in Promela. The error names what cannot be exported.
func Promela(p *spec.Prog) (text string, err error) {
	defer func() {
		if r := recover(); r != nil {
			why, is := r.(refusal)
			if !is {
				panic(r)
			}
			text, err = "", fmt.Errorf("%s cannot be exported to Promela in scenario %s: %s", p.Model, p.Scenario, string(why))
		}
	}()
	x := &exporter{m: newMachine(p, rules{}), conds: map[string]expr{}, blurred: map[blur]bool{}}
	if len(p.Threads) > maxSet || p.NCPU > maxSet {
		x.refuse("%d threads on %d CPUs: sets of more than %d members", len(p.Threads), p.NCPU, maxSet)
	}
	x.start = x.m.start()
	x.nameAll()
	for _, th := range p.Threads {
		x.counters = append(x.counters, countersOf(p, &p.Procs[th.Proc]))
	}
	x.targets, x.ends = pointerTargets(p), hasEnds(p)
	x.learnRanges()
	return x.model(), nil
}

// maxSet is how many members a set has at most: a number of Promela has 32 bits.
const maxSet = 30

// A blur is a counter of a thread at an instruction where it is not always known.
type blur struct{ thread, pc, counter int }

// blur finds the counters that are known in one place and not in another of the same
// instruction: then they are known in none, so that what is recorded of a thread
// tells where it is.
func (x *exporter) blur() (found bool) {
	for t, places := range x.places {
		for _, pl := range places {
			for i := range x.counters[t] {
				if b := (blur{t, pl.pc, i}); !pl.counters[i].known && !x.blurred[b] {
					x.blurred[b], found = true, true
				}
			}
		}
	}
	return found
}

// countersOf are the kept registers that count up or down by constants. Loops over
// an index end where it is known.
func countersOf(p *spec.Prog, proc *spec.Proc) []int {
	var out []int
	for _, in := range p.Code[proc.Entry:proc.End] {
		counts := in.Op == spec.OpBin && (spec.BinOp(in.Sub) == spec.Add || spec.BinOp(in.Sub) == spec.Sub) && in.Dst < proc.Regs &&
			in.A == spec.Operand{Kind: spec.OpdReg, Val: int64(in.Dst)} && in.B.Kind == spec.OpdConst
		if counts && !slices.Contains(out, in.Dst) && len(out) < maxCounters {
			out = append(out, in.Dst)
		}
	}
	return out
}

// hasEnds reports whether the least or the greatest number of 64 bits is in the
// program.
func hasEnds(p *spec.Prog) bool {
	is := func(o spec.Operand) bool { return o.Kind == spec.OpdConst && isEnd(o.Val) }
	return slices.ContainsFunc(p.Code, func(in spec.Inst) bool { return is(in.A) || is(in.B) || is(in.C) }) ||
		slices.ContainsFunc(p.Cells, func(c spec.Cell) bool { return isEnd(c.Init) })
}

// pointerTargets are the values that a pointer can have, in any run, NULL first.
func pointerTargets(p *spec.Prog) []int64 {
	reached := map[int64]bool{}
	for _, c := range p.Cells {
		if p.Types[c.Type].Pointer && c.Init > 0 {
			reached[c.Init] = true
		}
	}
	add := func(o spec.Operand, base int) {
		if o.Kind == spec.OpdAddr || o.Kind == spec.OpdLocal {
			reached[o.Val+1+int64(base)] = true
		}
	}
	for i, proc := range p.Procs {
		bases := []int{proc.LocalBase}
		for _, th := range p.Threads {
			if th.Proc == i {
				bases = append(bases, th.LocalBase)
			}
		}
		for _, in := range p.Code[proc.Entry:proc.End] {
			for _, base := range bases {
				for _, o := range []spec.Operand{in.A, in.B, in.C} {
					if o.Kind == spec.OpdAddr {
						base = 0
					}
					add(o, base)
				}
			}
		}
	}
	// A pointer moves within its variable.
	for ptr := range reached {
		if ptr > int64(len(p.Cells)) {
			delete(reached, ptr)
			continue
		}
		if v := p.Vars[p.Cells[ptr-1].Var]; computesPointers(p) {
			for c := v.Cell; c < v.Cell+v.Cells; c++ {
				reached[int64(c)+1] = true
			}
		}
	}
	var out []int64
	for ptr := range int64(len(p.Cells)) + 1 {
		if ptr == 0 || reached[ptr] {
			out = append(out, ptr)
		}
	}
	return out
}

// computesPointers reports whether pointers are computed.
func computesPointers(p *spec.Prog) bool {
	return slices.ContainsFunc(p.Code, func(in spec.Inst) bool { return in.Op == spec.OpIndex })
}

// learnRanges runs all steps until no more is learned of what variables hold.
func (x *exporter) learnRanges() {
	x.known = make([]varRange, len(x.start))
	for slot := range x.known {
		x.known[slot] = varRange{lo: math.MinInt32, hi: math.MaxInt32}
		if slot < len(x.m.p.Cells) {
			t := &x.m.p.Types[x.m.p.Cells[slot].Type]
			x.known[slot].lo, x.known[slot].hi = bounds(t)
			if v := x.start[slot]; t.Bits == 64 && v != repr(v) && !isEnd(v) {
				x.refuse("%s begins as %d, which needs more than 32 bits", x.m.p.Cells[slot].Name, v)
			}
			x.known[slot].wraps = t.Unsigned && t.Bits == 32
		}
	}
	for _, th := range x.m.threads {
		x.known[th.cpu].lo, x.known[th.cpu].hi = 0, int64(x.m.p.NCPU-1)
	}
	for _, th := range x.m.p.Threads {
		proc := x.m.p.Procs[th.Proc]
		var all []int
		for pc := proc.Entry; pc < proc.End; pc++ {
			all = append(all, pc)
		}
		x.rests = append(x.rests, all)
	}
	for pass := 1; ; pass++ {
		x.found = make([]varRange, len(x.start))
		for slot, v := range x.start {
			x.found[slot] = varRange{lo: repr(v), hi: repr(v)}
		}
		x.walk()
		wrapped, narrowed := x.blur(), false
		for slot, f := range x.found {
			k := &x.known[slot]
			wrapped = wrapped || f.wraps && !k.wraps
			narrowed = narrowed || f.lo > k.lo || f.hi < k.hi
			k.lo, k.hi, k.wraps = max(k.lo, f.lo), min(k.hi, f.hi), k.wraps || f.wraps
		}
		if !wrapped && (!narrowed || pass >= maxPasses) {
			return
		}
	}
}

// maxPasses is enough for most: bounds are sound after each pass, and only get
// closer.
const maxPasses = 6

// walk runs every step from every place that a thread can come to.
func (x *exporter) walk() {
	x.places = make([][]place, len(x.m.threads))
	x.conds, x.defines = map[string]expr{}, nil
	for t := range x.m.threads {
		x.places[t] = []place{x.placeIn(t)}
	}
	for t := range x.m.threads {
		for i := 0; i < len(x.places[t]) && x.start[x.m.violated] == 0; i++ {
			if i == maxCounted && len(x.counters[t]) > 0 {
				// It counts without end.
				x.counters[t] = nil
				x.places[t], i = []place{x.placeIn(t)}, 0
			}
			if i == maxPlaces {
				x.refuse("%s: it can rest at more than %d places", x.m.p.Threads[t].Name, maxPlaces)
			}
			if pl := x.places[t][i]; !x.m.views[viewFinished][pl.pc] {
				x.walkFrom(t, pl)
			}
		}
	}
	x.conds, x.defines = map[string]expr{}, nil
	for t, places := range x.places {
		x.rests[t] = nil
		for _, pl := range places {
			if !slices.Contains(x.rests[t], pl.pc) {
				x.rests[t] = append(x.rests[t], pl.pc)
			}
		}
	}
	for t := range x.m.threads {
		tl := &x.m.threads[t]
		if x.m.p.Threads[t].Migrates {
			x.found[tl.cpu].lo, x.found[tl.cpu].hi = 0, int64(x.m.p.NCPU-1)
		}
		if tl.rank != x.m.none {
			x.found[tl.rank].lo, x.found[tl.rank].hi = 0, int64(len(x.m.threads))
		}
		for _, slot := range []int{tl.graceCPUs, tl.graceReaders} {
			x.found[slot].lo = min(x.found[slot].lo, 0)
		}
	}
}

// placeIn is where the thread rests in the first state.
func (x *exporter) placeIn(t int) place {
	tl, s := &x.m.threads[t], x.start
	pl := place{pc: int(s[tl.pc]), pending: s[tl.pending], preempt: s[tl.preempt], irqOff: s[tl.irqOff], readers: s[tl.readers],
		locks: s[tl.locks], inGet: s[tl.inGet], attempt: s[tl.attempt]}
	for i, r := range x.counters[t] {
		if !x.blurred[blur{t, pl.pc, i}] {
			pl.counters[i] = heldCount{true, s[tl.regs+r]}
		}
	}
	return pl
}

func (x *exporter) walkFrom(t int, pl place) {
	tl := &x.m.threads[t]
	x.paths(t, pl, (*symbolic).step, func(p *symbolic) {
		if p.blocked || p.pruned {
			return
		}
		for slot, e := range p.store {
			x.found[slot].add(e)
		}
		x.found[tl.pc].add(number(int64(p.now.pc)))
		for _, f := range placeParts(tl, p.now) {
			if f.slot != x.m.none {
				x.found[f.slot].add(number(f.value))
			}
		}
		if p.wrong == "" && !slices.Contains(x.places[t], p.now) {
			x.places[t] = append(x.places[t], p.now)
		}
	})
	for r := range tl.nregs {
		x.found[tl.regs+r].add(number(0))
	}
}

// variable is a component of the state.
func (x *exporter) variable(slot int) expr {
	if slot == x.m.none {
		return number(0)
	}
	r := x.known[slot]
	if r.lo == r.hi {
		return number(x.start[slot])
	}
	return expr{text: x.names[slot], reads: []int{slot}, lo: r.lo, hi: r.hi, wraps: r.wraps}
}

// nameAll gives the threads and the components of the state their names.
func (x *exporter) nameAll() {
	taken := map[string]bool{}
	unique := func(name string) string {
		name = strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
				return r
			}
			return '_'
		}, name)
		name = strings.Trim(name, "_")
		free := name
		for i := 2; taken[free]; i++ {
			free = fmt.Sprintf("%s_%d", name, i)
		}
		taken[free] = true
		return free
	}
	x.names = make([]string, len(x.start))
	for i, c := range x.m.p.Cells {
		x.names[i] = unique("m_" + c.Name)
	}
	for o, obj := range x.m.p.Objects {
		x.names[x.m.final+o], x.names[x.m.released+o] = unique("final_"+obj.Name), unique("released_"+obj.Name)
	}
	x.names[x.m.attempted], x.names[x.m.succeeded], x.names[x.m.doubted], x.names[x.m.violated] = "any_attempted", "any_succeeded", "doubted_by", "bad"
	for t, th := range x.m.p.Threads {
		id := unique("t_" + th.Name)
		x.ids = append(x.ids, id)
		tl := &x.m.threads[t]
		for _, part := range []struct {
			slot int
			what string
		}{
			{tl.pc, "at"}, {tl.cpu, "cpu"}, {tl.preempt, "preempt"}, {tl.irqOff, "irq_off"}, {tl.readers, "readers"}, {tl.rank, "rank"},
			{tl.graceCPUs, "grace_cpus"}, {tl.graceReaders, "grace_readers"}, {tl.locks, "locks"}, {tl.pending, "pending"},
			{tl.inGet, "in_get"}, {tl.attempt, "attempt"}, {tl.news, "news"},
		} {
			x.names[part.slot] = unique(id + "__" + part.what)
		}
		for o, obj := range x.m.p.Objects {
			x.names[tl.held+o], x.names[tl.putting+o] = unique(id+"__held_"+obj.Name), unique(id+"__putting_"+obj.Name)
		}
		for r := range tl.nregs {
			x.names[tl.regs+r] = unique(fmt.Sprintf("%s__r%d_%s", id, r, regNameOf(x.m.p, th.Proc, r)))
		}
	}
}

func regNameOf(p *spec.Prog, proc, r int) string {
	if names := p.Procs[proc].RegNames; r < len(names) {
		return names[r]
	}
	return ""
}
