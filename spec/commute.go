package spec

// This file finds the loops over a set of CPUs in which the order does not
// matter, so that one order stands for all. It matters in every loop in which
// others can come in between; this is for those that ride on one step, with the
// machine stopped.

// markCommuting marks the picks of loops such as
//
//	for_each_possible_cpu(cpu)
//		sum += per_cpu(count, cpu);
//
// A turn may load, and compute from what it loads and the CPU it has picked; and
// it may add to a sum, or to a set of bits, which it does not look at. Sums are
// the same in any order. What else a turn leaves behind must be used by nobody.
func (l *lower) markCommuting() {
	live := l.liveness()
	for i := range l.code {
		if l.code[i].Op == OpPick && i > 0 {
			l.code[i].Commutes = l.commutes(i, live[i-1])
		}
	}
}

// A turn is one way round a loop over a set of CPUs.
type turn struct {
	code    []Inst
	written map[int]int  // how often the turn writes the register
	read    map[int]int  // and reads it
	derived map[int]bool // it depends on what was picked, and on nothing that other turns change
	bit     int          // 1 << the CPU, and
	cobit   int          // its complement
}

// commutes reports whether the order does not matter in the loop whose pick is at
// the place. Its head, just before, is the branch out of it, where live is alive.
func (l *lower) commutes(at int, live regset) bool {
	head, pick := &l.code[at-1], &l.code[at]
	if head.Op != OpBr || head.A.Kind != OpdReg || pick.A != head.A || live.has(pick.Dst) {
		return false
	}
	end := at + 1
	for end < len(l.code) && l.code[end].Op != OpJump {
		end++
	}
	if end == len(l.code) || l.code[end].To != at-1 {
		return false
	}
	t := &turn{code: l.code[at+1 : end], written: map[int]int{}, read: map[int]int{}, derived: map[int]bool{pick.Dst: true}, bit: -1, cobit: -1}
	for i := range t.code {
		in := &t.code[i]
		if in.Visible() {
			return false
		}
		if in.Op.Info().HasDst {
			t.written[in.Dst]++
		}
		in.uses(func(o *Operand, _ bool) {
			if o.Kind == OpdReg {
				t.read[int(o.Val)]++
			}
		})
	}
	set := int(head.A.Val)
	removed := false
	for i := range t.code {
		in := &t.code[i]
		switch {
		case t.sums(in):
			if in.Dst != set {
				break
			}
			if BinOp(in.Sub) != And || t.cobit < 0 || in.A != regOp(t.cobit) && in.B != regOp(t.cobit) {
				return false
			}
			removed = true
		case t.derives(in) && !live.has(in.Dst) && in.Dst != set:
			t.note(in, pick.Dst)
		default:
			return false
		}
	}
	return removed
}

// sums reports whether the instruction adds to a register what depends on its own
// turn only, and nothing else in the turn has to do with that register.
func (t *turn) sums(in *Inst) bool {
	if in.Op != OpBin || t.written[in.Dst] != 1 || t.read[in.Dst] != 1 {
		return false
	}
	switch BinOp(in.Sub) {
	case Add, And, Or, Xor:
		return in.A == regOp(in.Dst) && t.own(in.B) || in.B == regOp(in.Dst) && t.own(in.A)
	case Sub:
		return in.A == regOp(in.Dst) && t.own(in.B)
	}
	return false
}

// derives reports whether what the instruction does is the same in whatever turn
// the CPU is picked.
func (t *turn) derives(in *Inst) bool {
	switch in.Op {
	case OpMov, OpConv, OpBin, OpUn, OpIndex, OpLoad:
		return t.own(in.A) && t.own(in.B) && t.own(in.C)
	}
	return false
}

// own reports whether the operand is the same in whatever turn the CPU is picked.
func (t *turn) own(o Operand) bool {
	return o.Kind != OpdReg || t.derived[int(o.Val)] || t.written[int(o.Val)] == 0
}

// note remembers what the register holds now.
func (t *turn) note(in *Inst, cpu int) {
	t.derived[in.Dst] = true
	once := t.written[in.Dst] == 1
	switch {
	case once && in.Op == OpBin && BinOp(in.Sub) == Shl && in.A == constOp(1) && in.B == regOp(cpu):
		t.bit = in.Dst
	case once && t.bit >= 0 && in.Op == OpUn && UnOp(in.Sub) == Cpl && in.A == regOp(t.bit):
		t.cobit = in.Dst
	}
}
