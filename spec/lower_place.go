package spec

import (
	"modernc.org/cc/v4"
)

// This file lowers lvalues: where things live, loads, stores and assignments.

// lvalue lowers an expression to the place it denotes.
func (l *lower) lvalue(e cc.ExpressionNode) place {
	pos := l.b.pos(e)
	switch e := unparen(e).(type) {
	case *cc.PrimaryExpression:
		if e.Case == cc.PrimaryExpressionIdent {
			return l.variable(e)
		}
	case *cc.PostfixExpression:
		switch e.Case {
		case cc.PostfixExpressionPrimary:
			return l.lvalue(e.PrimaryExpression)
		case cc.PostfixExpressionIndex:
			return l.element(e)
		case cc.PostfixExpressionSelect:
			return l.member(l.lvalue(e.PostfixExpression), e.Token2.SrcStr(), pos)
		case cc.PostfixExpressionPSelect:
			return l.member(l.derefValue(l.expr(e.PostfixExpression), pos), e.Token2.SrcStr(), pos)
		}
	case *cc.UnaryExpression:
		switch e.Case {
		case cc.UnaryExpressionPostfix:
			return l.lvalue(e.PostfixExpression)
		case cc.UnaryExpressionDeref:
			return l.pointee(e.CastExpression, pos)
		}
	case *cc.CastExpression:
		if e.Case == cc.CastExpressionUnary {
			return l.lvalue(e.UnaryExpression)
		}
	}
	if t := e.Type(); t != nil && t.Kind() == cc.Struct {
		if v := l.expr(e); v.place != nil {
			return *v.place
		}
	}
	if len(l.b.errs) == 0 {
		l.errorf(pos, "this is a value, not a variable: it cannot be assigned to, nor its address be taken")
	}
	return l.noPlace()
}

func (l *lower) noPlace() place { return place{reg: -1, typ: l.intType()} }

// pointee is the place that a pointer expression points to. &x and the address
// of this CPU's element of a per-CPU variable are looked through, so that the
// access finds its CPU within its own step.
func (l *lower) pointee(e cc.ExpressionNode, pos Pos) place {
	switch x := unparen(e).(type) {
	case *cc.CastExpression:
		if x.Case == cc.CastExpressionCast {
			if _, _, container := l.containerOf(x, x.TypeName.Type()); !container {
				return l.castPointee(x, pos)
			}
		}
	case *cc.UnaryExpression:
		if x.Case == cc.UnaryExpressionAddrof {
			if pl := l.lvalue(x.CastExpression); pl.typ.Kind() != cc.Array {
				return pl
			} else {
				return place{reg: -1, addr: pl.addr, thisCPU: pl.thisCPU, typ: pl.typ}
			}
		}
	case *cc.PostfixExpression:
		if x.Case == cc.PostfixExpressionCall && calleeName(x) == "__mc_this_cpu" {
			return l.thisCPU(x, pos)
		}
	}
	return l.derefValue(l.expr(e), pos)
}

// castPointee looks through a cast of the pointer: casts to void pointers keep
// the type of what is there.
func (l *lower) castPointee(x *cc.CastExpression, pos Pos) place {
	pl := l.pointee(x.CastExpression, pos)
	elem := elemOf(x.TypeName.Type())
	if elem == nil {
		l.errorf(pos, "a pointer is cast to %s: pointers stay pointers", typeName(x.TypeName.Type()))
		return l.noPlace()
	}
	l.samePointee(pl.typ, elem, pos)
	if elem.Kind() != cc.Void {
		pl.typ = elem
	}
	return pl
}

// samePointee refuses to see memory of one type as memory of another: a cell
// holds one scalar, and always the same. What lies first in a struct or an
// array may be seen as itself.
func (l *lower) samePointee(from, to cc.Type, pos Pos) {
	a, b := firstScalar(from), firstScalar(to)
	if a == nil || b == nil {
		return
	}
	x, y := describeType(a), describeType(b)
	if !x.fits(&y) || !y.fits(&x) || x.Pointer != y.Pointer || x.Func != y.Func {
		l.errorf(pos, "a pointer to %s is made one to %s: memory keeps the type it is declared with", typeName(from), typeName(to))
	}
}

// firstScalar is the scalar that lies first in a type, or nil.
func firstScalar(t cc.Type) cc.Type {
	for t != nil {
		switch x := t.(type) {
		case *cc.ArrayType:
			t = x.Elem()
		case *cc.StructType:
			if x.IsIncomplete() || x.NumFields() == 0 {
				return nil
			}
			t = x.FieldByIndex(0).Type()
		default:
			if scalarError(t) != nil {
				return nil
			}
			return t
		}
	}
	return nil
}

