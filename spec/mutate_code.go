package spec

import (
	"slices"
	"strings"

	"modernc.org/cc/v4"
)

// This file finds, in the code of a thread before it is optimized, what can be
// taken away of instructions: pairs that take something and give it up, atomic
// operations, the order of two accesses. What a function is, is told by what it
// does: one whose body says that a lock is taken takes a lock.

// mutate finds what there is to take away and applies the mutation in effect, in
// place: what goes becomes a nop.
func (l *lower) mutate() {
	if l.b.m.mutation == nil {
		return
	}
	effects := l.effects()
	l.findPairs(effects)
	l.findSplits(effects)
	l.swaps(effects)
	mu := l.b.m.mutation
	for _, e := range effects {
		if mu.at(e.site) {
			l.remove(e)
		}
	}
}

// A pairEffect is an instruction that takes something or gives it up.
type pairEffect struct {
	at    int // index into the code
	role  pairRole
	site  site
	class Operand // which lock, as far as is known
	frame int     // for a lock: the call that takes it or gives it up, all of it
}

// effects lists them, in the order of the code. Those in no text of the model
// itself have no site.
func (l *lower) effects() []pairEffect {
	locks := l.lockFrames(0)
	var out []pairEffect
	for at := range l.code {
		in := &l.code[at]
		e := pairEffect{at: at}
		var kind MutationKind
		switch {
		case in.isLockGhost():
			kind, e.role, e.frame = MutLock, takes, in.Frame
			if in.Sub == uint8(GhostUnlock) {
				e.role = gives
			}
			e.class = l.root(in.A)
		case slices.ContainsFunc(locks, func(f int) bool { return l.b.within(in.Frame, f) }):
			continue // it is part of the lock
		case in.Op == OpPreempt:
			kind, e.role = MutPreempt, upOrDown(in.A.Val)
		case in.Op == OpRCU:
			kind, e.role = MutReader, upOrDown(in.A.Val)
		case in.Op == OpIRQ:
			kind, e.role = MutIRQ, gives
			if n, ok := constantOf(in.A); ok && n != 0 {
				e.role = takes
			}
		default:
			continue
		}
		e.site.kind = kind
		out = append(out, e)
	}
	for i := range out {
		l.place(&out[i], out)
	}
	return out
}

func upOrDown(delta int64) pairRole {
	if delta > 0 {
		return takes
	}
	return gives
}

// within reports whether a frame is a call, or in what is called from there.
func (b *builder) within(frame, call int) bool {
	for f := frame; f != 0; f = b.p.Frames[f].Parent {
		if f == call {
			return true
		}
	}
	return false
}

// place finds the site of an effect: the call in the model's own text that leads
// to it; or, where that is in a function which does nothing else, a wrapper, the
// call of that.
func (l *lower) place(e *pairEffect, all []pairEffect) {
	frames, in := l.b.p.Frames, &l.code[e.at]
	pos, f := in.Pos, in.Frame
	if e.frame != 0 {
		pos, f = frames[e.frame].Call, frames[e.frame].Parent
	}
	for f != 0 && l.b.p.Files[pos.File].Library {
		pos, f = frames[f].Call, frames[f].Parent
	}
	for f != 0 && l.wraps(f, *e, all) {
		call := frames[f].Call
		if call.Line == 0 || l.b.p.Files[call.File].Library {
			break
		}
		pos, f = call, frames[f].Parent
	}
	if pos.Line == 0 || l.b.p.Files[pos.File].Library {
		e.site = site{}
		return
	}
	e.site = l.b.siteAt(e.site.kind, pos)
}

// wraps reports whether all that is visible of a call are effects such as this.
func (l *lower) wraps(frame int, e pairEffect, all []pairEffect) bool {
	for at := range l.code {
		in := &l.code[at]
		if !in.Visible() || !l.b.within(in.Frame, frame) {
			continue
		}
		i := slices.IndexFunc(all, func(o pairEffect) bool {
			return o.at == at || o.frame != 0 && l.b.within(in.Frame, o.frame)
		})
		if i < 0 || all[i].role != e.role {
			return false
		}
	}
	return true
}

// root is the variable that an address is in, or nothing if that is known in the
// run only.
func (l *lower) root(o Operand) Operand {
	for o.Kind == OpdReg {
		def := -1
		for i := range l.code {
			if in := &l.code[i]; in.Op.Info().HasDst && int64(in.Dst) == o.Val {
				if def >= 0 {
					return Operand{}
				}
				def = i
			}
		}
		if def < 0 || l.code[def].Op != OpIndex && l.code[def].Op != OpMov {
			return Operand{}
		}
		o = l.code[def].A
	}
	switch o.Kind {
	case OpdAddr:
		return addrOp(l.b.p.Cells[o.Val].Var)
	case OpdLocal:
		return o
	}
	return Operand{}
}

