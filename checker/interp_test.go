package checker

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"testing"

	"lastput/spec"
)

// This file is a second interpreter, written from what spec/prog.go says of
// each instruction: on Go structs and maps, one function after the other. The
// reference interpreter is compared with it step by step.

// A world is a state.
type world struct {
	p       *spec.Prog
	ignored []spec.Property
	strict  bool
	// Of the last step, and not part of the state.
	noted map[spec.Property]bool
	calls []callEnd

	Cells     map[int]int64 // only what is not 0; likewise below
	Final     map[int]bool
	Released  map[int]bool
	Attempted bool
	Succeeded bool
	Doubted   map[int]bool // attempts by whose success a failed get is justified
	Actors    []actor
}

// A callEnd is a get that has failed or an attempt to unload that is over.
type callEnd struct {
	thread           int
	refused, success bool
	under            map[int]bool // refused: attempts under way
}

// An actor is a thread.
type actor struct {
	PC, CPU      int
	Preempt      int64
	IRQOff       bool
	Readers      int64
	GraceCPUs    map[int]bool
	GraceReaders map[int]bool
	Locks        int
	GetNext      bool // a pinned get begins with the next step
	UnloadNext   bool
	PuttingNext  map[int]int
	InGet, News  bool
	Attempt      bool
	Held         map[int]int
	Regs         map[int]int64
}

// How a step can end early.
type (
	wrongRun  struct{ prop spec.Property }
	waitRun   struct{}
	prunedRun struct{}
)

// worldOf reads a state of the machine.
func worldOf(m *machine, s state) *world {
	w := &world{
		p: m.p, ignored: m.ignore, strict: m.strict, noted: map[spec.Property]bool{}, Cells: map[int]int64{}, Final: map[int]bool{}, Released: map[int]bool{},
		Attempted: s[m.attempted] != 0, Succeeded: s[m.succeeded] != 0, Doubted: bitsOf(s[m.doubted]),
	}
	for i := range m.p.Cells {
		put(w.Cells, i, s[i])
	}
	for o := range m.p.Objects {
		put(w.Final, o, s[m.final+o] != 0)
		put(w.Released, o, s[m.released+o] != 0)
	}
	for _, l := range m.threads {
		a := actor{
			PC: int(s[l.pc]), CPU: int(s[l.cpu]), Preempt: s[l.preempt], IRQOff: s[l.irqOff] != 0, Readers: s[l.readers], Locks: int(s[l.locks]),
			GraceCPUs: bitsOf(s[l.graceCPUs]), GraceReaders: bitsOf(s[l.graceReaders]),
			GetNext: s[l.pending]&pendGet != 0, UnloadNext: s[l.pending]&pendUnload != 0,
			InGet: s[l.inGet] != 0, News: s[l.news] != 0, Attempt: s[l.attempt] != 0,
			PuttingNext: map[int]int{}, Held: map[int]int{}, Regs: map[int]int64{},
		}
		for o := range m.p.Objects {
			put(a.PuttingNext, o, int(s[l.putting+o]))
			put(a.Held, o, int(s[l.held+o]))
		}
		for r := range l.nregs {
			put(a.Regs, r, s[l.regs+r])
		}
		w.Actors = append(w.Actors, a)
	}
	return w
}

// bitsOf is a set from its bits.
func bitsOf(v int64) map[int]bool {
	out := map[int]bool{}
	for i := range 63 {
		put(out, i, v>>i&1 == 1)
	}
	return out
}

// put keeps zeros out of a map.
func put[V comparable](m map[int]V, k int, v V) {
	var zero V
	if m[k] = v; v == zero {
		delete(m, k)
	}
}

func (w *world) clone() *world {
	c := *w
	c.Cells, c.Final, c.Released, c.Doubted = maps.Clone(w.Cells), maps.Clone(w.Final), maps.Clone(w.Released), maps.Clone(w.Doubted)
	c.noted, c.calls = map[spec.Property]bool{}, nil
	c.Actors = slices.Clone(w.Actors)
	for i := range c.Actors {
		a := &c.Actors[i]
		a.PuttingNext, a.Held, a.Regs = maps.Clone(a.PuttingNext), maps.Clone(a.Held), maps.Clone(a.Regs)
		a.GraceCPUs, a.GraceReaders = maps.Clone(a.GraceCPUs), maps.Clone(a.GraceReaders)
	}
	return &c
}

