package spec

import (
	"strings"

	"modernc.org/cc/v4"
)

// This file lowers one thread body (or invariant, or mc_init) with everything
// it calls to instructions over virtual registers. The expressions are in
// lower_expr.go, the statements in lower_stmt.go, the calls in lower_call.go
// and the built-ins in builtin.go.

// maxInsts bounds a program: inlining could otherwise make one of any size out
// of a few lines.
const maxInsts = 20_000

// A lower lowers one proc.
type lower struct {
	b      *builder
	name   string
	code   []Inst
	labels []int // label -> index into code
	// labelAt is the last index at which a label was put.
	labelAt int
	regs    []vreg
	locals  []Local
	cells   int // cells of locals so far

	env       *env
	loops     []loop
	scopes    []int // locals alive, as indices into locals, innermost last
	alone     Pos   // the statement being lowered that may be left out as a whole
	constOnly bool  // nothing may be emitted: an initializer
	stopped   bool  // what is emitted runs while the machine is stopped
	refused   bool  // and something was
	// scopeOpens: where scopes of locals that became registers were, by code index
	scopeOpens map[int]int
}

// A vreg is a virtual register.
type vreg struct {
	name  string // of the variable it holds, or ""
	bound bool   // a parameter may stand for it: it has more than one use
	// outlives: it may hold a pointer into a block that has ended, for it was
	// not initialized with it but assigned it, or is the value of a block.
	outlives bool
}

// A value is what an expression yields.
type value struct {
	op  Operand
	typ cc.Type
	// place is set for a struct, which has no operand.
	place *place
}

// A place is where an lvalue lives: in a register, or in memory.
type place struct {
	reg     int // or -1
	addr    Operand
	thisCPU int
	typ     cc.Type
	// elems is, for the first element of an array, how many there are.
	elems int64
}

// An env is an inlined call in progress.
type env struct {
	fn       *cc.FunctionDefinition
	parent   *env
	vars     map[*cc.Declarator]binding
	ret      int // register of the result, or -1
	retLabel int
	labels   map[string]*gotoLabel
	gotos    []pendingGoto
	cases    map[*cc.LabeledStatement]caseLabel
	frame    int
	scopes   int // len(lower.scopes) at the call
	loops    int
}

// A binding is what a local variable or a parameter stands for.
type binding struct {
	reg   int     // its register, or -1
	local int     // index into lower.locals, or -1
	op    Operand // its value, for a parameter that is never assigned
	typ   cc.Type
}

// A gotoLabel is where a goto goes: a label, and the locals alive there.
type gotoLabel struct {
	label  int
	scopes []int
}

// A pendingGoto is a goto whose label may yet have to come: it jumps to a label
// of its own, which is put when the function is complete.
type pendingGoto struct {
	label  int
	name   string
	scopes []int // locals alive at the goto
	pos    Pos
}

// A caseLabel is the label of a case and how many locals are alive at its
// switch.
type caseLabel struct{ label, scopes int }

// A loop is an enclosing loop or switch.
type loop struct {
	brk, cont int // labels; cont is -1 for a switch
	scopes    int
	endless   bool // it ends by a jump out of it only
}

func newLower(b *builder) *lower {
	return &lower{b: b, labelAt: -1, env: &env{vars: map[*cc.Declarator]binding{}, ret: -1}}
}

// proc lowers a function without parameters as the body of a thread and
// returns its index. start says whether it begins with a start step.
func (b *builder) proc(fd *cc.FunctionDefinition, start bool) int {
	for i, p := range b.p.Procs {
		if p.Name == fd.Declarator.Name() {
			return i
		}
	}
	pos := b.pos(fd.Declarator)
	l := newLower(b)
	l.name = fd.Declarator.Name()
	if start {
		l.env.frame = l.newFrame(l.name, Pos{})
		l.emit(Inst{Op: OpStart, Pos: pos})
		l.env.frame = 0
	}
	res := l.inline(fd, nil, Pos{})
	l.emit(Inst{Op: OpEnd, A: res.op, Pos: l.b.pos(&fd.CompoundStatement.Token2)})
	if len(b.errs) == 0 {
		l.mutate()
		l.dropIdleLoops()
		l.checkLoops()
		l.checkReturns()
	}
	p := Proc{Name: l.name}
	if len(b.errs) == 0 {
		l.optimize(&p)
	}
	p.Entry = len(b.p.Code)
	for _, in := range l.code {
		if in.Op == OpJump || in.Op == OpBr {
			in.To += p.Entry
		}
		b.p.Code = append(b.p.Code, in)
	}
	p.End = len(b.p.Code)
	p.Locals = l.locals
	b.p.Procs = append(b.p.Procs, p)
	return len(b.p.Procs) - 1
}

