package checker

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"lastput/spec"
)

// This file runs steps for export: not on a state but on expressions, by symbolic
// execution (King, "Symbolic execution and program testing", CACM 1976). Each way
// that a step can go is one path, with the condition under which it is gone. What
// an instruction does here is what it does in exec.go and ghost.go.

// A place is where a thread can rest: the instruction, and what is recorded of
// the thread that is known there.
type place struct {
	pc                                                       int
	pending, preempt, irqOff, readers, locks, inGet, attempt int64
	counters                                                 [maxCounters]heldCount // see exporter.counters
}

// A heldCount is what a register is known to hold.
type heldCount struct {
	known bool
	val   int64
}

// A symbolic is one path through one step, or through an invariant.
type symbolic struct {
	*exporter
	t     int // -1 in an invariant
	from  place
	now   place
	store map[int]expr // what has been written
	temps []expr
	cell  int // that the visible operation accesses, or -1

	script []int // decisions to take, those not listed are 0
	arity  []int // how many ways each decision met has
	conds  []expr
	facts  map[string]int64
	first  bool // every choice came out 0
	picks  int  // CPUs picked from sets
	// demands must hold, or the numbers of Promela are too small.
	demands []expr

	blocked, pruned, yielded bool
	wrong                    spec.Property
	freed                    []int
}

// A refusal says what cannot be exported.
type refusal string

func (x *exporter) refuse(format string, args ...any) { panic(refusal(fmt.Sprintf(format, args...))) }

// paths calls visit with each path of a step of the thread from the place.
func (x *exporter) paths(t int, from place, run func(*symbolic), visit func(*symbolic)) {
	var script []int
	for n := 0; ; n++ {
		if n == maxPaths {
			in := &x.m.p.Code[from.pc]
			x.refuse("the step at %s: it can go more than %d ways", x.m.p.Place(in.Pos), maxPaths)
		}
		s := &symbolic{exporter: x, t: t, from: from, now: from, store: map[int]expr{}, cell: -1, script: script, facts: map[string]int64{}, first: true}
		s.temps = slices.Repeat([]expr{number(0)}, len(x.m.temps))
		run(s)
		s.count()
		visit(s)
		var more bool
		if script, more = nextScript(script, s.arity); !more {
			return
		}
	}
}

// Bounds on what is exported.
const (
	maxPaths    = 4096    // of one step
	maxPathCode = 1 << 12 // instructions of one path
	maxPlaces   = 1 << 14 // of one thread
	maxCounted  = 512     // of one thread, with counters
	maxPathCPUs = 10      // in a set that one path goes through
	maxCounters = 8       // of one thread
)

// nextScript is machine.nextScript.
func nextScript(script, arity []int) ([]int, bool) {
	for len(script) < len(arity) {
		script = append(script, 0)
	}
	for i := len(arity) - 1; i >= 0; i-- {
		if script[i]++; script[i] < arity[i] {
			return script[:i+1], true
		}
	}
	return nil, false
}

// decide takes one of n ways.
func (x *symbolic) decide(n int) int {
	v := 0
	if len(x.arity) < len(x.script) {
		v = x.script[len(x.arity)]
	}
	x.arity = append(x.arity, n)
	return v
}

// branch says which way a condition goes, on this path.
func (x *symbolic) branch(c expr) bool {
	if c = x.fact(nonzero(c)); c.known {
		return c.val != 0
	}
	if c.neg != nil {
		return !x.branch(*c.neg)
	}
	if x.decide(2) == 0 {
		x.learn(c, 1)
		return true
	}
	x.learn(c, 0)
	return false
}

// learn adds to what holds on the path that a condition does, or does not.
func (x *symbolic) learn(c expr, v int64) {
	x.facts[c.text] = v
	if v == 0 {
		if c.zero != "" {
			x.facts[c.zero] = 0
		}
		c = not(c)
	} else if c.of != "" {
		x.facts[c.of] = c.is
	}
	x.conds = append(x.conds, c)
}

// fact is e, or the number that it is known to be on this path.
func (x *symbolic) fact(e expr) expr {
	if v, ok := x.facts[e.text]; ok && !e.known {
		return number(v)
	}
	return e
}