func (w *world) String() string {
	return fmt.Sprint(w.Cells, w.Final, w.Released, w.Attempted, w.Succeeded, w.Doubted, w.Actors)
}

// step is the step of actor t with these choices: what becomes of it and where
// it leads. asked is how many choices it met.
func (w *world) step(t int, choices []int) (next *world, what outcome, wrong spec.Property, asked int) {
	next = w.clone()
	defer func() {
		switch r := recover().(type) {
		case nil:
		case wrongRun:
			what, wrong = stepped, r.prop
		case waitRun:
			what = waiting
		case prunedRun:
			what = pruned
		default:
			panic(r)
		}
	}()
	ask := func(n int) int {
		asked++
		if asked <= len(choices) {
			return choices[asked-1]
		}
		return 0
	}
	next.run(t, ask)
	for _, i := range w.p.Invariants {
		if next.invariant(i) == 0 {
			next.wrong(spec.Invariant)
		}
	}
	if next.String() == w.String() {
		return next, waiting, "", asked
	}
	return next, stepped, "", asked
}

// wrong ends the step with a violation, notes it, or looks past it.
func (w *world) wrong(p spec.Property) {
	switch note := p == spec.SpuriousFailure || p == spec.EarlyFailure; {
	case slices.Contains(w.ignored, p):
	case note && !w.strict:
		w.noted[p] = true
	default:
		panic(wrongRun{p})
	}
}

// stuck is a violation after which the step cannot go on.
func (w *world) stuck(p spec.Property) {
	w.wrong(p)
	panic(prunedRun{})
}

// run takes the visible operation and all that rides on it.
func (w *world) run(t int, ask func(int) int) {
	a := &w.Actors[t]
	w.beginPending(t)
	var freed []int
	first := true
	for {
		in := w.p.Code[a.PC]
		if !first && w.rests(t, in) {
			break
		}
		first = false
		a.PC++
		w.exec(t, a.Regs, w.p.Threads[t].LocalBase, in, &a.PC, ask, &freed)
	}
	w.arrive(t)
	for _, o := range freed {
		for u := range w.Actors {
			if u != t && w.waitsOn(u, o) {
				w.wrong(spec.UseAfterRelease)
			}
		}
	}
}

func (w *world) rests(t int, in spec.Inst) bool {
	switch in.Op {
	case spec.OpEnd:
		return true
	case spec.OpCPU: // a step only while the thread may migrate
		return w.p.Threads[t].Migrates && !w.atomic(t) && !in.Held
	}
	return in.Op.Info().Visible && !in.Private && !in.Held
}

// handles: the thread is a handler at work.
func (w *world) handles(t int) bool {
	return w.p.Threads[t].Class == spec.IRQ && w.p.Code[w.Actors[t].PC].Op != spec.OpStart && !w.over(t)
}

// atomic: no other thread gets its CPU.
func (w *world) atomic(t int) bool {
	return w.Actors[t].Preempt > 0 || w.Actors[t].IRQOff || w.handles(t)
}

// mayNotSleep: nor in a handler that has not begun, nor in a section of RCU.
func (w *world) mayNotSleep(t int) bool {
	a := w.Actors[t]
	return w.p.Threads[t].Class == spec.IRQ || a.Preempt > 0 || a.IRQOff || a.Readers > 0
}

// beginPending: what was to come with the next step comes.
func (w *world) beginPending(t int) {
	a := &w.Actors[t]
	if a.GetNext {
		a.GetNext, a.InGet = false, true
	}
	if a.UnloadNext {
		a.UnloadNext, a.News, a.Attempt, w.Attempted = false, false, true, true
	}
	for o, n := range a.PuttingNext {
		put(a.Held, o, a.Held[o]-n)
	}
	a.PuttingNext = map[int]int{}
}