// thisCPU is the current CPU's element of the per-CPU array whose first
// element the argument points to.
func (l *lower) thisCPU(x *cc.PostfixExpression, pos Pos) place {
	args := arguments(x)
	if len(args) != 1 {
		l.errorf(pos, "want one per-CPU variable")
		return l.noPlace()
	}
	return l.perCPU(args[0], pos)
}

// perCPU is the place __mc_this_cpu(ptr) points to.
func (l *lower) perCPU(ptr cc.ExpressionNode, pos Pos) place {
	pl := l.pointee(ptr, pos)
	size, err := l.b.numLeaves(pl.typ)
	if err != nil || pl.reg >= 0 {
		l.errorf(pos, "not a per-CPU variable")
		return l.noPlace()
	}
	if pl.elems != 0 && pl.elems != int64(l.b.p.NCPU) {
		l.errorf(pos, "an array of %d elements, which is no per-CPU variable: want NR_CPUS of them", pl.elems)
	}
	pl.thisCPU = size
	return pl
}

// derefValue is the place a pointer value points to.
func (l *lower) derefValue(v value, pos Pos) place {
	elem := elemOf(v.typ)
	switch {
	case v.place != nil || elem == nil:
		l.errorf(pos, "%s is not a pointer", typeName(v.typ))
		return l.noPlace()
	case elem.Kind() == cc.Function:
		l.errorf(pos, "a function where an object is wanted")
		return l.noPlace()
	}
	return place{reg: -1, addr: v.op, typ: elem}
}

func (l *lower) variable(e *cc.PrimaryExpression) place {
	pos := l.b.pos(e)
	d, ok := e.ResolvedTo().(*cc.Declarator)
	if !ok {
		if p, isParam := e.ResolvedTo().(*cc.Parameter); isParam && p.Declarator != nil {
			d, ok = p.Declarator, true
		}
	}
	if !ok {
		l.errorf(pos, "undeclared: %s", e.Token.SrcStr())
		return l.noPlace()
	}
	if b, ok := l.env.vars[d]; ok {
		switch {
		case b.reg >= 0:
			return place{reg: b.reg, typ: b.typ}
		case b.local >= 0:
			return place{reg: -1, addr: localOp(l.locals[b.local].First + 1), typ: b.typ}
		}
		// A parameter that is never assigned: only its value exists.
		return place{reg: -1, addr: Operand{}, typ: b.typ}
	}
	if v := l.b.lookupStatic(d); v != nil {
		return place{reg: -1, addr: addrOp(l.b.cellsOf(v, pos)), typ: v.typ}
	}
	if l.constOnly {
		l.errorf(pos, "the initializer of a static variable must be constant")
	} else if d.Type().Kind() == cc.Function {
		l.errorf(pos, "%s is a function", d.Name())
	} else {
		l.errorf(pos, "%s is declared but not defined", d.Name())
	}
	return l.noPlace()
}

// cellsOf returns the first cell of a variable that is used. One that was not
// used when the program was last built gets its cells out of order, and the
// program is built once more.
func (b *builder) cellsOf(v *staticVar, pos Pos) int {
	if !v.defined {
		b.errorf(pos, "%s is declared but not defined", v.name)
		v.defined = true // say it once
	}
	if b.use.vars[v.key] = true; v.first < 0 {
		b.allocate(v)
	}
	return max(v.first, 0)
}

// lookupStatic finds the variable with static storage that d declares.
func (b *builder) lookupStatic(d *cc.Declarator) *staticVar {
	if v := b.static[d]; v != nil {
		return v
	}
	if d.Linkage() == cc.None {
		return nil
	}
	return b.globals[d.Name()]
}