// among is which of the numbers e is, on this path; -1 if none.
func (x *symbolic) among(e expr, candidates []int64) int64 {
	if e = x.fact(e); e.known {
		if slices.Contains(candidates, e.val) {
			return e.val
		}
		return -1
	}
	candidates = slices.DeleteFunc(slices.Clone(candidates), func(v int64) bool { return equals(e, v).known })
	if i := x.decide(len(candidates) + 1); i < len(candidates) {
		x.learn(equals(e, candidates[i]), 1)
		return candidates[i]
	}
	for _, v := range candidates {
		x.learn(equals(e, v), 0)
	}
	return -1
}

// demand says that the export is right only if c holds.
func (x *symbolic) demand(c expr) {
	if c = x.fact(c); c.known && c.val != 0 {
		return
	}
	x.demands = append(x.demands, c)
}

func (x *symbolic) ok() bool { return x.wrong == "" && !x.blocked && !x.pruned }

// fail is machine.fail, with no property ignored.
func (x *symbolic) fail(prop spec.Property) {
	if x.wrong == "" && !prop.IsNote() {
		x.wrong = prop
	}
}

// get reads a slot of the state.
func (x *symbolic) get(slot int) expr {
	if e, ok := x.store[slot]; ok {
		return x.fact(e)
	}
	return x.fact(x.before(slot))
}

// before is what a slot holds before the step.
func (x *symbolic) before(slot int) expr {
	if x.t >= 0 {
		tl := &x.m.threads[x.t]
		r := slot - tl.regs
		if r >= 0 && r < tl.nregs && slices.Contains(x.m.dead[x.from.pc], r) {
			return number(0)
		}
		if i := slices.Index(x.counters[x.t], r); i >= 0 && x.from.counters[i].known {
			return number(x.from.counters[i].val)
		}
	}
	return x.variable(slot)
}

func (x *symbolic) set(slot int, e expr) {
	if slot == x.m.none {
		return
	}
	if e.known && e.val != repr(e.val) && int64(uint32(e.val)) != e.val && !isEnd(e.val) {
		x.refuse("the number %d, which needs more than 32 bits", e.val)
	}
	if b := x.before(slot); b.String() == e.String() {
		delete(x.store, slot)
		return
	}
	x.store[slot] = e
}

func (x *symbolic) reg(r int) expr {
	if x.t >= 0 && r < x.m.threads[x.t].nregs {
		return x.get(x.m.threads[x.t].regs + r)
	}
	return x.fact(x.temps[x.temp(r)])
}

func (x *symbolic) temp(r int) int {
	if x.t >= 0 {
		r -= x.m.threads[x.t].nregs
	}
	return r
}

func (x *symbolic) setReg(r int, e expr) {
	if len(e.text) > maxText {
		x.refuse("an expression of more than %d characters", maxText)
	}
	if x.t >= 0 && r < x.m.threads[x.t].nregs {
		x.set(x.m.threads[x.t].regs+r, e)
		return
	}
	x.temps[x.temp(r)] = e
}

const maxText = 1 << 13

func (x *symbolic) value(o spec.Operand, local int) expr {
	switch o.Kind {
	case spec.OpdReg:
		return x.reg(int(o.Val))
	case spec.OpdAddr, spec.OpdFunc:
		return number(o.Val + 1)
	case spec.OpdLocal:
		return number(int64(local) + o.Val + 1)
	}
	return number(o.Val)
}

// step is machine.step, as far as it is the thread's own.
func (x *symbolic) step() {
	x.applyPending()
	x.operate(&x.m.p.Code[x.now.pc], x.m.p.Threads[x.t].LocalBase)
	if x.ok() {
		x.now.pc++
		x.ride()
	}
}

// ride is machine.ride.
func (x *symbolic) ride() {
	seen := map[string]bool{}
	for n := 0; ; n++ {
		in := &x.m.p.Code[x.now.pc]
		if x.rests(in) {
			break
		}
		if in.Held && n >= 32 {
			key := fmt.Sprint(x.now, x.store, x.temps)
			if seen[key] {
				x.blocked = true
				return
			}
			seen[key] = true
		}
		if n == maxPathCode {
			x.refuse("the step at %s: more than %d instructions ride on it", x.m.p.Place(x.m.p.Code[x.from.pc].Pos), n)
		}
		x.now.pc = x.local(in, x.now.pc, x.m.p.Threads[x.t].LocalBase)
		if !x.ok() {
			return
		}
	}
	x.rest()
}