// arrive: the thread has come to rest. Registers that are not alive there are
// forgotten; one that has finished is nowhere and remembers only what it holds.
func (w *world) arrive(t int) {
	a := &w.Actors[t]
	in := w.p.Code[a.PC]
	if in.Op == spec.OpEnd {
		w.balanced(t)
		w.beginPending(t)
		a.Regs, a.CPU, a.InGet, a.News = map[int]int64{}, w.p.Threads[t].CPU, false, false
		return
	}
	for r := range a.Regs {
		if !slices.Contains(in.Live, r) {
			delete(a.Regs, r)
		}
	}
}

func (w *world) balanced(t int) {
	if a := w.Actors[t]; a.Preempt != 0 || a.IRQOff || a.Readers != 0 || a.Locks != 0 {
		w.wrong(spec.Unbalanced)
	}
}

// over: the thread has finished, or would begin a pinned get of what is gone.
func (w *world) over(t int) bool {
	if w.p.Code[w.Actors[t].PC].Op == spec.OpEnd {
		return true
	}
	return w.Actors[t].GetNext && len(w.p.Objects) > 0 && len(w.Released) == len(w.p.Objects)
}

// waitsOn: were the object still there, the thread would wait at its memory.
func (w *world) waitsOn(u, o int) bool {
	in := w.p.Code[w.Actors[u].PC]
	if w.over(u) || !in.Op.Info().Access {
		return false
	}
	before := w.clone()
	delete(before.Released, o)
	cell := before.quietAddress(u, in)
	if cell < 0 || w.p.Cells[cell].Object != o {
		return false
	}
	after := before.clone()
	blocked := false
	func() {
		defer func() {
			if r := recover(); r != nil {
				_, blocked = r.(waitRun)
			}
		}()
		after.run(u, func(int) int { return 0 })
		blocked = after.String() == before.String()
	}()
	return blocked
}

func (w *world) quietAddress(u int, in spec.Inst) (cell int) {
	defer func() {
		if r := recover(); r != nil {
			cell = -1
		}
	}()
	a := &w.Actors[u]
	return w.address(u, value(in.A, a.Regs, w.p.Threads[u].LocalBase), in)
}

func value(o spec.Operand, regs map[int]int64, locals int) int64 {
	switch o.Kind {
	case spec.OpdReg:
		return regs[int(o.Val)]
	case spec.OpdAddr, spec.OpdFunc:
		return o.Val + 1 // 0 is NULL
	case spec.OpdLocal:
		return int64(locals) + o.Val + 1
	}
	return o.Val
}

// address is the cell of an access; t is -1 in an invariant.
func (w *world) address(t int, ptr int64, in spec.Inst) int {
	if ptr < 1 || ptr > int64(len(w.p.Cells)) {
		w.stuck(spec.InvalidAccess)
	}
	cell := int(ptr) - 1
	owner := w.p.Vars[w.p.Cells[cell].Var]
	if in.ThisCPU != 0 && t >= 0 {
		cell += int(in.ThisCPU) * w.Actors[t].CPU
	}
	if cell >= owner.Cell+owner.Cells {
		w.stuck(spec.InvalidAccess)
	}
	if owner.Scoped && w.Cells[owner.Cell] == 0 {
		w.stuck(spec.InvalidAccess)
	}
	if o := w.p.Cells[cell].Object; t >= 0 && o >= 0 && w.Released[o] {
		w.wrong(spec.UseAfterRelease)
	}
	return cell
}

