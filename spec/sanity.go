package spec

import "fmt"

// Sanity reports what is malformed about a program: a jump out of its proc, a
// register or a cell that does not exist, an instruction that lacks what its
// opcode needs. A program that spec built passes; tests call it on each.
func Sanity(p *Prog) error {
	for i, proc := range p.Procs {
		if err := p.saneProc(i, proc); err != nil {
			return fmt.Errorf("proc %s: %w", proc.Name, err)
		}
	}
	for i, th := range p.Threads {
		if th.Proc < 0 || th.Proc >= len(p.Procs) || th.CPU < 0 || th.CPU >= p.NCPU {
			return fmt.Errorf("thread %d %s: no such proc or CPU", i, th.Name)
		}
	}
	return p.saneCells()
}

func (p *Prog) saneCells() error {
	for i, c := range p.Cells {
		switch {
		case c.Type < 0 || c.Type >= len(p.Types):
			return fmt.Errorf("cell %d %s: no such type", i, c.Name)
		case c.Var < 0 || c.Var >= len(p.Vars) || i < p.Vars[c.Var].Cell || i >= p.Vars[c.Var].Cell+p.Vars[c.Var].Cells:
			return fmt.Errorf("cell %d %s: not one of its variable's", i, c.Name)
		case c.Object >= len(p.Objects):
			return fmt.Errorf("cell %d %s: no such object", i, c.Name)
		case p.Types[c.Type].Normalize(c.Init) != c.Init:
			return fmt.Errorf("cell %d %s: initial value %d is not one of its type", i, c.Name, c.Init)
		}
	}
	return nil
}

func (p *Prog) saneProc(i int, proc Proc) error {
	if proc.Entry < 0 || proc.End <= proc.Entry || proc.End > len(p.Code) {
		return fmt.Errorf("code from %d to %d of %d", proc.Entry, proc.End, len(p.Code))
	}
	for at := proc.Entry; at < proc.End; at++ {
		if err := p.saneInst(proc, at); err != nil {
			return fmt.Errorf("instruction %d: %w", at, err)
		}
	}
	if op := p.Code[proc.End-1].Op; op != OpEnd && op != OpJump {
		return fmt.Errorf("runs off its end")
	}
	return nil
}

func (p *Prog) saneInst(proc Proc, at int) error {
	in := &p.Code[at]
	if in.Op >= opCount {
		return fmt.Errorf("opcode %d", in.Op)
	}
	info := in.Op.Info()
	regs := int64(proc.Regs + proc.Temps)
	switch {
	case (in.Op == OpJump || in.Op == OpBr) && (in.To < proc.Entry || in.To >= proc.End):
		return fmt.Errorf("jumps to %d, out of the proc", in.To)
	case info.HasDst && (in.Dst < 0 || int64(in.Dst) >= regs):
		return fmt.Errorf("writes register %d of %d", in.Dst, regs)
	case in.Type < 0 || in.Type >= max(len(p.Types), 1):
		return fmt.Errorf("type %d", in.Type)
	case in.Frame < 0 || in.Frame >= len(p.Frames) || in.Pos.File >= len(p.Files):
		return fmt.Errorf("no such place")
	case info.Access && in.A.Kind == OpdNone:
		return fmt.Errorf("accesses nothing")
	case in.Sleep && !info.Visible:
		return fmt.Errorf("sleeps without being visible")
	}
	for _, r := range in.Live {
		if r < 0 || r >= proc.Regs {
			return fmt.Errorf("register %d is alive and not kept", r)
		}
	}
	var err error
	in.uses(func(o *Operand, _ bool) {
		switch {
		case o.Kind == OpdReg && (o.Val < 0 || o.Val >= regs):
			err = fmt.Errorf("reads register %d of %d", o.Val, regs)
		case o.Kind == OpdAddr && (o.Val < 0 || o.Val >= int64(len(p.Cells))):
			err = fmt.Errorf("names cell %d of %d", o.Val, len(p.Cells))
		case o.Kind == OpdFunc && (o.Val < 0 || o.Val >= int64(len(p.Funcs))):
			err = fmt.Errorf("names function %d of %d", o.Val, len(p.Funcs))
		}
	})
	return err
}