// rests is machine.rests.
func (x *symbolic) rests(in *spec.Inst) bool {
	switch in.Op {
	case spec.OpEnd:
		return true
	case spec.OpCPU:
		return x.m.p.Threads[x.t].Migrates && !in.Held && !x.atomic()
	}
	return in.Visible()
}

// atomic is machine.atomic, of the thread itself while it steps.
func (x *symbolic) atomic() bool {
	return x.now.preempt > 0 || x.now.irqOff != 0 || x.m.p.Threads[x.t].Class == spec.IRQ && !x.m.views[viewStart][x.now.pc]
}

// rest is machine.rest.
func (x *symbolic) rest() {
	tl := &x.m.threads[x.t]
	if x.m.p.Code[x.now.pc].Op != spec.OpEnd {
		for _, r := range x.m.dead[x.now.pc] {
			x.set(tl.regs+r, number(0))
		}
		return
	}
	x.balance()
	x.applyPending()
	x.clearRegs()
	x.set(tl.cpu, number(int64(x.m.p.Threads[x.t].CPU)))
	x.now.inGet = 0
	x.set(tl.news, number(0))
}

func (x *symbolic) clearRegs() {
	tl := &x.m.threads[x.t]
	for r := range tl.nregs {
		x.set(tl.regs+r, number(0))
	}
	x.count()
}

// count notes the counters where the thread has come to.
func (x *symbolic) count() {
	if x.t < 0 {
		return
	}
	for i, r := range x.counters[x.t] {
		e := x.get(x.m.threads[x.t].regs + r)
		x.now.counters[i] = heldCount{}
		if e.known && !x.blurred[blur{x.t, x.now.pc, i}] {
			x.now.counters[i] = heldCount{true, e.val}
		}
	}
}

// invariant is machine.runAtomic, of an invariant.
func (x *symbolic) invariant(proc int) {
	p := &x.m.p.Procs[proc]
	for n, pc := 0, p.Entry; x.ok(); n++ {
		in := &x.m.p.Code[pc]
		switch {
		case in.Op == spec.OpEnd:
			if !x.branch(x.value(in.A, p.LocalBase)) {
				x.fail(spec.Invariant)
			}
			return
		case n == maxPathCode:
			x.refuse("%s: more than %d instructions", p.Name, n)
		case in.Visible():
			x.operate(in, p.LocalBase)
			pc++
		default:
			pc = x.local(in, pc, p.LocalBase)
		}
	}
}

// operate is machine.operate.
func (x *symbolic) operate(in *spec.Inst, local int) {
	if in.Sleep {
		if x.maySleep(); !x.ok() {
			return
		}
	}
	switch in.Op {
	case spec.OpLoad, spec.OpStore, spec.OpRMW, spec.OpUse:
		x.access(in, local)
	case spec.OpCPU:
		x.setReg(in.Dst, x.cpu())
	case spec.OpRelease:
		x.release(in, local)
	case spec.OpHog:
		x.blocked = true
	case spec.OpYield:
		x.yielded = !in.Sleep
	case spec.OpIRQ:
		x.irq(in, local)
	}
	if x.t < 0 {
		return
	}
	switch in.Op {
	case spec.OpPreempt:
		x.now.preempt = x.counted(x.now.preempt + in.A.Val)
	case spec.OpRCU:
		x.now.readers = x.counted(x.now.readers + in.A.Val)
	case spec.OpAwait:
		if x.blocked = !x.branch(x.get(x.m.threads[x.t].news)); !x.blocked {
			x.set(x.m.threads[x.t].news, number(0))
		}
	case spec.OpGrace:
		x.grace(in)
	case spec.OpStop:
		x.blocked = x.branch(x.withheld(x.value(in.A, local), spec.Class(in.B.Val)))
	}
}

func (x *symbolic) cpu() expr {
	if x.t < 0 {
		return number(0)
	}
	return x.get(x.m.threads[x.t].cpu)
}

// counted is a depth after a step in or out.
func (x *symbolic) counted(n int64) int64 {
	if n < 0 {
		x.fail(spec.Unbalanced)
		return 0
	}
	return n
}