// exec does one instruction.
func (w *world) exec(t int, regs map[int]int64, locals int, in spec.Inst, pc *int, ask func(int) int, freed *[]int) {
	val := func(o spec.Operand) int64 { return value(o, regs, locals) }
	set := func(v int64) { put(regs, in.Dst, v) }
	var typ *spec.Type
	if in.Type < len(w.p.Types) {
		typ = &w.p.Types[in.Type]
	}
	if in.Sleep && t >= 0 && w.mayNotSleep(t) {
		w.wrong(spec.SleepInAtomic)
	}
	switch in.Op {
	case spec.OpNop, spec.OpStart, spec.OpFence, spec.OpYield:
	case spec.OpMov:
		set(val(in.A))
	case spec.OpConv:
		set(typ.Normalize(val(in.A)))
	case spec.OpBin:
		v, undefined := spec.EvalBin(spec.BinOp(in.Sub), typ, val(in.A), val(in.B))
		if undefined != "" {
			w.stuck(spec.InvalidAccess)
		}
		set(v)
	case spec.OpUn:
		set(spec.EvalUn(spec.UnOp(in.Sub), typ, val(in.A)))
	case spec.OpIndex:
		set(w.element(val(in.A), val(in.B), int64(in.To), in.C.Kind != spec.OpdNone, val(in.C)))
	case spec.OpJump:
		*pc = in.To
	case spec.OpBr:
		if val(in.A) == 0 {
			*pc = in.To
		}
	case spec.OpChoose:
		set(int64(ask(int(in.A.Val))))
	case spec.OpPick:
		if in.Commutes {
			ask = func(int) int { return 0 } // TestCommuting tries them all
		}
		set(w.pick(t, uint64(val(in.A)), ask))
	case spec.OpAssert:
		if val(in.A) == 0 {
			w.wrong(spec.Assertion)
		}
	case spec.OpAssume:
		if val(in.A) == 0 {
			panic(prunedRun{})
		}
	case spec.OpCover:
	case spec.OpScope:
		first := locals + int(in.B.Val)
		for i := range int(in.C.Val) {
			delete(w.Cells, first+i)
		}
		put(w.Cells, first, in.A.Val)
	case spec.OpGhost:
		if t >= 0 {
			w.ghost(t, in, val)
		}
	case spec.OpLoad, spec.OpUse:
		cell := w.address(t, val(in.A), in)
		if in.Op == spec.OpLoad {
			set(w.Cells[cell])
		}
	case spec.OpStore:
		cell := w.address(t, val(in.A), in)
		put(w.Cells, cell, w.p.Types[w.p.Cells[cell].Type].Normalize(val(in.B)))
	case spec.OpRMW:
		cell := w.address(t, val(in.A), in)
		old := w.Cells[cell]
		put(w.Cells, cell, modify(spec.RMWKind(in.Sub), &w.p.Types[w.p.Cells[cell].Type], old, val(in.B), val(in.C)))
		set(old)
	case spec.OpPreempt:
		if t < 0 {
			break
		}
		if w.Actors[t].Preempt += in.A.Val; w.Actors[t].Preempt < 0 {
			w.wrong(spec.Unbalanced)
			w.Actors[t].Preempt = 0
		}
	case spec.OpCPU:
		if set(0); t >= 0 {
			set(int64(w.Actors[t].CPU))
		}
	case spec.OpSelf:
		set(int64(t))
	case spec.OpHog:
		panic(waitRun{})
	case spec.OpIRQ:
		set(w.irq(t, val(in.A) != 0))
	case spec.OpRCU:
		if t < 0 {
			break
		}
		if w.Actors[t].Readers += in.A.Val; w.Actors[t].Readers < 0 {
			w.wrong(spec.Unbalanced)
			w.Actors[t].Readers = 0
		}
	case spec.OpGrace:
		if t >= 0 {
			w.grace(t, spec.GraceKind(in.Sub), in.A.Val)
		}
	case spec.OpStop:
		for u := range w.Actors {
			if t >= 0 && u != t && val(in.A)>>w.Actors[u].CPU&1 == 1 && w.stands(u, spec.Class(in.B.Val)) {
				panic(waitRun{})
			}
		}
	case spec.OpAwait:
		if !w.Actors[t].News {
			panic(waitRun{})
		}
		w.Actors[t].News = false
	case spec.OpRelease:
		w.release(t, w.object(val(in.A)), freed)
	default:
		panic(fmt.Sprint("no meaning for ", in.Op))
	}
}

