package spec

import (
	"strings"

	"modernc.org/cc/v4"
)

// This file lowers calls: every call of a function with a body is inlined.

// maxInline bounds the depth of inlined calls.
const maxInline = 64

// callee is the function a call names directly, or nil.
func callee(e *cc.PostfixExpression) *cc.Declarator {
	if x, ok := unparen(e.PostfixExpression).(*cc.PrimaryExpression); ok && x.Case == cc.PrimaryExpressionIdent {
		if d, ok := x.ResolvedTo().(*cc.Declarator); ok && d.Type().Kind() == cc.Function {
			return d
		}
	}
	return nil
}

func calleeName(e *cc.PostfixExpression) string {
	if d := callee(e); d != nil {
		return d.Name()
	}
	return ""
}

func arguments(e *cc.PostfixExpression) []cc.ExpressionNode {
	var args []cc.ExpressionNode
	for a := e.ArgumentExpressionList; a != nil; a = a.ArgumentExpressionList {
		args = append(args, a.AssignmentExpression)
	}
	return args
}

func (l *lower) call(e *cc.PostfixExpression) value {
	pos := l.b.pos(e)
	if l.constOnly {
		l.errorf(pos, "the initializer of a static variable must be constant")
		return l.zero()
	}
	if d := callee(e); d != nil {
		return l.callNamed(d, e, pos)
	}
	if x, ok := unparen(e.PostfixExpression).(*cc.PrimaryExpression); ok && x.Case == cc.PrimaryExpressionIdent && x.ResolvedTo() == nil {
		l.errorf(pos, "undeclared function %s", x.Token.SrcStr())
		return l.zero()
	}
	fn := l.expr(e.PostfixExpression)
	ft, ok := functionType(fn.typ)
	if !ok {
		l.errorf(pos, "a call of something that is no function")
		return l.zero()
	}
	args := l.evalArgs(arguments(e), ft.Parameters(), pos)
	if fn.op.Kind == OpdFunc {
		return l.inline(l.b.funcs[l.b.p.Funcs[fn.op.Val]], args, pos)
	}
	return l.dispatch(fn, ft, args, pos)
}

func functionType(t cc.Type) (*cc.FunctionType, bool) {
	if p, ok := t.(*cc.PointerType); ok {
		t = p.Elem()
	}
	ft, ok := t.(*cc.FunctionType)
	return ft, ok
}

func (l *lower) callNamed(d *cc.Declarator, e *cc.PostfixExpression, pos Pos) value {
	name := d.Name()
	if bi, ok := builtins[name]; ok {
		return l.builtin(name, bi, arguments(e), pos)
	}
	fd := l.b.funcs[name]
	if fd == nil {
		l.errorf(pos, "function %s is not defined%s", name, missingHints[name])
		return l.zero()
	}
	fn := l.handedOver(fd, e, pos)
	if mu := l.b.m.mutation; fn != nil && mu.is(MutAtOnce) && mu.at(l.b.found.number(l.b.siteAt(MutAtOnce, pos), fn.Declarator.Name())) {
		return l.callAtOnce(fd, fn, e, pos)
	}
	frames := len(l.b.p.Frames)
	v := l.inline(fd, l.evalArgs(arguments(e), params(fd), pos), pos)
	if fn != nil {
		l.foundHandOver(fn, pos, frames)
	}
	return v
}

// missingHints say what to write instead of functions that no header has.
var missingHints = func() map[string]string {
	hints := map[string]string{}
	for _, name := range []string{"malloc", "calloc", "free", "kmalloc", "kzalloc", "vmalloc", "vfree", "kmem_cache_alloc", "kmem_cache_free"} {
		hints[name] = ": nothing is allocated in a model; objects are static, and mc_release ends their life"
	}
	hints["kfree"] = ": include <linux/slab.h>"
	return hints
}()

