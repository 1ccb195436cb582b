package spec

import (
	"math/bits"
	"slices"
)

// This file makes lowered code small: what is learned here (which locals never
// leave their thread, which registers are dead where a thread rests) is part of
// the program, so that states which differ only in it are one.

// optimize turns virtual code into the final code of the proc.
func (l *lower) optimize(p *Proc) {
	l.resolve()
	l.privatize()
	for {
		l.threadJumps()
		removed := l.removeUnreachable()
		folded := l.propagate()
		live := l.liveness()
		if !l.removeDead(live) && !removed && !folded {
			break
		}
	}
	l.markCommuting()
	l.allocateRegisters(p)
}

// resolve replaces labels by indices.
func (l *lower) resolve() {
	for i := range l.code {
		if in := &l.code[i]; in.Op == OpJump || in.Op == OpBr {
			in.To = l.labels[in.To]
		}
	}
	l.labels = nil
}

// next lists where control can go from an instruction of resolved code.
func (l *lower) next(at int) (succ [2]int, n int) {
	switch in := &l.code[at]; in.Op {
	case OpJump:
		return [2]int{in.To}, 1
	case OpBr:
		return [2]int{at + 1, in.To}, 2
	case OpEnd:
		return succ, 0
	}
	return [2]int{at + 1}, 1
}

// uses calls f with each operand the instruction reads; address says that it
// is only used as the address of an access.
func (in *Inst) uses(f func(o *Operand, address bool)) {
	access := in.Op.Info().Access
	for i, o := range []*Operand{&in.A, &in.B, &in.C} {
		if o.Kind != OpdNone {
			f(o, access && i == 0)
		}
	}
}

// localOf returns the local that owns the cell at an offset.
func (l *lower) localOf(off int64) int {
	for i, loc := range l.locals {
		if int64(loc.First) <= off && off < int64(loc.First+len(loc.Cells)) {
			return i
		}
	}
	return -1
}

// privatize finds the locals whose address never leaves the thread: those that
// are only accessed at known cells become registers, accesses to the others
// are no steps.
func (l *lower) privatize() {
	escaped := make([]bool, len(l.locals))
	fixed := make([]bool, len(l.locals)) // only accessed by plain loads and stores of known cells
	for i := range fixed {
		fixed[i] = true
	}
	derived := l.derivedPointers(escaped)
	for i := range l.code {
		in := &l.code[i]
		if in.Op == OpScope {
			continue
		}
		in.uses(func(o *Operand, address bool) {
			loc := -1
			if o.Kind == OpdLocal {
				loc = l.localOf(o.Val)
			} else if o.Kind == OpdReg {
				if d, ok := derived[o.Val]; ok {
					loc = d
					fixed[loc] = false
				}
			}
			if loc < 0 {
				return
			}
			base := in.Op == OpIndex && o == &in.A
			if !address && !base {
				escaped[loc] = true
			}
			if base || in.ThisCPU != 0 || in.Op != OpLoad && in.Op != OpStore {
				fixed[loc] = false
			}
		})
	}
	l.promoteFixed(escaped, fixed)
	l.dropUnused(escaped, derived)
}

// derivedPointers maps the registers that hold an element's address within one
// local, computed once, to the local.
func (l *lower) derivedPointers(escaped []bool) map[int64]int {
	defs := map[int]int{}
	for i := range l.code {
		if l.code[i].Op.Info().HasDst {
			defs[l.code[i].Dst]++
		}
	}
	derived := map[int64]int{}
	for changed := true; changed; {
		changed = false
		for i := range l.code {
			in := &l.code[i]
			if in.Op != OpIndex || derivedHas(derived, in.Dst) {
				continue
			}
			loc := -1
			if in.A.Kind == OpdLocal {
				loc = l.localOf(in.A.Val)
			} else if d, ok := derived[in.A.Val]; ok && in.A.Kind == OpdReg {
				loc = d
			}
			if loc < 0 {
				continue
			}
			if defs[in.Dst] != 1 || l.regs[in.Dst].outlives {
				escaped[loc] = true
				continue
			}
			derived[int64(in.Dst)] = loc
			changed = true
		}
	}
	return derived
}

func derivedHas(m map[int64]int, r int) bool {
	_, ok := m[int64(r)]
	return ok
}