// irq turns interrupts off, or on, and tells whether they were off. In a handler
// they are, and stay so.
func (w *world) irq(t int, off bool) int64 {
	if t < 0 {
		return 0
	}
	if w.p.Threads[t].Class == spec.IRQ {
		if !off {
			w.wrong(spec.Unbalanced)
		}
		return 1
	}
	was := int64(0)
	if w.Actors[t].IRQOff {
		was = 1
	}
	w.Actors[t].IRQOff = off
	return was
}

// grace: at its begin a grace period takes down who is inside, of the flavours;
// its end is waited for until nobody is left.
func (w *world) grace(t int, kind spec.GraceKind, flavours int64) {
	a := &w.Actors[t]
	if kind == spec.GraceWait {
		if len(a.GraceCPUs)+len(a.GraceReaders) > 0 {
			panic(waitRun{})
		}
		return
	}
	if flavours&spec.FlavourSched != 0 {
		a.GraceCPUs = map[int]bool{}
	}
	if flavours&spec.FlavourPreemptible != 0 {
		a.GraceReaders = map[int]bool{}
	}
	for u := range w.Actors {
		if flavours&spec.FlavourSched != 0 && !w.over(u) && w.atomic(u) {
			a.GraceCPUs[w.Actors[u].CPU] = true
		}
		if flavours&spec.FlavourPreemptible != 0 && !w.over(u) && w.Actors[u].Readers > 0 {
			a.GraceReaders[u] = true
		}
	}
}

// stands: the thread stays on its CPU when one of that class comes.
func (w *world) stands(u int, class spec.Class) bool {
	mine, sleeps := w.p.Threads[u].Class, w.p.Code[w.Actors[u].PC].Sleep
	switch {
	case w.over(u):
		return false
	case w.atomic(u):
		return true
	case mine == spec.IRQ || sleeps:
		return false
	case mine == class:
		return class > spec.Other && class < spec.Stop
	}
	return mine > class
}

// modify is what a read-modify-write stores.
func modify(k spec.RMWKind, typ *spec.Type, v, b, c int64) int64 {
	is := map[spec.RMWKind]int64{
		spec.Xchg: b, spec.FetchAdd: v + b, spec.FetchAnd: v & b, spec.FetchOr: v | b,
		spec.CmpXchg: v, spec.AddUnless: v + b, spec.DecIfPos: v,
	}[k]
	switch {
	case k == spec.CmpXchg && v == b:
		is = c
	case k == spec.AddUnless && v == c:
		is = v
	case k == spec.DecIfPos && v > 0:
		is = v - 1
	}
	return typ.Normalize(is)
}

func (w *world) element(base, i, size int64, limited bool, limit int64) int64 {
	if base < 1 || base > int64(len(w.p.Cells)) || limited && (i < 0 || i >= limit) {
		w.stuck(spec.InvalidAccess)
	}
	to := base + i*size
	owner := w.p.Cells[base-1].Var
	if to < 1 || to > int64(len(w.p.Cells)) || w.p.Cells[to-1].Var != owner {
		w.stuck(spec.InvalidAccess)
	}
	return to
}

// pick is any set bit, outside threads the lowest.
func (w *world) pick(t int, mask uint64, ask func(int) int) int64 {
	if mask == 0 {
		w.stuck(spec.InvalidAccess)
	}
	var set []int64
	for cpu := range 64 {
		if mask>>cpu&1 == 1 {
			set = append(set, int64(cpu))
		}
	}
	if t < 0 {
		return set[0]
	}
	return set[ask(bits.OnesCount64(mask))]
}

// object is the one a pointer leads to; NULL is the only one.
func (w *world) object(ptr int64) int {
	if ptr == 0 && len(w.p.Objects) == 1 {
		return 0
	}
	if ptr < 1 || ptr > int64(len(w.p.Cells)) || w.p.Cells[ptr-1].Object < 0 {
		w.stuck(spec.InvalidAccess)
	}
	return w.p.Cells[ptr-1].Object
}