// evalArgs evaluates arguments left to right, converted to the parameters'
// types.
func (l *lower) evalArgs(args []cc.ExpressionNode, ps []*cc.Parameter, pos Pos) []value {
	if len(ps) == 1 && ps[0].Type().Kind() == cc.Void {
		ps = nil
	}
	if len(args) != len(ps) {
		l.errorf(pos, "%s given, %s wanted", count(len(args), "argument"), count(len(ps), "argument"))
		return nil
	}
	var out []value
	for i, a := range args {
		t := ps[i].Type().Decay()
		slots := make([]int, len(out))
		for j, v := range out {
			if slots[j] = -1; v.op.Kind == OpdReg && l.regs[v.op.Val].name != "" && !a.Pure() {
				slots[j] = l.slot()
			}
		}
		v := l.expr(a)
		if t.Kind() == cc.Struct {
			l.errorf(l.b.pos(a), "a struct is passed by value: pass a pointer")
			v = l.zero()
		} else {
			v = l.convert(v, t, l.b.pos(a))
		}
		for j := range out {
			out[j].op = l.asBefore(out[j].op, slots[j])
		}
		out = append(out, v)
	}
	return out
}

// inline lowers the body of a function in place of a call of it. A nil call
// position is the body of a thread.
func (l *lower) inline(fd *cc.FunctionDefinition, args []value, call Pos) value {
	name := fd.Declarator.Name()
	if !l.mayInline(fd, call) {
		return l.zero()
	}
	rt := result(fd)
	env := &env{
		fn: fd, parent: l.env, vars: map[*cc.Declarator]binding{}, ret: -1,
		labels: map[string]*gotoLabel{}, cases: map[*cc.LabeledStatement]caseLabel{},
		frame: l.newFrame(name, call), scopes: len(l.scopes), loops: len(l.loops),
	}
	ps := params(fd)
	if len(args) != len(ps) {
		return l.zero()
	}
	if rt.Kind() == cc.Struct {
		l.errorf(l.b.pos(fd.Declarator), "%s returns a struct: fill one in through a pointer", name)
		return l.zero()
	}
	l.env = env
	for i, p := range ps {
		l.bind(p, args[i])
	}
	if rt.Kind() != cc.Void {
		env.ret = l.reg("")
		l.regs[env.ret].bound, l.regs[env.ret].outlives = true, true
	}
	env.retLabel = l.label()
	l.block(fd.CompoundStatement)
	if env.ret >= 0 && l.reachable() {
		l.emit(Inst{Op: OpNop, Sub: nopNoReturn, Pos: l.b.pos(&fd.CompoundStatement.Token2)})
	}
	l.here(env.retLabel)
	l.closeScopes(env.scopes, true, l.b.pos(&fd.CompoundStatement.Token2))
	l.placeGotos(name)
	l.env = env.parent
	if env.ret < 0 {
		return value{typ: rt}
	}
	return value{op: regOp(env.ret), typ: rt}
}

// nopNoReturn is Inst.Sub of an OpNop at the end of a function that should have
// returned a value by then.
const nopNoReturn = 1

// checkReturns refuses a function whose end control can come to although it has
// a result. A failed assertion, as in BUG(), is an end as well.
func (l *lower) checkReturns() {
	reached := make([]bool, len(l.code))
	work := []int{0}
	for len(work) > 0 {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		if at >= len(l.code) || reached[at] {
			continue
		}
		reached[at] = true
		in := &l.code[at]
		if in.Op == OpNop && in.Sub == nopNoReturn {
			l.errorf(in.Pos, "%s can come to its end: return a value there", l.b.p.Frames[in.Frame].Func)
		}
		if in.Op != OpAssert || in.A != constOp(0) {
			work = append(work, l.successors(at)...)
		}
	}
}

