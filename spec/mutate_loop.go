package spec

// This file takes out of a mutant the loops of which a mutation leaves nothing
// but their counting: the locks of all CPUs, one after the other, of which none
// is taken any more. No thread would ever rest in one, so there is no program
// with it; without it the mutant is what was meant.

// dropIdleLoops takes out every loop that does nothing but compute what nobody
// reads behind it. C itself lets one assume that such a loop ends (C11, 6.8.5).
func (l *lower) dropIdleLoops() {
	if mu := l.b.m.mutation; mu == nil || len(mu.sites) == 0 {
		return
	}
	for l.dropIdleLoop() {
	}
}

// dropIdleLoop takes out one, an inner one before those around it, and reports
// whether there was any.
func (l *lower) dropIdleLoop() bool {
	for tail := range l.code {
		for _, head := range l.successors(tail) {
			if head > tail {
				continue
			}
			loop := l.naturalLoop(head, tail)
			exit := l.idleExit(loop)
			if exit < 0 {
				continue
			}
			label := l.label()
			l.labels[label] = exit
			for at := range loop {
				in := &l.code[at]
				*in = Inst{Op: OpJump, Dst: -1, To: label, Pos: in.Pos, Frame: in.Frame}
			}
			return true
		}
	}
	return false
}

// idleExit is where an idle loop goes to in the end, or -1 if the loop is none,
// or never ends.
func (l *lower) idleExit(loop map[int]bool) int {
	exit := -1
	for at := range loop {
		switch in := &l.code[at]; in.Op {
		case OpNop, OpJump, OpBr, OpMov, OpConv, OpBin, OpUn, OpIndex, OpPick:
			if in.Held {
				return -1
			}
		default:
			return -1
		}
		for _, next := range l.successors(at) {
			switch {
			case loop[next] || next == exit:
			case exit >= 0:
				return -1
			default:
				exit = next
			}
		}
	}
	if exit < 0 {
		return -1
	}
	for at := range loop {
		if in := &l.code[at]; in.Op.Info().HasDst && l.readFrom(exit, in.Dst) {
			return -1
		}
	}
	return exit
}

// readFrom reports whether the register may be read, from an instruction on,
// before it is written.
func (l *lower) readFrom(at, reg int) bool {
	seen := map[int]bool{}
	for work := []int{at}; len(work) > 0; {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		if at >= len(l.code) || seen[at] {
			continue
		}
		seen[at] = true
		in := &l.code[at]
		read := false
		in.uses(func(o *Operand, _ bool) { read = read || o.Kind == OpdReg && o.Val == int64(reg) })
		if read {
			return true
		}
		if !in.Op.Info().HasDst || in.Dst != reg {
			work = append(work, l.successors(at)...)
		}
	}
	return false
}