func (w *world) ghost(t int, in spec.Inst, val func(spec.Operand) int64) {
	a := &w.Actors[t]
	switch spec.GhostKind(in.Sub) {
	case spec.GhostGot:
		o := w.object(val(in.A))
		if w.Final[o] {
			w.wrong(spec.GetAfterFinalPut)
		}
		put(a.Held, o, a.Held[o]+1)
	case spec.GhostPutting:
		o := w.object(val(in.A))
		put(a.PuttingNext, o, a.PuttingNext[o]+1)
	case spec.GhostFinal:
		w.final(t, w.object(val(in.A)))
	case spec.GhostGetBegin:
		a.GetNext = true
	case spec.GhostGetEnd:
		a.GetNext, a.InGet = false, false
	case spec.GhostUnload:
		a.UnloadNext = true
	case spec.GhostCall:
		w.beginPending(t)
		for u := range w.Actors {
			if u != t && w.unloads(u, spec.OpAwait, 0) && w.p.Code[w.Actors[u].PC].Op != spec.OpEnd {
				w.Actors[u].News = true
			}
		}
	case spec.GhostBalance:
		w.balanced(t)
	case spec.GhostLock:
		a.Locks++
	case spec.GhostUnlock:
		a.Locks--
	case spec.GhostMaySleep:
		if w.mayNotSleep(t) {
			w.wrong(spec.SleepInAtomic)
		}
	case spec.GhostRefused:
		w.refused()
	case spec.GhostAttempted:
		w.attempted(t, val(in.A) != 0)
	}
}

// refused: a get has failed. That is for nothing unless an unload has succeeded
// or one that is under way will; and early unless some final put was decided.
func (w *world) refused() {
	judged, under := false, map[int]bool{}
	for u := range w.Actors {
		judged = judged || w.unloads(u, spec.OpGhost, spec.GhostUnload)
		put(under, u, w.Actors[u].Attempt)
	}
	if judged {
		w.calls = append(w.calls, callEnd{refused: true, under: under})
	}
	if judged && !w.Succeeded {
		if len(under) == 0 {
			w.wrong(spec.SpuriousFailure)
		} else if len(w.Doubted) == 0 {
			w.Doubted = maps.Clone(under)
		}
	}
	if len(w.Final) == 0 {
		w.wrong(spec.EarlyFailure)
	}
}

// attempted: an attempt to unload is over.
func (w *world) attempted(t int, success bool) {
	w.beginPending(t)
	w.Actors[t].Attempt = false
	w.calls = append(w.calls, callEnd{thread: t, success: success})
	if success {
		w.Succeeded, w.Doubted = true, map[int]bool{}
		return
	}
	if w.Doubted[t] && len(w.Doubted) == 1 {
		delete(w.Doubted, t)
		w.wrong(spec.SpuriousFailure)
	}
	delete(w.Doubted, t)
}

// unloads: the thread's code has such an instruction.
func (w *world) unloads(u int, op spec.Op, kind spec.GhostKind) bool {
	proc := w.p.Procs[w.p.Threads[u].Proc]
	return slices.ContainsFunc(w.p.Code[proc.Entry:proc.End], func(in spec.Inst) bool {
		return in.Op == op && (op != spec.OpGhost || spec.GhostKind(in.Sub) == kind)
	})
}

func (w *world) final(t, o int) {
	held, judged := 0, false
	for u := range w.Actors {
		held += w.Actors[u].Held[o]
		judged = judged || w.unloads(u, spec.OpGhost, spec.GhostUnload)
	}
	if held > 0 || judged && !w.Attempted && !w.Actors[t].UnloadNext {
		w.wrong(spec.FinalPutWhileHeld)
	}
	w.Final[o] = true
}

func (w *world) release(t, o int, freed *[]int) {
	if t < 0 {
		return
	}
	for u := range w.Actors {
		if w.p.Pinned && u != t && w.Actors[u].InGet {
			panic(waitRun{})
		}
	}
	if w.Released[o] {
		w.wrong(spec.DoubleRelease)
		return
	}
	if !w.Final[o] {
		w.final(t, o)
	}
	w.Released[o] = true
	*freed = append(*freed, o)
}