// promoteFixed turns accesses to fixed, private locals into moves.
func (l *lower) promoteFixed(escaped, fixed []bool) {
	regOf := map[int64]int{}
	reg := func(off int64, loc int) int {
		r, ok := regOf[off]
		if !ok {
			r = l.reg(l.locals[loc].Cells[off-int64(l.locals[loc].First)].Name)
			regOf[off] = r
		}
		return r
	}
	for i := range l.code {
		in := &l.code[i]
		if in.Op == OpScope {
			if loc := l.localOf(in.B.Val); fixed[loc] && !escaped[loc] {
				l.scopeToMoves(i, loc)
			}
			continue
		}
		if !in.Op.Info().Access || in.A.Kind != OpdLocal {
			continue
		}
		loc := l.localOf(in.A.Val)
		if escaped[loc] || !fixed[loc] {
			continue
		}
		if in.Op == OpLoad {
			*in = Inst{Op: OpMov, Dst: in.Dst, A: regOp(reg(in.A.Val, loc)), Type: in.Type, Pos: in.Pos, Frame: in.Frame}
		} else {
			*in = Inst{Op: OpMov, Dst: reg(in.A.Val, loc), A: in.B, Type: in.Type, Pos: in.Pos, Frame: in.Frame}
		}
	}
	l.zeroPromoted(regOf)
}

// scopeToMoves forgets a scope instruction of a local that became registers.
func (l *lower) scopeToMoves(at, loc int) {
	in := &l.code[at]
	*in = Inst{Op: OpNop, Dst: -1, Pos: in.Pos, Frame: in.Frame}
	if l.scopeOpens == nil {
		l.scopeOpens = map[int]int{}
	}
	l.scopeOpens[at] = loc
}

// zeroPromoted makes the members that an initializer leaves out zero, where
// the scope of a promoted local opened.
func (l *lower) zeroPromoted(regOf map[int64]int) {
	offs := make([]int64, 0, len(regOf))
	for off := range regOf {
		offs = append(offs, off)
	}
	slices.Sort(offs)
	var out []Inst
	moved := make([]int, len(l.code)+1)
	for i, in := range l.code {
		moved[i] = len(out)
		loc, opens := l.scopeOpens[i]
		if !opens {
			out = append(out, in)
			continue
		}
		first, n := int64(l.locals[loc].First), int64(len(l.locals[loc].Cells))
		for _, off := range offs {
			if first <= off && off < first+n {
				out = append(out, Inst{Op: OpMov, Dst: regOf[off], A: constOp(0), Type: l.locals[loc].Cells[off-first].Type, Pos: in.Pos, Frame: in.Frame})
			}
		}
	}
	moved[len(l.code)] = len(out)
	l.code = out
	l.retarget(moved)
}

// retarget renumbers jumps after instructions moved.
func (l *lower) retarget(moved []int) {
	for i := range l.code {
		if in := &l.code[i]; in.Op == OpJump || in.Op == OpBr {
			in.To = moved[in.To]
		}
	}
}

// dropUnused removes the locals that became registers and marks accesses to
// those that stay in the thread.
func (l *lower) dropUnused(escaped []bool, derived map[int64]int) {
	used := make([]bool, len(l.locals))
	for i := range l.code {
		in := &l.code[i]
		in.uses(func(o *Operand, address bool) {
			loc := -1
			if o.Kind == OpdLocal {
				loc = l.localOf(o.Val)
			} else if d, ok := derived[o.Val]; ok && o.Kind == OpdReg {
				loc = d
			}
			if loc < 0 {
				return
			}
			used[loc] = true
			if address && !escaped[loc] {
				in.Private = true
			}
		})
	}
	shift := make([]int, len(l.locals))
	var kept []Local
	cells := 0
	for i, loc := range l.locals {
		shift[i] = cells - loc.First
		if !used[i] {
			continue
		}
		loc.First, loc.Scoped = cells, escaped[i]
		cells += len(loc.Cells)
		kept = append(kept, loc)
	}
	for i := range l.code {
		l.code[i].uses(func(o *Operand, _ bool) {
			if o.Kind == OpdLocal {
				o.Val += int64(shift[l.localOf(o.Val)])
			}
		})
	}
	l.locals, l.cells = kept, cells
}

// threadJumps lets jumps to jumps go where those go.
func (l *lower) threadJumps() {
	for i := range l.code {
		in := &l.code[i]
		if in.Op != OpJump && in.Op != OpBr {
			continue
		}
		for hops := 0; hops < len(l.code); hops++ {
			t := &l.code[in.To]
			if t.Op == OpNop {
				in.To++
			} else if t.Op == OpJump && t.To != in.To {
				in.To = t.To
			} else {
				break
			}
		}
		if in.To == i+1 {
			*in = Inst{Op: OpNop, Dst: -1, Pos: in.Pos, Frame: in.Frame}
		}
	}
}