// irq is machine.irqOp.
func (x *symbolic) irq(in *spec.Inst, local int) {
	off := x.value(in.A, local)
	switch {
	case x.t < 0:
		x.setReg(in.Dst, number(0))
	case x.m.p.Threads[x.t].Class == spec.IRQ:
		turnOff := x.branch(off)
		if x.setReg(in.Dst, number(1)); !turnOff {
			x.fail(spec.Unbalanced)
		}
	default:
		turnOff := x.branch(off)
		x.setReg(in.Dst, number(x.now.irqOff))
		x.now.irqOff = bit(turnOff)
	}
}

// grace is machine.grace.
func (x *symbolic) grace(in *spec.Inst) {
	tl := &x.m.threads[x.t]
	if spec.GraceKind(in.Sub) == spec.GraceWait {
		x.blocked = x.branch(either(nonzero(x.get(tl.graceCPUs)), nonzero(x.get(tl.graceReaders))))
		return
	}
	cpus, readers := x.inside(x)
	if in.A.Val&spec.FlavourSched != 0 {
		x.set(tl.graceCPUs, cpus)
	}
	if in.A.Val&spec.FlavourPreemptible != 0 {
		x.set(tl.graceReaders, readers)
	}
}

// maySleep is machine.maySleep.
func (x *symbolic) maySleep() {
	if x.t >= 0 && (x.m.p.Threads[x.t].Class == spec.IRQ || x.now.preempt > 0 || x.now.irqOff != 0 || x.now.readers > 0) {
		x.fail(spec.SleepInAtomic)
	}
}

// access is machine.access.
func (x *symbolic) access(in *spec.Inst, local int) {
	cell, ok := x.address(in, local)
	if !ok {
		return
	}
	if x.cell < 0 {
		x.cell = cell
	}
	t := &x.m.p.Types[x.m.p.Cells[cell].Type]
	if as := &x.m.p.Types[in.Type]; in.Op != spec.OpUse && as != t && !as.SameValues(t) {
		x.fail(spec.InvalidAccess)
		return
	}
	old := x.get(cell)
	switch in.Op {
	case spec.OpLoad:
		x.setReg(in.Dst, old)
	case spec.OpStore:
		x.set(cell, x.normalize(t, x.value(in.B, local)))
	case spec.OpRMW:
		x.set(cell, x.modified(spec.RMWKind(in.Sub), t, old, x.value(in.B, local), x.value(in.C, local)))
		x.setReg(in.Dst, x.fact(old))
	}
}

// modified is spec.EvalRMW.
func (x *symbolic) modified(k spec.RMWKind, t *spec.Type, v, b, c expr) expr {
	switch k {
	case spec.Xchg:
		v = b
	case spec.FetchAdd:
		return x.sum(t, v, b, false)
	case spec.FetchAnd, spec.FetchOr:
		op := spec.And
		if k == spec.FetchOr {
			op = spec.Or
		}
		v, _ = x.binary(op, t, v, b)
	case spec.CmpXchg:
		if x.branch(x.same(t, v, b)) {
			v = c
		}
	case spec.AddUnless:
		if !x.branch(x.same(t, v, c)) {
			return x.sum(t, x.fact(v), b, false)
		}
	case spec.DecIfPos:
		signed := spec.Type{Bits: t.Bits, Unsigned: t.Unsigned && t.Bits < 64}
		if x.branch(x.less(&signed, number(0), v)) {
			return x.sum(t, x.fact(v), number(1), true)
		}
	}
	return x.normalize(t, x.fact(v))
}

// address is machine.address.
func (x *symbolic) address(in *spec.Inst, local int) (cell int, ok bool) {
	if cell, ok = x.locate(in, local); !ok {
		x.fail(spec.InvalidAccess)
		return 0, false
	}
	if o := x.m.p.Cells[cell].Object; o >= 0 && x.t >= 0 && x.branch(x.get(x.m.released+o)) {
		x.fail(spec.UseAfterRelease)
	}
	return cell, x.ok()
}

// locate is machine.locate.
func (x *symbolic) locate(in *spec.Inst, local int) (cell int, ok bool) {
	ptr := x.pointer(x.value(in.A, local))
	if ptr == 0 {
		return 0, false
	}
	cell = int(ptr - 1)
	if in.ThisCPU != 0 {
		v := x.m.p.Vars[x.m.p.Cells[cell].Var]
		cell += int(in.ThisCPU) * int(x.which(x.cpu(), span(int64(x.m.p.NCPU))))
		if cell >= v.Cell+v.Cells {
			return 0, false
		}
	}
	if v := &x.m.p.Vars[x.m.p.Cells[cell].Var]; v.Scoped && !x.branch(x.get(v.Cell)) {
		return 0, false
	}
	return cell, true
}

