package spec

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// This file prints programs. The printed form is complete: two programs that
// print alike behave alike, so its hash names the program (see Digest).

// String prints the program: its memory, its threads and its code.
func (p *Prog) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "program %s, scenario %s (%s)\n", p.Model, p.Scenario, p.Scenario.About())
	fmt.Fprintf(&b, "%s", count(p.NCPU, "cpu"))
	if p.Isolated != 0 {
		fmt.Fprintf(&b, ", isolated %#b", p.Isolated)
	}
	if p.Pinned {
		b.WriteString(", gets are pinned")
	}
	b.WriteString("\n\nmemory\n")
	for i, c := range p.Cells {
		fmt.Fprintf(&b, "%5d  %s  %s", i, c.Name, p.Types[c.Type].Name)
		if c.Init != 0 {
			fmt.Fprintf(&b, " = %s", p.Value(c.Type, c.Init))
		}
		if v := p.Vars[c.Var]; v.Scoped && i == v.Cell {
			b.WriteString("  (1 while the variable is in scope)")
		}
		b.WriteByte('\n')
	}
	for _, o := range p.Objects {
		fmt.Fprintf(&b, "object %s: cells %d to %d\n", o.Name, o.First, o.First+o.Cells-1)
	}
	p.printThreads(&b)
	for i := range p.Procs {
		p.printProc(&b, i)
	}
	return b.String()
}

func (p *Prog) printThreads(b *strings.Builder) {
	b.WriteString("\nthreads\n")
	for i, t := range p.Threads {
		fmt.Fprintf(b, "%5d  %s  cpu %d  %s  %s", i, t.Name, t.CPU, t.Class, p.Procs[t.Proc].Name)
		for _, f := range []struct {
			is   bool
			what string
		}{{!t.MustFinish, "need not finish"}, {t.Migrates, "migrates"}, {t.Asleep, "born asleep"}, {t.Hog, "hog"}} {
			if f.is {
				b.WriteString(", " + f.what)
			}
		}
		if len(p.Procs[t.Proc].Locals) > 0 {
			fmt.Fprintf(b, ", locals from cell %d", t.LocalBase)
		}
		b.WriteByte('\n')
	}
}

func (p *Prog) printProc(b *strings.Builder, i int) {
	proc := p.Procs[i]
	fmt.Fprintf(b, "\n%s", proc.Name)
	switch {
	case i == p.Init:
		b.WriteString("  (mc_init: runs alone, before everything)")
	default:
		for _, inv := range p.Invariants {
			if inv == i {
				b.WriteString("  (mc_invariant: holds in every state)")
			}
		}
	}
	b.WriteByte('\n')
	for at := proc.Entry; at < proc.End; at++ {
		in := &p.Code[at]
		mark := " "
		if in.Visible() {
			mark = "*" // a thread can rest here
		}
		text := fmt.Sprintf("%5d %s %s", at, mark, p.instText(&proc, in))
		if in.Visible() && len(in.Live) > 0 {
			var names []string
			for _, r := range in.Live {
				names = append(names, p.regName(&proc, int64(r)))
			}
			text += "  {" + strings.Join(names, " ") + "}"
		}
		fmt.Fprintf(b, "%-56s  // %s\n", text, p.Place(in.Pos))
	}
}

// Place is a position as "file:line".
func (p *Prog) Place(pos Pos) string {
	if pos.Line == 0 {
		return "-"
	}
	return fmt.Sprintf("%s:%d", p.Files[pos.File].Name, pos.Line)
}

// Source is the trimmed text of a source line.
func (p *Prog) Source(pos Pos) string {
	lines := p.Files[pos.File].Lines
	if pos.Line < 1 || pos.Line > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[pos.Line-1])
}

// Value prints a value of a type: an enumerator, an address or a number.
func (p *Prog) Value(typ int, v int64) string {
	t := &p.Types[typ]
	for _, m := range t.Enum {
		if m.Value == v {
			return m.Name
		}
	}
	switch {
	case t.Pointer && v == 0, t.Func && v == 0:
		return "NULL"
	case t.Pointer && v > 0 && v <= int64(len(p.Cells)):
		return "&" + p.AddressName(int(v-1))
	case t.Func && v > 0 && v <= int64(len(p.Funcs)):
		return p.Funcs[v-1]
	case t.Bits == 1 && v == 0:
		return "false"
	case t.Bits == 1:
		return "true"
	case t.Unsigned:
		return fmt.Sprint(uint64(v))
	}
	return fmt.Sprint(v)
}

// isTasks reports whether the variable has a cell for each thread: its task.
func (p *Prog) isTasks(v *Var) bool {
	return v.Name == tasksVar && p.Files[v.Pos.File].Library && v.Cells == len(p.Threads)
}

// AddressName names a cell as a pointer to it would be understood: the first
// cell of an object is the object.
func (p *Prog) AddressName(cell int) string {
	c := p.Cells[cell]
	if c.Object >= 0 && p.Objects[c.Object].First == cell {
		return p.Objects[c.Object].Name
	}
	v := p.Vars[c.Var]
	if p.isTasks(&v) {
		return p.Threads[cell-v.Cell].Name
	}
	if v.Cell == cell && v.Thread < 0 {
		return v.Name
	}
	return c.Name
}

func (p *Prog) regName(proc *Proc, r int64) string {
	if r < int64(proc.Regs) {
		if name := proc.RegNames[r]; name != "" {
			return name
		}
		return fmt.Sprintf("r%d", r)
	}
	return fmt.Sprintf("t%d", r-int64(proc.Regs))
}