// removeUnreachable drops the code control cannot come to, and the nops.
func (l *lower) removeUnreachable() bool {
	reached := make([]bool, len(l.code))
	work := []int{0}
	reached[0] = true
	for len(work) > 0 {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		succ, n := l.next(at)
		for _, s := range succ[:n] {
			if !reached[s] {
				reached[s] = true
				work = append(work, s)
			}
		}
	}
	keep := func(i int) bool { return reached[i] && l.code[i].Op != OpNop }
	return l.filter(keep)
}

// filter keeps the instructions that keep says; jumps to a dropped one go to
// the next that stays.
func (l *lower) filter(keep func(int) bool) bool {
	moved := make([]int, len(l.code)+1)
	var out []Inst
	for i, in := range l.code {
		moved[i] = len(out)
		if keep(i) {
			out = append(out, in)
		}
	}
	moved[len(l.code)] = len(out)
	dropped := len(out) < len(l.code)
	l.code = out
	l.retarget(moved)
	return dropped
}

// A regset is a set of virtual registers.
type regset []uint64

func newRegset(n int) regset    { return make(regset, (n+63)/64) }
func (s regset) has(r int) bool { return s[r/64]>>(r%64)&1 != 0 }
func (s regset) add(r int)      { s[r/64] |= 1 << (r % 64) }
func (s regset) remove(r int)   { s[r/64] &^= 1 << (r % 64) }
func (s regset) union(t regset) {
	for i := range s {
		s[i] |= t[i]
	}
}
func (s regset) each(f func(r int)) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			f(i*64 + bits.TrailingZeros64(w))
		}
	}
}

// liveness computes for every instruction the registers alive before it. A
// trailing entry stands for the end of the code.
func (l *lower) liveness() []regset {
	live := make([]regset, len(l.code)+1)
	for i := range live {
		live[i] = newRegset(len(l.regs))
	}
	tmp := newRegset(len(l.regs))
	for changed := true; changed; {
		changed = false
		for i := len(l.code) - 1; i >= 0; i-- {
			l.liveAfter(i, live, tmp)
			l.code[i].liveBefore(tmp)
			if !slices.Equal(tmp, live[i]) {
				copy(live[i], tmp)
				changed = true
			}
		}
	}
	return live
}

// liveBefore turns the registers alive after the instruction into those alive
// before it. What a dead instruction uses is not alive for its sake.
func (in *Inst) liveBefore(live regset) {
	if in.removable() && !live.has(in.Dst) {
		return
	}
	if in.Op.Info().HasDst {
		live.remove(in.Dst)
	}
	in.uses(func(o *Operand, _ bool) {
		if o.Kind == OpdReg {
			live.add(int(o.Val))
		}
	})
}

func (l *lower) liveAfter(at int, live []regset, out regset) {
	clear(out)
	succ, n := l.next(at)
	for _, s := range succ[:n] {
		for w := range out {
			out[w] |= live[s][w]
		}
	}
}

// removeDead drops local instructions whose result nobody uses.
func (l *lower) removeDead(live []regset) bool {
	after := newRegset(len(l.regs))
	return l.filter(func(i int) bool {
		in := &l.code[i]
		if !in.removable() {
			return true
		}
		l.liveAfter(i, live, after)
		return after.has(in.Dst)
	})
}

// removable reports whether the instruction does nothing but write its result.
func (in *Inst) removable() bool {
	switch in.Op {
	case OpMov, OpConv, OpUn:
		return true
	case OpBin:
		switch BinOp(in.Sub) {
		case Div, Mod, Shl, Shr:
			return false // may be undefined
		}
		return true
	case OpLoad:
		return in.Private
	}
	return false
}