func (l *lower) errorf(pos Pos, format string, args ...any) {
	l.b.errorf(pos, format, args...)
}

func (l *lower) newFrame(fn string, call Pos) int {
	l.b.p.Frames = append(l.b.p.Frames, Frame{Func: fn, Call: call, Parent: l.env.frame})
	return len(l.b.p.Frames) - 1
}

// emit appends an instruction.
func (l *lower) emit(in Inst) {
	if l.constOnly {
		l.refused = true
		return
	}
	if info := in.Op.Info(); !info.HasDst {
		in.Dst = -1
	}
	if l.b.insts++; l.b.insts > maxInsts {
		if l.b.insts == maxInsts+1 {
			l.errorf(in.Pos, "the program has more than %d instructions with all calls inlined: a model is a small program", maxInsts)
		}
		return
	}
	in.Frame = l.env.frame
	in.Held = l.stopped && opInfo[in.Op].Visible
	l.code = append(l.code, in)
}

// reg makes a new virtual register.
func (l *lower) reg(name string) int {
	l.regs = append(l.regs, vreg{name: name})
	return len(l.regs) - 1
}

func regOp(r int) Operand      { return Operand{OpdReg, int64(r)} }
func constOp(v int64) Operand  { return Operand{OpdConst, v} }
func addrOp(cell int) Operand  { return Operand{OpdAddr, int64(cell)} }
func localOp(cell int) Operand { return Operand{OpdLocal, int64(cell)} }

// compute emits an instruction with a new register for its result.
func (l *lower) compute(in Inst) Operand {
	in.Dst = l.reg("")
	l.emit(in)
	return regOp(in.Dst)
}

// move copies an operand to a register. Where the operand is a temporary that
// the last instruction has just computed, it is computed there instead.
func (l *lower) move(dst int, v Operand, typ int, pos Pos) {
	if n := len(l.code); v.Kind == OpdReg && n > 0 && l.labelAt != n {
		last := &l.code[n-1]
		r := l.regs[v.Val]
		if last.Op.Info().HasDst && int64(last.Dst) == v.Val && r.name == "" && !r.bound {
			last.Dst = dst
			return
		}
	}
	l.emit(Inst{Op: OpMov, Dst: dst, A: v, Type: typ, Pos: pos})
}

// label makes a label that stands nowhere yet.
func (l *lower) label() int {
	l.labels = append(l.labels, -1)
	return len(l.labels) - 1
}

// here makes the label stand at the next instruction.
func (l *lower) here(label int) {
	l.labels[label] = len(l.code)
	l.labelAt = len(l.code)
}

func (l *lower) jump(label int, pos Pos) {
	if l.reachable() {
		l.emit(Inst{Op: OpJump, To: label, Pos: pos})
	}
}

// reachable reports whether control can come to the next instruction.
func (l *lower) reachable() bool {
	n := len(l.code)
	if n == 0 || l.labelAt == n {
		return true
	}
	op := l.code[n-1].Op
	return op != OpJump && op != OpEnd
}

// branch jumps to the label if the operand is zero.
func (l *lower) branch(v Operand, ifZero int, pos Pos) {
	if n, ok := constantOf(v); ok {
		if n == 0 {
			l.jump(ifZero, pos)
		}
		return
	}
	l.emit(Inst{Op: OpBr, A: v, To: ifZero, Pos: pos})
}

// newLocal makes a local variable that lives in cells, the first of which says
// whether it is in scope.
func (l *lower) newLocal(name string, typ cc.Type, pos Pos) int {
	ls, err := l.b.leaves(typ)
	if err != nil {
		l.errorf(pos, "%s: %v", name, err)
		ls = nil
	}
	ls = l.b.atLeastOne(ls)
	loc := Local{Name: name, First: l.cells, Pos: pos}
	loc.Cells = append(loc.Cells, Cell{Name: name + " in scope", Type: l.b.internType(Type{Name: "bool", Bits: 1, Unsigned: true})})
	for _, f := range ls {
		loc.Cells = append(loc.Cells, Cell{Name: name + f.name, Type: l.b.typ(f.typ, pos)})
	}
	l.cells += len(loc.Cells)
	if l.cells > maxCells {
		l.errorf(pos, "%s: the locals of %s make more than %d cells: a model is a small program", name, l.name, maxCells)
		l.cells = 0
	}
	l.locals = append(l.locals, loc)
	return len(l.locals) - 1
}