// pointer is where e points, on this path; 0 if nowhere.
func (x *symbolic) pointer(e expr) int64 {
	if e.known {
		if e.val <= 0 || e.val > int64(len(x.m.p.Cells)) {
			return 0
		}
		return e.val
	}
	return x.which(e, x.targets)
}

// which is which of the numbers e is. It is one of them.
func (x *symbolic) which(e expr, candidates []int64) int64 {
	v := x.among(e, candidates)
	if v < 0 {
		// The path is one that is never gone, and says so if it is.
		x.demand(truth(false))
		v = candidates[0]
	}
	return v
}

// local is machine.local.
func (x *symbolic) local(in *spec.Inst, at, local int) (pc int) {
	pc = at + 1
	switch in.Op {
	case spec.OpMov:
		x.setReg(in.Dst, x.value(in.A, local))
	case spec.OpConv:
		x.setReg(in.Dst, x.normalize(&x.m.p.Types[in.Type], x.inner(x.value(in.A, local))))
	case spec.OpBin:
		e, what := x.binary(spec.BinOp(in.Sub), &x.m.p.Types[in.Type], x.value(in.A, local), x.value(in.B, local))
		if what != "" {
			x.fail(spec.InvalidAccess)
		} else {
			x.setReg(in.Dst, e)
		}
	case spec.OpUn:
		x.setReg(in.Dst, x.unary(spec.UnOp(in.Sub), &x.m.p.Types[in.Type], x.value(in.A, local)))
	case spec.OpIndex:
		x.index(in, local)
	case spec.OpJump:
		pc = in.To
	case spec.OpBr:
		if !x.branch(x.value(in.A, local)) {
			pc = in.To
		}
	case spec.OpChoose:
		x.setReg(in.Dst, number(int64(x.choose(int(in.A.Val)))))
	case spec.OpPick:
		x.pick(in, local)
	case spec.OpAssert:
		if !x.branch(x.value(in.A, local)) {
			x.fail(spec.Assertion)
		}
	case spec.OpAssume:
		x.pruned = !x.branch(x.value(in.A, local))
	case spec.OpCover, spec.OpNop:
	case spec.OpScope:
		x.scope(in, local)
	case spec.OpGhost:
		x.ghost(in, local)
	case spec.OpSelf:
		x.setReg(in.Dst, number(int64(x.t)))
	default:
		x.operate(in, local)
	}
	if x.wrong != "" {
		return at
	}
	return pc
}

// choose is one of n outcomes of a choice.
func (x *symbolic) choose(n int) int {
	v := x.decide(n)
	x.first = x.first && v == 0
	return v
}

// index is machine.index.
func (x *symbolic) index(in *spec.Inst, local int) {
	base, i := x.value(in.A, local), x.value(in.B, local)
	ptr := x.pointer(base)
	if ptr == 0 {
		x.fail(spec.InvalidAccess)
		return
	}
	v := x.m.p.Vars[x.m.p.Cells[ptr-1].Var]
	var inside []int64
	for k := range x.extent(in, local) {
		if cell := ptr - 1 + k*int64(in.To); cell >= int64(v.Cell) && cell < int64(v.Cell+v.Cells) {
			inside = append(inside, k)
		}
	}
	if in.C.Kind == spec.OpdNone {
		inside = nil
		for cell := v.Cell; cell < v.Cell+v.Cells; cell++ {
			if by := int64(cell) - (ptr - 1); in.To != 0 && by%int64(in.To) == 0 {
				inside = append(inside, by/int64(in.To))
			}
		}
		if in.To == 0 {
			inside = []int64{i.val}
		}
	}
	if i.known {
		if !slices.Contains(inside, i.val) {
			x.fail(spec.InvalidAccess)
			return
		}
		x.setReg(in.Dst, number(ptr+i.val*int64(in.To)))
		return
	}
	for _, k := range inside {
		if k < 0 {
			x.refuse("%s: an index below 0 that is not a constant", x.m.p.Place(in.Pos))
		}
	}
	k := x.among(i, inside)
	if k < 0 {
		x.fail(spec.InvalidAccess)
		return
	}
	x.setReg(in.Dst, number(ptr+k*int64(in.To)))
}