// allocateRegisters gives virtual registers their numbers: first those alive
// where the thread can rest, which are part of the state, then the others.
// Registers that are never alive together share a number.
func (l *lower) allocateRegisters(p *Proc) {
	live := l.liveness()
	kept := newRegset(len(l.regs))
	for i := range l.code {
		if l.code[i].Visible() {
			live[i].each(kept.add)
		}
	}
	conflicts := l.interference(live)
	color := make([]int, len(l.regs))
	for i := range color {
		color[i] = -1
	}
	p.Regs = l.color(color, conflicts, 0, kept.has)
	all := l.color(color, conflicts, p.Regs, func(r int) bool { return !kept.has(r) })
	p.Temps = all - p.Regs
	p.RegNames = l.registerNames(color, p.Regs)
	l.rename(color)
	for i := range l.code {
		if in := &l.code[i]; in.Visible() {
			live[i].each(func(r int) {
				if color[r] >= 0 {
					in.Live = append(in.Live, color[r])
				}
			})
			slices.Sort(in.Live)
			in.Live = slices.Compact(in.Live)
		}
	}
	l.filterMoves()
}

// interference lists for each register those it may not share a number with.
func (l *lower) interference(live []regset) []regset {
	conflicts := make([]regset, len(l.regs))
	for i := range conflicts {
		conflicts[i] = newRegset(len(l.regs))
	}
	// What is read before it is written is alive together from the start.
	live[0].each(func(a int) {
		live[0].each(func(b int) {
			if a != b {
				conflicts[a].add(b)
			}
		})
	})
	after := newRegset(len(l.regs))
	for i := range l.code {
		in := &l.code[i]
		if !in.Op.Info().HasDst {
			continue
		}
		l.liveAfter(i, live, after)
		after.remove(in.Dst)
		if in.Op == OpMov && in.A.Kind == OpdReg {
			after.remove(int(in.A.Val)) // a copy may share its source's number
		}
		conflicts[in.Dst].union(after)
	}
	// Both ways.
	for a := range conflicts {
		conflicts[a].each(func(b int) { conflicts[b].add(a) })
	}
	return conflicts
}

// color numbers the registers that pick chooses from base on, greedily, in
// order of number, and prefers the number of a register it is copied from or
// to. It returns one more than the highest number used.
func (l *lower) color(color []int, conflicts []regset, base int, pick func(int) bool) int {
	friends := map[int][]int{}
	for i := range l.code {
		if in := &l.code[i]; in.Op == OpMov && in.A.Kind == OpdReg {
			friends[in.Dst] = append(friends[in.Dst], int(in.A.Val))
			friends[int(in.A.Val)] = append(friends[int(in.A.Val)], in.Dst)
		}
	}
	used := make([]bool, len(l.regs))
	for i := range l.code {
		if l.code[i].Op.Info().HasDst {
			used[l.code[i].Dst] = true
		}
	}
	taken := make([]bool, base+len(l.regs)+1) // by number
	top := base
	for r := range l.regs {
		if color[r] >= 0 || !pick(r) || !used[r] {
			continue
		}
		clear(taken)
		conflicts[r].each(func(o int) {
			if color[o] >= 0 {
				taken[color[o]] = true
			}
		})
		c := -1
		for _, f := range friends[r] {
			if color[f] >= base && !taken[color[f]] {
				c = color[f]
				break
			}
		}
		for n := base; c < 0; n++ {
			if !taken[n] {
				c = n
			}
		}
		color[r] = c
		top = max(top, c+1)
	}
	return top
}

// registerNames names a number after the variables that share it, if they all
// have one name.
func (l *lower) registerNames(color []int, n int) []string {
	names := make([]string, n)
	mixed := make([]bool, n)
	for r, c := range color {
		switch {
		case c < 0 || c >= n:
		case names[c] == "":
			names[c] = l.regs[r].name
			mixed[c] = mixed[c] || names[c] == ""
		case names[c] != l.regs[r].name:
			mixed[c] = true
		}
	}
	for c := range names {
		if mixed[c] || slices.Contains(names[:c], names[c]) {
			names[c] = ""
		}
	}
	return names
}

// rename replaces virtual registers by their numbers. What is read but never
// written is zero.
func (l *lower) rename(color []int) {
	for i := range l.code {
		in := &l.code[i]
		if in.Op.Info().HasDst {
			in.Dst = color[in.Dst]
		}
		in.uses(func(o *Operand, _ bool) {
			if o.Kind != OpdReg {
				return
			}
			if c := color[o.Val]; c >= 0 {
				o.Val = int64(c)
			} else {
				*o = constOp(0)
			}
		})
	}
}

// filterMoves drops the copies that became copies to themselves.
func (l *lower) filterMoves() {
	l.filter(func(i int) bool {
		in := &l.code[i]
		return in.Op != OpMov || in.A.Kind != OpdReg || int(in.A.Val) != in.Dst
	})
}