func (p *Prog) operand(proc *Proc, o Operand) string {
	switch o.Kind {
	case OpdReg:
		return p.regName(proc, o.Val)
	case OpdAddr:
		return "&" + p.AddressName(int(o.Val))
	case OpdLocal:
		for _, l := range proc.Locals {
			if i := int(o.Val) - l.First; i >= 0 && i < len(l.Cells) {
				return "&" + l.Cells[i].Name
			}
		}
		return fmt.Sprintf("&local%d", o.Val)
	case OpdFunc:
		return p.Funcs[o.Val]
	case OpdConst:
		return fmt.Sprint(o.Val)
	}
	return ""
}

// memory prints what an access accesses.
func (p *Prog) memory(proc *Proc, in *Inst) string {
	a := p.operand(proc, in.A)
	var s string
	switch {
	case in.A.Kind == OpdAddr:
		s = p.Cells[in.A.Val].Name
	case strings.HasPrefix(a, "&"):
		s = a[1:]
	default:
		s = "*" + a
	}
	if in.ThisCPU != 0 {
		s += fmt.Sprintf("[+%d*cpu]", in.ThisCPU)
	}
	return s
}

var flavourNames = [...]string{"", "preemptible", "sched", "preemptible+sched"}

func (p *Prog) instText(proc *Proc, in *Inst) string {
	opd := func(o Operand) string { return p.operand(proc, o) }
	dst := ""
	if in.Op.Info().HasDst {
		dst = p.regName(proc, int64(in.Dst)) + " = "
	}
	var attrs []string
	if in.Op.Info().Access && in.Order != Plain {
		attrs = append(attrs, in.Order.String())
	}
	if in.Sleep {
		attrs = append(attrs, "sleep")
	}
	if in.Idle {
		attrs = append(attrs, "idle")
	}
	if in.Private && in.Op.Info().Access {
		attrs = append(attrs, "private")
	}
	suffix := ""
	if len(attrs) > 0 {
		suffix = " " + strings.Join(attrs, " ")
	}
	switch in.Op {
	case OpMov:
		return dst + opd(in.A)
	case OpConv:
		return fmt.Sprintf("%s(%s)%s", dst, p.Types[in.Type].Name, opd(in.A))
	case OpBin:
		return fmt.Sprintf("%s%s %s %s as %s", dst, opd(in.A), BinOp(in.Sub), opd(in.B), p.Types[in.Type].Name)
	case OpUn:
		return fmt.Sprintf("%s%s%s as %s", dst, UnOp(in.Sub), opd(in.A), p.Types[in.Type].Name)
	case OpIndex:
		limit := ""
		if in.C.Kind != OpdNone {
			limit = " < " + opd(in.C)
		}
		return fmt.Sprintf("%s%s + (%s%s)*%d", dst, opd(in.A), opd(in.B), limit, in.To)
	case OpJump:
		return fmt.Sprintf("goto %d", in.To)
	case OpBr:
		return fmt.Sprintf("if !%s goto %d", opd(in.A), in.To)
	case OpPick:
		if in.Commutes {
			return fmt.Sprintf("%spick lowest %s", dst, opd(in.A))
		}
		return fmt.Sprintf("%spick %s", dst, opd(in.A))
	case OpChoose:
		return fmt.Sprintf("%s%s %s", dst, in.Op, opd(in.A))
	case OpAssert:
		return fmt.Sprintf("assert %s: %q", opd(in.A), p.Msgs[in.To])
	case OpCover:
		return fmt.Sprintf("cover %s: %q", opd(in.A), p.Msgs[p.Covers[in.To].Msg])
	case OpScope:
		if in.A.Val == 0 {
			return fmt.Sprintf("scope ends: %s, %s", opd(in.B), count(int(in.C.Val), "cell"))
		}
		return fmt.Sprintf("scope begins: %s, %s", opd(in.B), count(int(in.C.Val), "cell"))
	case OpGhost:
		return strings.TrimSpace(fmt.Sprintf("ghost %s %s", GhostKind(in.Sub), opd(in.A)))
	case OpLoad:
		return fmt.Sprintf("%sload%s %s", dst, suffix, p.memory(proc, in))
	case OpStore:
		return fmt.Sprintf("store%s %s = %s", suffix, p.memory(proc, in), opd(in.B))
	case OpRMW:
		args := []string{p.memory(proc, in)}
		for _, o := range []Operand{in.B, in.C} {
			if o.Kind != OpdNone {
				args = append(args, opd(o))
			}
		}
		return fmt.Sprintf("%s%s%s %s as %s", dst, RMWKind(in.Sub), suffix, strings.Join(args, ", "), p.Types[in.Type].Name)
	case OpFence:
		return "fence " + in.Order.String()
	case OpPreempt, OpRCU:
		return fmt.Sprintf("%s %+d", in.Op, in.A.Val)
	case OpGrace:
		return fmt.Sprintf("grace %s %s", [...]string{"begin", "wait"}[in.Sub], flavourNames[in.A.Val])
	case OpYield:
		return "yield" + suffix
	case OpStop:
		return fmt.Sprintf("stop the cpus %s as %s", opd(in.A), Class(in.B.Val))
	case OpUse:
		return "use " + p.memory(proc, in)
	case OpRelease:
		return "release " + opd(in.A)
	}
	return strings.TrimSpace(dst + in.Op.String() + " " + opd(in.A))
}

// Digest names the program: a hash of its printed form, in hexadecimal. A
// recorded run can only be replayed on the program it was recorded on.
func (p *Prog) Digest() string {
	sum := sha256.Sum256([]byte(p.String()))
	return fmt.Sprintf("%x", sum[:4])
}