// extent is how many elements the array has that is indexed.
func (x *symbolic) extent(in *spec.Inst, local int) int64 {
	if in.C.Kind == spec.OpdNone {
		return 0
	}
	n := x.value(in.C, local)
	if !n.known || n.val > int64(len(x.m.p.Cells)) {
		x.refuse("%s: an array of a length that is not a constant", x.m.p.Place(in.Pos))
	}
	return n.val
}

// pick is machine.pick.
func (x *symbolic) pick(in *spec.Inst, local int) {
	mask := x.value(in.A, local)
	if !x.branch(mask) {
		x.fail(spec.InvalidAccess)
		return
	}
	mask = x.fact(mask)
	if x.picks++; x.picks > 1 && !mask.known {
		// Bits were taken from it, perhaps, that it must not have any more.
		mask = number(x.which(mask, span(1<<min(x.m.p.NCPU, maxPathCPUs))))
		if mask.val == 0 {
			x.fail(spec.InvalidAccess)
			return
		}
	}
	if mask.known {
		x.setReg(in.Dst, number(x.pickKnown(uint64(mask.val), x.t < 0 || in.Commutes)))
		return
	}
	ncpu := x.m.p.NCPU
	i := 0
	if x.t < 0 || in.Commutes {
		i = x.decide(ncpu)
		x.conds = append(x.conds, compose(0, 1, "(%s & %s) == %s", mask, number(2<<i-1), number(1<<i)))
	} else {
		i = x.choose(ncpu)
		x.conds = append(x.conds, compose(0, 1, "(%s >> %s) & 1", mask, number(int64(i))))
	}
	if hi := int64(1) << ncpu; mask.lo < 0 || mask.hi >= hi {
		x.demand(compose(0, 1, "(%s & %s) == 0", mask, number(^(hi - 1))))
	}
	x.setReg(in.Dst, number(int64(i)))
}

func (x *symbolic) pickKnown(mask uint64, lowest bool) int64 {
	var cpus []int64
	for i := range int64(64) {
		if mask>>i&1 != 0 {
			cpus = append(cpus, i)
		}
	}
	if lowest {
		return cpus[0]
	}
	return cpus[x.choose(len(cpus))]
}

// scope is machine.scope.
func (x *symbolic) scope(in *spec.Inst, local int) {
	first := local + int(in.B.Val)
	for c := range int(in.C.Val) {
		x.set(first+c, number(0))
	}
	x.set(first, number(in.A.Val))
}

// applyPending is machine.applyPending.
func (x *symbolic) applyPending() {
	tl, pend := &x.m.threads[x.t], x.now.pending
	x.now.pending = 0
	if pend&pendGet != 0 && tl.inGet != x.m.none {
		x.now.inGet = 1
	}
	if pend&pendUnload != 0 {
		x.set(x.m.attempted, number(1))
		x.now.attempt = 1
		x.set(tl.news, number(0))
	}
	for o := 0; pend&pendPut != 0 && o < len(x.m.p.Objects); o++ {
		x.set(tl.held+o, minus(x.get(tl.held+o), x.get(tl.putting+o)))
		x.set(tl.putting+o, number(0))
	}
}

// ghost is machine.ghost.
func (x *symbolic) ghost(in *spec.Inst, local int) {
	if x.t < 0 {
		return
	}
	switch kind := spec.GhostKind(in.Sub); kind {
	case spec.GhostGot, spec.GhostPutting, spec.GhostFinal:
		if o, ok := x.object(in, local); ok {
			x.lifetime(kind, o)
		}
	case spec.GhostGetBegin:
		x.now.pending |= pendGet
	case spec.GhostGetEnd:
		x.now.pending &^= pendGet
		x.now.inGet = 0
	case spec.GhostUnload:
		x.now.pending |= pendUnload
	case spec.GhostCall:
		x.applyPending()
		for u := range x.m.threads {
			if u != x.t && x.m.awaits[u] {
				news := x.m.threads[u].news
				x.set(news, ifelse(x.finished(u), x.get(news), number(1)))
			}
		}
	case spec.GhostBalance:
		x.balance()
	case spec.GhostLock:
		x.now.locks++
	case spec.GhostUnlock:
		x.now.locks--
	case spec.GhostAttempted:
		x.attemptEnds(x.branch(x.value(in.A, local)))
	case spec.GhostMaySleep:
		x.maySleep()
	case spec.GhostRefused:
		x.refused()
	}
}