func (l *lower) element(e *cc.PostfixExpression) place {
	pos := l.b.pos(e)
	if pl, ok := l.arrayPlace(e.PostfixExpression); ok {
		arr := pl.typ.(*cc.ArrayType)
		i := l.expr(e.ExpressionList)
		size, err := l.b.numLeaves(arr.Elem())
		if err != nil || !isIndex(i) {
			l.errorf(pos, "%v", orText(err, "an array index must be an integer"))
			return l.noPlace()
		}
		pl.addr = l.index(pl.addr, i.op, size, constOp(arr.Len()), pos)
		pl.typ, pl.elems = arr.Elem(), 0
		if i.op == constOp(0) {
			pl.elems = arr.Len()
		}
		return pl
	}
	p := l.expr(e.PostfixExpression)
	var i value
	p.op, i = l.then(p.op, e.ExpressionList)
	if isIndex(p) && i.place == nil && i.typ.Kind() == cc.Ptr {
		p, i = i, p // 2[p]
	}
	if p.place != nil || p.typ.Kind() != cc.Ptr || !isIndex(i) {
		l.errorf(pos, "only arrays and pointers can be indexed, by integers")
		return l.noPlace()
	}
	return l.derefValue(l.pointerAdd(p, i, pos), pos)
}

func isIndex(v value) bool { return v.place == nil && isInteger(v.typ) }

// arrayPlace is the place of an expression that denotes an array.
func (l *lower) arrayPlace(e cc.ExpressionNode) (place, bool) {
	if !denotesArray(e) {
		return place{}, false
	}
	pl := l.lvalue(e)
	_, ok := pl.typ.(*cc.ArrayType)
	return pl, ok
}

// denotesArray reports whether the expression is an lvalue of array type, by
// the parser's types.
func denotesArray(e cc.ExpressionNode) bool {
	e = unparen(e)
	if t := e.Type(); t != nil {
		if _, ok := t.Undecay().(*cc.ArrayType); !ok {
			return false
		}
	}
	switch x := e.(type) {
	case *cc.PrimaryExpression:
		d, ok := x.ResolvedTo().(*cc.Declarator)
		return ok && d.Type().Kind() == cc.Array && !d.IsParam()
	case *cc.PostfixExpression:
		return x.Case == cc.PostfixExpressionIndex || x.Case == cc.PostfixExpressionSelect || x.Case == cc.PostfixExpressionPSelect
	case *cc.UnaryExpression:
		return x.Case == cc.UnaryExpressionDeref
	}
	return false
}

func (l *lower) member(pl place, name string, pos Pos) place {
	st, ok := pl.typ.(*cc.StructType)
	if !ok {
		if len(l.b.errs) == 0 {
			l.errorf(pos, "%s has no members", typeName(pl.typ))
		}
		return l.noPlace()
	}
	f := st.FieldByName(name)
	if f == nil {
		l.errorf(pos, "%s has no member %s", typeName(st), name)
		return l.noPlace()
	}
	if _, err := l.b.leaves(st); err != nil {
		l.errorf(pos, "%s: %v", typeName(st), err)
		return l.noPlace()
	}
	pl.addr = l.offset(pl.addr, l.b.leafAt(st, f.Offset()), pos)
	pl.typ, pl.elems = f.Type(), 0
	return pl
}

// addressOf is &e.
func (l *lower) addressOf(e cc.ExpressionNode, pos Pos) value {
	if x, ok := unparen(e).(*cc.PrimaryExpression); ok && x.Case == cc.PrimaryExpressionIdent {
		if d, ok := x.ResolvedTo().(*cc.Declarator); ok && d.Type().Kind() == cc.Function {
			return l.funcValue(d, pos)
		}
	}
	pl := l.lvalue(e)
	if pl.reg >= 0 {
		l.errorf(pos, "the address of a register variable")
		return l.zero()
	}
	return value{op: l.address(pl, pos), typ: pl.typ.Pointer()}
}

// address is the pointer to a place in memory.
func (l *lower) address(pl place, pos Pos) Operand {
	if pl.thisCPU == 0 {
		return pl.addr
	}
	cpu := l.compute(Inst{Op: OpCPU, Pos: pos})
	return l.index(pl.addr, cpu, pl.thisCPU, constOp(int64(l.b.p.NCPU)), pos)
}

// loadPlace reads a place; an array or function yields its address.
func (l *lower) loadPlace(pl place, pos Pos) value {
	switch pl.typ.Kind() {
	case cc.Array:
		elem := pl.typ.(*cc.ArrayType).Elem()
		return value{op: l.address(pl, pos), typ: elem.Pointer()}
	case cc.Struct:
		return value{typ: pl.typ, place: &pl}
	}
	return l.access(Inst{Op: OpLoad, Order: plainOrder(pl.typ)}, pl, pos)
}

// plainOrder is the order of an access written as plain C: volatile ones, such
// as the kernel's own READ_ONCE, are marked.
func plainOrder(t cc.Type) Order {
	if a := t.Attributes(); a != nil && a.IsVolatile() {
		return Relaxed
	}
	return Plain
}