// openScope and closeScope make a local's cells come alive and die.
func (l *lower) openScope(local int, pos Pos) {
	l.scopes = append(l.scopes, local)
	l.emitScope(local, 1, pos)
}

func (l *lower) emitScope(local int, alive int64, pos Pos) {
	loc := &l.locals[local]
	l.emit(Inst{Op: OpScope, A: constOp(alive), B: localOp(loc.First), C: constOp(int64(len(loc.Cells))), Pos: pos})
}

// closeScopes ends the scopes opened since depth; pop also forgets them.
func (l *lower) closeScopes(depth int, pop bool, pos Pos) {
	if l.reachable() {
		for i := len(l.scopes) - 1; i >= depth; i-- {
			l.emitScope(l.scopes[i], 0, pos)
		}
	}
	if pop {
		l.scopes = l.scopes[:depth]
	}
}

// checkLoops refuses loops in which nothing visible happens: a thread in one
// would never rest. Bounded ones are refused too, for nothing shows the bound.
// What is visible but for the machine being stopped counts as such.
func (l *lower) checkLoops() {
	// A back edge found by a depth-first walk over the instructions that are
	// not visible closes such a loop.
	const white, grey, black = 0, 1, 2
	color := make([]byte, len(l.code))
	type frame struct{ at, next int }
	for root := range l.code {
		if color[root] != white || l.restsOrHeld(root) {
			continue
		}
		stack := []frame{{at: root}}
		color[root] = grey
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			succ := l.successors(f.at)
			if f.next == len(succ) {
				color[f.at] = black
				stack = stack[:len(stack)-1]
				continue
			}
			s := succ[f.next]
			f.next++
			switch {
			case l.restsOrHeld(s):
			case color[s] == white:
				color[s] = grey
				stack = append(stack, frame{at: s})
			case color[s] == grey && !l.loopHasVisible(s, f.at):
				l.refuseLoop(l.code[f.at].Pos)
				return
			}
		}
	}
}

func (l *lower) refuseLoop(pos Pos) {
	if get := l.b.roles["mc_get"]; get != nil && l.b.p.Files[pos.File].Library {
		l.errorf(l.b.pos(get.Declarator), "mc_get and mc_put touch no shared memory: nothing could come between them")
		return
	}
	l.errorf(pos, "a loop without a visible operation: nothing in it touches shared memory, so it cannot be interleaved; compute what it computes without a loop")
}

// loopHasVisible reports whether some way round the loop from head to the back
// edge at tail passes a visible operation. Such a loop is bounded by what it
// reads; one turn of it may still be local.
func (l *lower) loopHasVisible(head, tail int) bool {
	for at := range l.naturalLoop(head, tail) {
		if l.restsOrHeld(at) {
			return true
		}
	}
	return false
}

// naturalLoop is everything that reaches tail without passing head, and these.
func (l *lower) naturalLoop(head, tail int) map[int]bool {
	preds := make([][]int, len(l.code))
	for i := range l.code {
		for _, s := range l.successors(i) {
			preds[s] = append(preds[s], i)
		}
	}
	in := map[int]bool{head: true, tail: true}
	work := []int{tail}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if n == head {
			continue
		}
		for _, p := range preds[n] {
			if !in[p] {
				in[p] = true
				work = append(work, p)
			}
		}
	}
	return in
}

func (l *lower) restsOrHeld(at int) bool { return l.code[at].Visible() || l.code[at].Held }

// successors lists where control can go from an instruction, before labels are
// resolved to indices.
func (l *lower) successors(at int) []int {
	in := &l.code[at]
	switch in.Op {
	case OpJump:
		return []int{l.labels[in.To]}
	case OpBr:
		if l.labels[in.To] == at+1 {
			return []int{at + 1}
		}
		return []int{at + 1, l.labels[in.To]}
	case OpEnd:
		return nil
	}
	return []int{at + 1}
}

// callChain names the functions being inlined, innermost first.
func (l *lower) callChain() string {
	var names []string
	for e := l.env; e != nil && e.fn != nil; e = e.parent {
		names = append(names, e.fn.Declarator.Name())
	}
	return strings.Join(names, ", called by ")
}