// object is machine.object.
func (x *symbolic) object(in *spec.Inst, local int) (int, bool) {
	ptr := x.value(in.A, local)
	if len(x.m.p.Objects) == 1 && x.branch(equals(ptr, 0)) {
		return 0, true
	}
	if at := x.pointer(x.fact(ptr)); at != 0 {
		if o := x.m.p.Cells[at-1].Object; o >= 0 {
			return o, true
		}
	}
	x.fail(spec.InvalidAccess)
	return 0, false
}

// lifetime is machine.lifetime.
func (x *symbolic) lifetime(kind spec.GhostKind, o int) {
	tl := &x.m.threads[x.t]
	switch kind {
	case spec.GhostGot:
		if x.branch(x.get(x.m.final + o)) {
			x.fail(spec.GetAfterFinalPut)
		}
		x.set(tl.held+o, plus(x.get(tl.held+o), number(1)))
	case spec.GhostPutting:
		x.now.pending |= pendPut
		x.set(tl.putting+o, plus(x.get(tl.putting+o), number(1)))
	case spec.GhostFinal:
		x.finalPut(o)
	}
}

// finalPut is machine.finalPut.
func (x *symbolic) finalPut(o int) {
	held := number(0)
	for u := range x.m.threads {
		held = plus(held, x.get(x.m.threads[u].held+o))
	}
	positive := truth(held.val > 0)
	if !held.known {
		positive = compose(0, 1, "%s > 0", held)
	}
	if x.branch(positive) {
		x.fail(spec.FinalPutWhileHeld)
	}
	if x.m.judged && x.now.pending&pendUnload == 0 && !x.branch(x.get(x.m.attempted)) {
		x.fail(spec.FinalPutWhileHeld)
	}
	x.set(x.m.final+o, number(1))
}

// release is machine.release.
func (x *symbolic) release(in *spec.Inst, local int) {
	o, ok := x.object(in, local)
	if !ok || x.t < 0 {
		return
	}
	var inGet []expr
	for u := range x.m.threads {
		if u != x.t {
			inGet = append(inGet, x.get(x.m.threads[u].inGet))
		}
	}
	if x.m.p.Pinned && x.branch(either(inGet...)) {
		x.blocked = true
		return
	}
	if x.branch(x.get(x.m.released + o)) {
		x.fail(spec.DoubleRelease)
		return
	}
	if !x.branch(x.get(x.m.final + o)) {
		x.finalPut(o)
	}
	x.set(x.m.released+o, number(1))
	x.freed = append(x.freed, o)
}

// balance is machine.balance.
func (x *symbolic) balance() {
	if x.now.preempt != 0 || x.now.irqOff != 0 || x.now.readers != 0 || x.now.locks != 0 {
		x.fail(spec.Unbalanced)
	}
}

// refused is machine.refused; what is only noted is left out.
func (x *symbolic) refused() {
	if !x.m.judged || x.branch(x.get(x.m.succeeded)) || x.branch(nonzero(x.get(x.m.doubted))) {
		return
	}
	under := number(0)
	for u := range x.m.threads {
		attempt := x.get(x.m.threads[u].attempt)
		if u == x.t {
			attempt = number(x.now.attempt)
		}
		under = union(under, ifelse(attempt, number(1<<u), number(0)))
	}
	x.set(x.m.doubted, under)
}

// attemptEnds is machine.attemptEnds.
func (x *symbolic) attemptEnds(success bool) {
	x.applyPending()
	x.now.attempt = 0
	doubted := x.get(x.m.doubted)
	if success {
		x.set(x.m.succeeded, number(1))
		x.set(x.m.doubted, number(0))
		return
	}
	if x.branch(nonzero(doubted)) {
		left := number(doubted.val &^ (1 << x.t))
		if !doubted.known {
			left = compose(0, math.MaxInt32, "%s & %s", doubted, number(^(1 << x.t)))
		}
		x.set(x.m.doubted, left)
	}
}

// changed are the slots that the path changes, in order.
func (x *symbolic) changed() []int { return slices.Sorted(maps.Keys(x.store)) }