// mates reports whether one may give up what the other takes.
func (e *pairEffect) mates(o *pairEffect) bool {
	if e.site.kind != o.site.kind {
		return false
	}
	return e.class.Kind == OpdNone || o.class.Kind == OpdNone || e.class == o.class
}

// Bounds of the search for pairs: points of the code with what is held there, and
// the effects that are told apart.
const (
	maxPairStates = 1 << 14
	maxHeld       = 256
)

// findPairs goes every way through the code and pairs what gives up with what
// took it last and has not been given up. Branches are not looked at: a way that
// no run goes may tie together more than need be.
func (l *lower) findPairs(effects []pairEffect) {
	at := map[int]int{} // instruction -> effect
	for i, e := range effects {
		at[e.at] = i
		if e.site.line > 0 {
			l.b.found.found[e.site] = &candidate{text: l.pairEnd(e), role: e.role, more: l.doesMore(e, effects)}
		}
	}
	type here struct {
		pc   int
		held string // effects not given up, a byte each
	}
	seen := map[here]bool{}
	work := []here{{}}
	for len(work) > 0 && len(seen) < maxPairStates {
		h := work[len(work)-1]
		work = work[:len(work)-1]
		if h.pc >= len(l.code) || seen[h] {
			continue
		}
		seen[h] = true
		held := h.held
		if i, ok := at[h.pc]; ok {
			held = l.hold(effects, i, held)
		}
		for _, next := range l.successors(h.pc) {
			work = append(work, here{next, held})
		}
	}
	if len(work) > 0 || len(effects) > maxHeld {
		l.pairAll(effects)
	}
}

// pairAll ties together all that may belong together, where there are too many
// ways to go: nothing is taken that is not given up, at the price of mutations
// that take away more than one thing.
func (l *lower) pairAll(effects []pairEffect) {
	for i := range effects {
		for j := range effects {
			a, b := &effects[i], &effects[j]
			if a.role == takes && b.role == gives && a.mates(b) && a.site.line > 0 && b.site.line > 0 {
				l.b.found.pairs[pair{a.site, b.site}] = true
			}
		}
	}
}

// doesMore reports whether something else is visible at the site of an effect.
func (l *lower) doesMore(e pairEffect, effects []pairEffect) bool {
	for at := range l.code {
		in := &l.code[at]
		if in.Visible() && l.b.siteAt(e.site.kind, l.b.modelPos(*in)) == e.site && !l.inEffect(at, effects) {
			return true
		}
	}
	return false
}

// inEffect reports whether an instruction is one of the effects, or part of one.
func (l *lower) inEffect(at int, effects []pairEffect) bool {
	return slices.ContainsFunc(effects, func(e pairEffect) bool {
		return e.at == at || e.frame != 0 && l.b.within(l.code[at].Frame, e.frame)
	})
}

// pairEnd is the source of one end of a pair.
func (l *lower) pairEnd(e pairEffect) string {
	i := slices.IndexFunc(l.b.p.Files, func(f *File) bool { return f.Name == e.site.file })
	return l.b.termAt(Pos{i, e.site.line, e.site.col})
}

// hold takes the effect, or gives up what it gives up.
func (l *lower) hold(effects []pairEffect, i int, held string) string {
	e := &effects[i]
	for n := len(held) - 1; n >= 0; n-- {
		o := &effects[held[n]]
		if e.role == takes {
			if o.at == e.at {
				return held // in a loop: it holds one of each turn
			}
			continue
		}
		if o.mates(e) {
			if o.site.line > 0 && e.site.line > 0 {
				l.b.found.pairs[pair{o.site, e.site}] = true
			}
			return held[:n] + held[n+1:]
		}
	}
	if e.role == takes && i < maxHeld {
		held += string([]byte{byte(i)})
	}
	return held
}

// remove takes an effect out of the code.
func (l *lower) remove(e pairEffect) {
	if e.frame == 0 {
		in := &l.code[e.at]
		if in.Op == OpIRQ {
			*in = Inst{Op: OpMov, Dst: in.Dst, A: constOp(0), Pos: in.Pos, Frame: in.Frame, Type: in.Type}
			return
		}
		l.drop(e.at)
		return
	}
	// A call that takes a lock goes straight to where it has it; and does no
	// more of what it would do there, or where it gives it up, than to return.
	for at := range l.code {
		in := &l.code[at]
		if !l.b.within(in.Frame, e.frame) {
			continue
		}
		switch {
		case e.role == gives || at <= e.at:
			l.drop(at)
		case in.Visible() || in.Op == OpAssert:
			l.drop(at)
		}
	}
}