// access emits a load or read-modify-write of the place and yields the value
// that was there.
func (l *lower) access(in Inst, pl place, pos Pos) value {
	if pl.reg >= 0 && in.Op == OpLoad {
		return value{op: regOp(pl.reg), typ: pl.typ}
	}
	if !l.accessible(&pl, pos) {
		return l.zero()
	}
	in.A, in.ThisCPU, in.Type, in.Pos = pl.addr, int32(pl.thisCPU), l.b.typ(pl.typ, pos), pos
	if l.isSplit(in) {
		return value{op: l.split(in), typ: pl.typ}
	}
	return value{op: l.compute(in), typ: pl.typ}
}

func (l *lower) accessible(pl *place, pos Pos) bool {
	switch {
	case pl.reg >= 0:
		l.errorf(pos, "an atomic operation on a register variable")
		return false
	case pl.addr.Kind == OpdNone:
		if len(l.b.errs) == 0 {
			l.errorf(pos, "not in memory")
		}
		return false
	case scalarError(pl.typ) != nil:
		l.errorf(pos, "%v", scalarError(pl.typ))
		return false
	}
	return true
}

// storePlace writes a value that has the type of the place.
func (l *lower) storePlace(pl place, v value, order Order, pos Pos) {
	if pl.reg >= 0 {
		l.move(pl.reg, v.op, l.b.typ(pl.typ, pos), pos)
		return
	}
	if !l.accessible(&pl, pos) {
		return
	}
	l.emit(Inst{Op: OpStore, Order: order, A: pl.addr, B: v.op, ThisCPU: int32(pl.thisCPU), Type: l.b.typ(pl.typ, pos), Pos: pos})
}

var assignOps = map[cc.AssignmentExpressionCase]BinOp{
	cc.AssignmentExpressionMul: Mul, cc.AssignmentExpressionDiv: Div, cc.AssignmentExpressionMod: Mod,
	cc.AssignmentExpressionAdd: Add, cc.AssignmentExpressionSub: Sub, cc.AssignmentExpressionLsh: Shl,
	cc.AssignmentExpressionRsh: Shr, cc.AssignmentExpressionAnd: And, cc.AssignmentExpressionXor: Xor,
	cc.AssignmentExpressionOr: Or,
}

func (l *lower) assignment(e *cc.AssignmentExpression) value {
	pos := l.b.pos(e)
	pl := l.lvalue(e.UnaryExpression)
	if pl.typ.Kind() == cc.Array {
		l.errorf(pos, "an array is assigned to: assign its elements")
		return l.zero()
	}
	l.wantWritable(pl, pos)
	op, compound := assignOps[e.Case]
	if !compound {
		var v value
		pl.addr, v = l.then(pl.addr, e.AssignmentExpression)
		return l.assign(pl, v, pos)
	}
	old := l.loadPlace(pl, pos)
	var v value
	old.op, v = l.then(old.op, e.AssignmentExpression)
	return l.assign(pl, l.arith(op, old, v, pos), pos)
}

func (l *lower) wantWritable(pl place, pos Pos) {
	if a := pl.typ.Attributes(); a != nil && a.IsConst() {
		l.errorf(pos, "what is const is assigned to")
	}
}

// assign stores v in the place and yields what was stored.
func (l *lower) assign(pl place, v value, pos Pos) value {
	if pl.typ.Kind() == cc.Struct {
		return l.assignStruct(pl, v, pos)
	}
	v = l.convert(v, pl.typ, pos)
	if pl.reg >= 0 {
		l.regs[pl.reg].outlives = true
	}
	l.storePlace(pl, v, plainOrder(pl.typ), pos)
	if pl.reg >= 0 {
		return value{op: regOp(pl.reg), typ: pl.typ}
	}
	return v
}

// assignStruct copies member by member, an access each.
func (l *lower) assignStruct(pl place, v value, pos Pos) value {
	if v.place == nil || v.place.typ.Kind() != cc.Struct || v.place.typ.Size() != pl.typ.Size() || typeName(v.place.typ) != typeName(pl.typ) {
		l.errorf(pos, "%s is assigned something else", typeName(pl.typ))
		return l.zero()
	}
	ls, err := l.b.leaves(pl.typ)
	if err != nil {
		l.errorf(pos, "%s: %v", typeName(pl.typ), err)
		return l.zero()
	}
	for i, f := range ls {
		from := place{reg: -1, addr: l.offset(v.place.addr, i, pos), thisCPU: v.place.thisCPU, typ: f.typ}
		to := place{reg: -1, addr: l.offset(pl.addr, i, pos), thisCPU: pl.thisCPU, typ: f.typ}
		l.storePlace(to, l.loadPlace(from, pos), Plain, pos)
	}
	return value{typ: pl.typ, place: &pl}
}

