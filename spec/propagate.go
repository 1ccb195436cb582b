package spec

// This file follows constants and copies through straight lines of local code,
// so that what is known when the program is built is not computed in each step.

// propagate replaces, within each basic block, registers by the constant or
// the register they are known to equal, and folds what becomes constant. It
// reports whether anything changed.
func (l *lower) propagate() bool {
	target := make([]bool, len(l.code)+1)
	for i := range l.code {
		if in := &l.code[i]; in.Op == OpJump || in.Op == OpBr {
			target[in.To] = true
		}
	}
	changed := false
	known := map[int64]Operand{}
	for i := range l.code {
		in := &l.code[i]
		if target[i] {
			clear(known)
		}
		in.uses(func(o *Operand, _ bool) {
			if k, ok := known[o.Val]; ok && o.Kind == OpdReg {
				*o = k
				changed = true
			}
		})
		changed = l.fold(in) || changed
		if in.Op.Info().HasDst {
			forget(known, int64(in.Dst))
			if in.Op == OpMov && in.A != regOp(in.Dst) && in.A.Kind != OpdLocal {
				known[int64(in.Dst)] = in.A
			}
		}
	}
	return changed
}

// forget drops what is known of a register and by means of it.
func forget(known map[int64]Operand, r int64) {
	delete(known, r)
	for k, o := range known {
		if o.Kind == OpdReg && o.Val == r {
			delete(known, k)
		}
	}
}

// fold turns an instruction whose operands are constants into its result.
func (l *lower) fold(in *Inst) bool {
	a, okA := constantOf(in.A)
	b, okB := constantOf(in.B)
	set := func(v int64) bool {
		*in = Inst{Op: OpMov, Dst: in.Dst, A: constOp(v), Type: in.Type, Pos: in.Pos, Frame: in.Frame}
		return true
	}
	switch {
	case in.Op == OpBr && okA:
		if a == 0 {
			*in = Inst{Op: OpJump, Dst: -1, To: in.To, Pos: in.Pos, Frame: in.Frame}
		} else {
			*in = Inst{Op: OpNop, Dst: -1, Pos: in.Pos, Frame: in.Frame}
		}
		return true
	case in.Op == OpConv && okA:
		return set(l.b.p.Types[in.Type].Normalize(a))
	case in.Op == OpUn && okA:
		return set(EvalUn(UnOp(in.Sub), &l.b.p.Types[in.Type], a))
	case in.Op == OpBin && okA && okB:
		if v, what := EvalBin(BinOp(in.Sub), &l.b.p.Types[in.Type], a, b); what == "" {
			return set(v)
		}
	}
	return false
}