// drop makes a nop of an instruction.
func (l *lower) drop(at int) {
	in := &l.code[at]
	*in = Inst{Op: OpNop, Dst: -1, Pos: in.Pos, Frame: in.Frame}
}

// findSplits finds the calls, or macros, in the model's own text that do nothing
// but atomic operations; a lock that they take beside is another's affair.
func (l *lower) findSplits(effects []pairEffect) {
	type content struct {
		rmws  int
		other bool
	}
	sites := map[Pos]*content{}
	var order []Pos
	for at := range l.code {
		in := &l.code[at]
		if !in.Visible() || l.inEffect(at, effects) {
			continue
		}
		pos := l.b.modelPos(*in)
		c := sites[pos]
		if c == nil {
			c = &content{}
			sites[pos] = c
			order = append(order, pos)
		}
		if in.Op == OpRMW && !in.Sleep && !l.b.signals(in.Pos) {
			c.rmws++
		} else {
			c.other = true
		}
	}
	for _, pos := range order {
		if c := sites[pos]; c.rmws > 0 && !c.other && pos.Line > 0 && !l.b.p.Files[pos.File].Library {
			l.b.found.found[l.b.siteAt(MutSplit, pos)] = &candidate{text: "with " + l.b.termAt(pos) + " as a load and a store"}
		}
	}
}

// signals reports whether the operation at the place is one of a header that has
// waits in it: such an operation is no counting, but one half of the wait. The
// header is that of the macro there, or the function's around it.
func (b *builder) signals(pos Pos) bool {
	file := b.p.Files[pos.File]
	if m := b.macros[b.wordAt(pos)]; m != nil {
		file = b.p.Files[b.file(m.Position().Filename)]
	}
	return file.Library && slices.ContainsFunc(file.Lines, func(line string) bool {
		return strings.Contains(line, "mc_sleep_until(") || strings.Contains(line, "mc_idle_until(") || strings.Contains(line, "__mc_grace_wait(")
	})
}

// isSplit reports whether the mutation in effect makes two steps of the atomic
// operation about to be emitted.
func (l *lower) isSplit(in Inst) bool {
	mu := l.b.m.mutation
	if !mu.is(MutSplit) || in.Op != OpRMW {
		return false
	}
	in.Frame = l.env.frame
	pos := l.b.modelPos(in)
	if !mu.at(l.b.siteAt(MutSplit, pos)) {
		return false
	}
	// What takes a lock beside the operations is not split.
	for e := l.env; e != nil && e.fn != nil; e = e.parent {
		if l.b.speaksOfLock(e.fn) {
			return false
		}
	}
	return true
}

// split emits a load, and a store of what the operation makes of it.
func (l *lower) split(in Inst) Operand {
	ti := in.Type
	load := in
	load.Op, load.Sub, load.B, load.C = OpLoad, 0, Operand{}, Operand{}
	old := l.compute(load)
	l.regs[old.Val].bound = true
	store, end := in.B, l.label()
	bin := func(op BinOp, a, b Operand) Operand {
		return l.compute(Inst{Op: OpBin, Sub: uint8(op), A: a, B: b, Type: ti, Pos: in.Pos})
	}
	switch RMWKind(in.Sub) {
	case FetchAdd:
		store = bin(Add, old, in.B)
	case FetchAnd:
		store = bin(And, old, in.B)
	case FetchOr:
		store = bin(Or, old, in.B)
	case CmpXchg:
		store = in.C
		l.branch(bin(Eq, old, in.B), end, in.Pos)
	case AddUnless:
		l.branch(bin(Ne, old, in.C), end, in.Pos)
		store = bin(Add, old, in.B)
	case DecIfPos:
		l.branch(bin(Lt, constOp(0), old), end, in.Pos)
		store = bin(Sub, old, constOp(1))
	}
	l.emit(Inst{Op: OpStore, Order: in.Order, A: in.A, B: store, ThisCPU: in.ThisCPU, Type: ti, Pos: in.Pos})
	l.here(end)
	return old
}

// speaksOfLock reports whether the body of a function says that it takes a lock
// or gives one up.
func (b *builder) speaksOfLock(fd *cc.FunctionDefinition) bool {
	return slices.ContainsFunc(cc.NodeTokens(fd.CompoundStatement), func(t cc.Token) bool {
		return t.SrcStr() == "__mc_lock" || t.SrcStr() == "__mc_unlock"
	})
}