// increment is ++ or --: a load and a store. post yields the old value.
func (l *lower) increment(e cc.ExpressionNode, op BinOp, post bool, pos Pos) value {
	pl := l.lvalue(e)
	old := l.loadPlace(pl, pos)
	if old.place != nil || pl.typ.Kind() == cc.Array {
		l.errorf(pos, "++ or -- on %s: want a number or a pointer", typeName(pl.typ))
		return l.zero()
	}
	if pl.reg >= 0 && post {
		r := l.reg("")
		l.emit(Inst{Op: OpMov, Dst: r, A: old.op, Type: l.b.typ(pl.typ, pos), Pos: pos})
		old.op = regOp(r)
	}
	l.wantWritable(pl, pos)
	one := value{op: constOp(1), typ: l.intType()}
	v := l.assign(pl, l.arith(op, old, one, pos), pos)
	if post {
		return old
	}
	return v
}

// containerOf recognises what container_of expands to:
// (type *)__mc_container(ptr, offset).
func (l *lower) containerOf(e *cc.CastExpression, t cc.Type) (offset int64, ptr cc.ExpressionNode, ok bool) {
	call, isCall := unparen(e.CastExpression).(*cc.PostfixExpression)
	if !isCall || call.Case != cc.PostfixExpressionCall || calleeName(call) != "__mc_container" {
		return 0, nil, false
	}
	args := arguments(call)
	if len(args) != 2 || elemOf(t) == nil {
		return 0, nil, false
	}
	offset, ok = intValue(args[1].Value())
	if !ok {
		offset, ok = nullOffset(args[1])
	}
	return offset, args[0], ok
}

// nullOffset is the value of (unsigned long)&((type *)0)->member, which is what
// offsetof expands to; the parser computes it where the member is no element.
func nullOffset(e cc.ExpressionNode) (int64, bool) {
	c, ok := unparen(e).(*cc.CastExpression)
	if !ok || c.Case != cc.CastExpressionCast || !isInteger(c.TypeName.Type()) {
		return 0, false
	}
	u, ok := unparen(c.CastExpression).(*cc.UnaryExpression)
	if !ok || u.Case != cc.UnaryExpressionAddrof {
		return 0, false
	}
	off, _, ok := memberOffset(u.CastExpression)
	return off, ok
}

// memberOffset is the offset and the type of ((type *)0)->a.b[2].
func memberOffset(e cc.ExpressionNode) (int64, cc.Type, bool) {
	x, ok := unparen(e).(*cc.PostfixExpression)
	if !ok {
		return 0, nil, false
	}
	var off int64
	var t cc.Type
	switch x.Case {
	case cc.PostfixExpressionPSelect:
		n, isConst := intValue(x.PostfixExpression.Value())
		if ok = isConst && n == 0 && x.PostfixExpression.Type() != nil; ok {
			t = elemOf(x.PostfixExpression.Type())
		}
	case cc.PostfixExpressionSelect, cc.PostfixExpressionIndex:
		off, t, ok = memberOffset(x.PostfixExpression)
	default:
		return 0, nil, false
	}
	if !ok {
		return 0, nil, false
	}
	switch t := t.(type) {
	case *cc.StructType:
		if f := t.FieldByName(x.Token2.SrcStr()); f != nil && x.Case != cc.PostfixExpressionIndex {
			return off + f.Offset(), f.Type(), true
		}
	case *cc.ArrayType:
		if n, isConst := intValue(x.ExpressionList.Value()); isConst && x.Case == cc.PostfixExpressionIndex {
			return off + n*t.Elem().Size(), t.Elem(), true
		}
	}
	return 0, nil, false
}

// container moves a pointer to a member back to the struct of type *t.
func (l *lower) container(ptr cc.ExpressionNode, t cc.Type, offset int64, pos Pos) value {
	v := l.expr(ptr)
	if v.typ.Kind() != cc.Ptr {
		l.errorf(pos, "container_of something that is no pointer")
		return l.zero()
	}
	return value{op: l.offset(v.op, -l.b.leafAt(elemOf(t), offset), pos), typ: t}
}