// mayInline refuses recursion and bottomless inlining.
func (l *lower) mayInline(fd *cc.FunctionDefinition, call Pos) bool {
	depth := 0
	for e := l.env; e != nil; e = e.parent {
		if e.fn == fd {
			l.errorf(call, "recursion: %s calls itself (%s): calls are inlined, so write a loop", fd.Declarator.Name(), l.callChain())
			return false
		}
		depth++
	}
	if depth > maxInline {
		l.errorf(call, "calls are nested more than %d deep", maxInline)
		return false
	}
	if l.b.calls++; l.b.calls == maxInsts+1 {
		l.errorf(call, "the program has more than %d calls, all of them inlined: a model is a small program", maxInsts)
	}
	return l.b.insts <= maxInsts && l.b.calls <= maxInsts
}

// bind makes a parameter stand for its argument. One that is never assigned is
// its argument; another is a register of its own.
func (l *lower) bind(p *cc.Parameter, arg value) {
	d := p.Declarator
	if d == nil {
		return
	}
	pos := l.b.pos(d)
	t := d.Type().Decay()
	switch {
	case d.AddressTaken():
		loc := l.newLocal(d.Name(), t, pos)
		l.env.vars[d] = binding{reg: -1, local: loc, typ: t}
		l.openScope(loc, pos)
		l.storePlace(place{reg: -1, addr: localOp(l.locals[loc].First + 1), typ: t}, arg, Plain, pos)
	case d.WriteCount() > 0:
		r := l.reg(d.Name())
		l.emit(Inst{Op: OpMov, Dst: r, A: arg.op, Type: l.b.typ(t, pos), Pos: pos})
		l.env.vars[d] = binding{reg: r, local: -1, typ: t}
	default:
		if arg.op.Kind == OpdReg {
			l.regs[arg.op.Val].bound = true
			if l.regs[arg.op.Val].name == "" {
				l.regs[arg.op.Val].name = d.Name()
			}
		}
		l.env.vars[d] = binding{reg: -1, local: -1, op: arg.op, typ: t}
	}
}

// dispatch calls through a function pointer that is known only in the run: it
// may be any function of the type whose address is taken.
func (l *lower) dispatch(fn value, ft *cc.FunctionType, args []value, pos Pos) value {
	end := l.label()
	r := -1
	rt := ft.Result()
	if rt.Kind() != cc.Void {
		r = l.reg("")
		l.regs[r].bound = true
	}
	if fn.op.Kind == OpdReg {
		l.regs[fn.op.Val].bound = true
	}
	for i, name := range l.b.p.Funcs {
		fd := l.b.funcs[name]
		if !sameSignature(fd.Declarator.Type().(*cc.FunctionType), ft) {
			continue
		}
		next := l.label()
		ti := l.b.typ(fn.typ, pos)
		is := l.compute(Inst{Op: OpBin, Sub: uint8(Eq), A: fn.op, B: Operand{OpdFunc, int64(i)}, Type: ti, Pos: pos})
		l.branch(is, next, pos)
		v := l.inline(fd, args, pos)
		if r >= 0 && l.reachable() {
			l.emit(Inst{Op: OpMov, Dst: r, A: v.op, Type: l.b.typ(rt, pos), Pos: pos})
		}
		l.jump(end, pos)
		l.here(next)
	}
	l.emit(Inst{Op: OpIndex, Dst: l.reg(""), A: constOp(0), B: constOp(1), Type: 0, To: 1, Pos: pos})
	if r >= 0 {
		l.emit(Inst{Op: OpMov, Dst: r, A: constOp(0), Type: l.b.typ(rt, pos), Pos: pos})
	}
	l.here(end)
	if r < 0 {
		return value{typ: rt}
	}
	return value{op: regOp(r), typ: rt}
}

// sameSignature compares by how the types are written, which is what the
// model's reader compares.
func sameSignature(a, b *cc.FunctionType) bool {
	sig := func(f *cc.FunctionType) string {
		var s []string
		for _, p := range f.Parameters() {
			if p.Type().Kind() != cc.Void {
				s = append(s, typeName(p.Type().Decay()))
			}
		}
		return typeName(f.Result()) + "(" + strings.Join(s, ", ") + ")"
	}
	return sig(a) == sig(b)
}