// invariant is its result.
func (w *world) invariant(proc int) int64 {
	p := w.p.Procs[proc]
	regs, pc := map[int]int64{}, p.Entry
	for w.p.Code[pc].Op != spec.OpEnd {
		in := w.p.Code[pc]
		pc++
		w.exec(-1, regs, p.LocalBase, in, &pc, func(int) int { return 0 }, nil)
	}
	return value(w.p.Code[pc].A, regs, p.LocalBase)
}

// compareSteps holds every step of every state against the second interpreter,
// and every move of the graph against the reference interpreter: the graph has
// queues and grace periods of its own.
func compareSteps(t interface{ Fatalf(string, ...any) }, n *naive) {
	whole := newMachine(n.m.p, n.m.rules)
	for _, st := range n.states {
		if st.s[n.m.violated] != 0 {
			continue
		}
		w := worldOf(n.m, st.s)
		for u := range n.m.p.Threads {
			if n.mayRun(st.s, u) {
				compareStep(t, n.m, w, st.s, u, nil)
			}
		}
		i := 0
		whole.successors(st.s, func(mv Move, next state) bool {
			if i >= len(st.moves) || fmt.Sprint(mv) != fmt.Sprint(st.moves[i].Move) || !slices.Equal(next, n.states[st.moves[i].to].s) {
				t.Fatalf("move %d from\n%v\nis %v to\n%v\nof the dumb explorer's\n%v", i, w, mv, next, n.movesOf(st))
			}
			i++
			return true
		})
		if i < len(st.moves) {
			t.Fatalf("%d moves from\n%v\nthe dumb explorer has\n%v", i, w, n.movesOf(st))
		}
	}
}

// movesOf prints the moves from a state and where they lead.
func (n *naive) movesOf(st *naiveState) string {
	text := ""
	for _, mv := range st.moves {
		text += fmt.Sprintln(mv.Move, n.states[mv.to].s)
	}
	return text
}

func compareStep(t interface{ Fatalf(string, ...any) }, m *machine, w *world, s state, u int, choices []int) {
	next := slices.Clone(s)
	clear(m.notes)
	what := m.step(s, next, u, choices)
	var wrong spec.Property
	if m.wrong != nil {
		wrong = m.wrong.Property
	}
	asked, arity := m.taken, slices.Clone(m.arity)
	toWorld, toWhat, toWrong, toAsked := w.step(u, choices)
	notes, toNotes := slices.Sorted(maps.Keys(m.notes)), slices.Sorted(maps.Keys(toWorld.noted))
	switch {
	case what != toWhat || wrong != toWrong || asked != toAsked:
		t.Fatalf("%s with choices %v: outcome %d %q after %d choices, second interpreter %d %q after %d\nstate %v",
			m.p.Threads[u].Name, choices, what, wrong, asked, toWhat, toWrong, toAsked, w)
	case what == stepped && wrong == "" && worldOf(m, next).String() != toWorld.String():
		t.Fatalf("%s with choices %v from\n%v\nto\n%v\nsecond interpreter\n%v", m.p.Threads[u].Name, choices, w, worldOf(m, next), toWorld)
	case !slices.Equal(notes, toNotes):
		t.Fatalf("%s with choices %v from\n%v\nnotes %v, second interpreter %v", m.p.Threads[u].Name, choices, w, notes, toNotes)
	}
	if asked > len(choices) {
		for v := range arity[len(choices)] {
			compareStep(t, m, w, s, u, append(slices.Clone(choices), v))
		}
	}
}

// TestSecondInterpreter compares the interpreters on the models of this
// package's tests that are always the same; the random ones are compared where
// they are drawn.
func TestSecondInterpreter(t *testing.T) {
	for _, text := range append([]string{pass, fail}, wide...) {
		n, _ := explore(newMachine(program(t, text), rules{}), 3000)
		compareSteps(t, n)
	}
}
