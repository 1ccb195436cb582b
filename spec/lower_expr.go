package spec

import (
	"slices"

	"modernc.org/cc/v4"
)

// This file lowers expressions. The types of intermediate values are worked
// out here, by C's rules, rather than taken from the parser's tree: what a
// built-in returns has the type of the memory it touched.

// intType is C's int.
func (l *lower) intType() cc.Type { return l.b.intT }

// expr lowers an expression to a value.
func (l *lower) expr(e cc.ExpressionNode) value {
	pos := l.b.pos(e)
	if v, ok := l.constant(e); ok {
		return v
	}
	switch e := e.(type) {
	case *cc.ExpressionList:
		return l.comma(e)
	case *cc.PrimaryExpression:
		return l.primary(e)
	case *cc.PostfixExpression:
		return l.postfix(e)
	case *cc.UnaryExpression:
		return l.unary(e)
	case *cc.CastExpression:
		if e.Case == cc.CastExpressionUnary {
			return l.expr(e.UnaryExpression)
		}
		return l.cast(e)
	case *cc.MultiplicativeExpression:
		return l.multiplicative(e)
	case *cc.AdditiveExpression:
		return l.additive(e)
	case *cc.ShiftExpression:
		return l.shift(e)
	case *cc.RelationalExpression:
		return l.relational(e)
	case *cc.EqualityExpression:
		return l.equality(e)
	case *cc.AndExpression:
		if e.Case == cc.AndExpressionEq {
			return l.expr(e.EqualityExpression)
		}
		return l.binary(And, e.AndExpression, e.EqualityExpression, pos)
	case *cc.ExclusiveOrExpression:
		if e.Case == cc.ExclusiveOrExpressionAnd {
			return l.expr(e.AndExpression)
		}
		return l.binary(Xor, e.ExclusiveOrExpression, e.AndExpression, pos)
	case *cc.InclusiveOrExpression:
		if e.Case == cc.InclusiveOrExpressionXor {
			return l.expr(e.ExclusiveOrExpression)
		}
		return l.binary(Or, e.InclusiveOrExpression, e.ExclusiveOrExpression, pos)
	case *cc.LogicalAndExpression:
		if e.Case == cc.LogicalAndExpressionOr {
			return l.expr(e.InclusiveOrExpression)
		}
		return l.logical(e, pos)
	case *cc.LogicalOrExpression:
		if e.Case == cc.LogicalOrExpressionLAnd {
			return l.expr(e.LogicalAndExpression)
		}
		return l.logical(e, pos)
	case *cc.ConditionalExpression:
		if e.Case == cc.ConditionalExpressionLOr {
			return l.expr(e.LogicalOrExpression)
		}
		return l.conditional(e)
	case *cc.AssignmentExpression:
		if e.Case == cc.AssignmentExpressionCond {
			return l.expr(e.ConditionalExpression)
		}
		return l.assignment(e)
	case *cc.ConstantExpression:
		return l.expr(e.ConditionalExpression)
	}
	l.errorf(pos, "this expression is not supported")
	return l.zero()
}

// zero stands for the value of an expression that was refused.
func (l *lower) zero() value { return value{op: constOp(0), typ: l.intType()} }

// constant is the value of a constant that the parser works out: a literal, an
// enumerator, a size. What is computed from these is folded here, with our
// types.
func (l *lower) constant(e cc.ExpressionNode) (value, bool) {
	if !isConstant(e) {
		return value{}, false
	}
	n, ok := intValue(e.Value())
	if !ok || !e.Pure() || e.Type() == nil || !isInteger(e.Type()) {
		return value{}, false
	}
	return value{op: constOp(n), typ: e.Type()}, true
}

func isConstant(e cc.ExpressionNode) bool {
	switch x := e.(type) {
	case *cc.PrimaryExpression:
		if x.Case == cc.PrimaryExpressionIdent {
			_, ok := x.ResolvedTo().(*cc.Enumerator)
			return ok
		}
		return x.Case != cc.PrimaryExpressionExpr && x.Case != cc.PrimaryExpressionStmt
	case *cc.UnaryExpression:
		switch x.Case {
		case cc.UnaryExpressionSizeofExpr, cc.UnaryExpressionSizeofType, cc.UnaryExpressionAlignofExpr, cc.UnaryExpressionAlignofType:
			return true
		}
	case *cc.LogicalAndExpression, *cc.LogicalOrExpression:
		return true // as a case, say, where no branches can be
	}
	return false
}

func (l *lower) comma(e *cc.ExpressionList) value {
	var v value
	for ; e != nil; e = e.ExpressionList {
		v = l.expr(e.AssignmentExpression)
	}
	return v
}

func (l *lower) primary(e *cc.PrimaryExpression) value {
	switch e.Case {
	case cc.PrimaryExpressionExpr:
		return l.expr(e.ExpressionList)
	case cc.PrimaryExpressionStmt:
		return l.stmtExpr(e.CompoundStatement)
	case cc.PrimaryExpressionIdent:
		if d, ok := e.ResolvedTo().(*cc.Declarator); ok && d.Type().Kind() == cc.Function {
			return l.funcValue(d, l.b.pos(e))
		}
		if v, ok := l.parameter(e); ok {
			return v
		}
		return l.loadPlace(l.lvalue(e), l.b.pos(e))
	case cc.PrimaryExpressionString, cc.PrimaryExpressionLString:
		l.errorf(l.b.pos(e), "a string outside a message: models have none")
	case cc.PrimaryExpressionFloat:
		l.errorf(l.b.pos(e), "floating point: models compute with integers")
	default:
		l.errorf(l.b.pos(e), "this expression is not supported")
	}
	return l.zero()
}

// parameter is the value of a parameter that is never assigned.
func (l *lower) parameter(e *cc.PrimaryExpression) (value, bool) {
	d, ok := e.ResolvedTo().(*cc.Declarator)
	if !ok {
		return value{}, false
	}
	b, ok := l.env.vars[d]
	if !ok || b.reg >= 0 || b.local >= 0 {
		return value{}, false
	}
	return value{op: b.op, typ: b.typ}, true
}

// funcValue is a function used as a value.
func (l *lower) funcValue(d *cc.Declarator, pos Pos) value {
	name := d.Name()
	if l.b.funcs[name] == nil {
		l.errorf(pos, "function %s is not defined", name)
		return l.zero()
	}
	l.b.use.funcs[name] = true
	for i, f := range l.b.p.Funcs {
		if f == name {
			return value{op: Operand{OpdFunc, int64(i)}, typ: d.Type().Pointer()}
		}
	}
	// Not numbered yet: the program will be built once more, and the numbers
	// of this build are not the last.
	l.b.p.Funcs = append(l.b.p.Funcs, name)
	return value{op: Operand{OpdFunc, int64(len(l.b.p.Funcs) - 1)}, typ: d.Type().Pointer()}
}

func (l *lower) postfix(e *cc.PostfixExpression) value {
	switch e.Case {
	case cc.PostfixExpressionPrimary:
		return l.expr(e.PrimaryExpression)
	case cc.PostfixExpressionCall:
		return l.call(e)
	case cc.PostfixExpressionIndex, cc.PostfixExpressionSelect, cc.PostfixExpressionPSelect:
		return l.loadPlace(l.lvalue(e), l.b.pos(e))
	case cc.PostfixExpressionInc:
		return l.increment(e.PostfixExpression, Add, true, l.b.pos(e))
	case cc.PostfixExpressionDec:
		return l.increment(e.PostfixExpression, Sub, true, l.b.pos(e))
	}
	l.errorf(l.b.pos(e), "a compound literal: assign the members one by one")
	return l.zero()
}

func (l *lower) unary(e *cc.UnaryExpression) value {
	pos := l.b.pos(e)
	switch e.Case {
	case cc.UnaryExpressionPostfix:
		return l.expr(e.PostfixExpression)
	case cc.UnaryExpressionInc:
		return l.increment(e.UnaryExpression, Add, false, pos)
	case cc.UnaryExpressionDec:
		return l.increment(e.UnaryExpression, Sub, false, pos)
	case cc.UnaryExpressionAddrof:
		return l.addressOf(e.CastExpression, pos)
	case cc.UnaryExpressionDeref:
		v := l.expr(e.CastExpression)
		if elem := elemOf(v.typ); elem != nil && elem.Kind() == cc.Function {
			return v
		}
		return l.loadPlace(l.derefValue(v, pos), pos)
	case cc.UnaryExpressionPlus:
		v := l.expr(e.CastExpression)
		return l.convert(v, l.promote(v, pos), pos)
	case cc.UnaryExpressionMinus:
		return l.un(Neg, e.CastExpression, pos)
	case cc.UnaryExpressionCpl:
		return l.un(Cpl, e.CastExpression, pos)
	case cc.UnaryExpressionNot:
		return l.not(l.expr(e.CastExpression), pos)
	}
	l.errorf(pos, "this expression is not supported")
	return l.zero()
}

// promote is the type of an operand after C's integer promotions.
func (l *lower) promote(v value, pos Pos) cc.Type {
	if v.place != nil || !isInteger(v.typ) {
		l.errorf(pos, "arithmetic on %s: want an integer", typeName(v.typ))
		return l.intType()
	}
	return cc.IntegerPromotion(l.b.underlying(v.typ))
}

// underlying is the integer type behind an enum: where the parser takes int,
// gcc takes unsigned int if no enumerator is negative.
func (b *builder) underlying(t cc.Type) cc.Type {
	e, ok := t.(*cc.EnumType)
	switch {
	case !ok:
		return t
	case e.UnderlyingType().Kind() == cc.Int && !hasNegative(e):
		return b.uintT
	}
	return e.UnderlyingType()
}

func hasNegative(t *cc.EnumType) bool {
	return slices.ContainsFunc(t.Enumerators(), func(e *cc.Enumerator) bool {
		v, ok := e.Value().(cc.Int64Value)
		return ok && v < 0
	})
}

func (l *lower) un(op UnOp, e cc.ExpressionNode, pos Pos) value {
	v := l.expr(e)
	t := l.promote(v, pos)
	v = l.convert(v, t, pos)
	ti := l.b.typ(t, pos)
	if v.op.Kind == OpdConst {
		return value{op: constOp(EvalUn(op, &l.b.p.Types[ti], v.op.Val)), typ: t}
	}
	return value{op: l.compute(Inst{Op: OpUn, Sub: uint8(op), A: v.op, Type: ti, Pos: pos}), typ: t}
}

func (l *lower) not(v value, pos Pos) value {
	if v.place != nil {
		l.errorf(pos, "a struct where a value is wanted")
		return l.zero()
	}
	if n, ok := constantOf(v.op); ok {
		return value{op: constOp(truth(n == 0)), typ: l.intType()}
	}
	ti := l.b.typ(l.intType(), pos)
	return value{op: l.compute(Inst{Op: OpUn, Sub: uint8(Not), A: v.op, Type: ti, Pos: pos}), typ: l.intType()}
}

func (l *lower) multiplicative(e *cc.MultiplicativeExpression) value {
	ops := map[cc.MultiplicativeExpressionCase]BinOp{cc.MultiplicativeExpressionMul: Mul, cc.MultiplicativeExpressionDiv: Div, cc.MultiplicativeExpressionMod: Mod}
	op, ok := ops[e.Case]
	if !ok {
		return l.expr(e.CastExpression)
	}
	return l.binary(op, e.MultiplicativeExpression, e.CastExpression, l.b.pos(e))
}

func (l *lower) additive(e *cc.AdditiveExpression) value {
	switch e.Case {
	case cc.AdditiveExpressionAdd:
		return l.binary(Add, e.AdditiveExpression, e.MultiplicativeExpression, l.b.pos(e))
	case cc.AdditiveExpressionSub:
		return l.binary(Sub, e.AdditiveExpression, e.MultiplicativeExpression, l.b.pos(e))
	}
	return l.expr(e.MultiplicativeExpression)
}

func (l *lower) shift(e *cc.ShiftExpression) value {
	switch e.Case {
	case cc.ShiftExpressionLsh:
		return l.binary(Shl, e.ShiftExpression, e.AdditiveExpression, l.b.pos(e))
	case cc.ShiftExpressionRsh:
		return l.binary(Shr, e.ShiftExpression, e.AdditiveExpression, l.b.pos(e))
	}
	return l.expr(e.AdditiveExpression)
}

func (l *lower) relational(e *cc.RelationalExpression) value {
	pos := l.b.pos(e)
	a, b := e.RelationalExpression, e.ShiftExpression
	switch e.Case {
	case cc.RelationalExpressionLt:
		return l.binary(Lt, a, b, pos)
	case cc.RelationalExpressionLeq:
		return l.binary(Le, a, b, pos)
	case cc.RelationalExpressionGt, cc.RelationalExpressionGeq:
		// a > b is b < a, but a is evaluated first.
		op := Lt
		if e.Case == cc.RelationalExpressionGeq {
			op = Le
		}
		x := l.expr(a)
		var y value
		x.op, y = l.then(x.op, b)
		return l.arith(op, y, x, pos)
	}
	return l.expr(b)
}

func (l *lower) equality(e *cc.EqualityExpression) value {
	switch e.Case {
	case cc.EqualityExpressionEq:
		return l.binary(Eq, e.EqualityExpression, e.RelationalExpression, l.b.pos(e))
	case cc.EqualityExpressionNeq:
		return l.binary(Ne, e.EqualityExpression, e.RelationalExpression, l.b.pos(e))
	}
	return l.expr(e.RelationalExpression)
}

func (l *lower) binary(op BinOp, a, b cc.ExpressionNode, pos Pos) value {
	x := l.expr(a)
	var y value
	x.op, y = l.then(x.op, b)
	return l.arith(op, x, y, pos)
}

// then lowers an expression after an operand that was evaluated before it:
// where the operand is a variable that the expression assigns (within a
// statement expression, say), what it was before counts.
func (l *lower) then(o Operand, e cc.ExpressionNode) (Operand, value) {
	if o.Kind != OpdReg || l.regs[o.Val].name == "" || e.Pure() || l.constOnly {
		return o, l.expr(e)
	}
	slot := l.slot()
	v := l.expr(e)
	return l.asBefore(o, slot), v
}

// slot leaves room for an instruction, which asBefore may need.
func (l *lower) slot() int {
	l.emit(Inst{Op: OpNop})
	return len(l.code) - 1
}

// asBefore is the operand as it was at the slot.
func (l *lower) asBefore(o Operand, slot int) Operand {
	if o.Kind != OpdReg || slot < 0 {
		return o
	}
	for i := slot + 1; i < len(l.code); i++ {
		if in := &l.code[i]; in.Op.Info().HasDst && int64(in.Dst) == o.Val {
			r := l.reg("")
			l.code[slot] = Inst{Op: OpMov, Dst: r, A: o, Frame: l.env.frame}
			return regOp(r)
		}
	}
	return o
}

func isComparison(op BinOp) bool { return op >= Eq }

// arith computes x op y with C's conversions.
func (l *lower) arith(op BinOp, x, y value, pos Pos) value {
	if x.place != nil || y.place != nil {
		l.errorf(pos, "a struct where a value is wanted: name a member")
		return l.zero()
	}
	if x.typ.Kind() == cc.Ptr || y.typ.Kind() == cc.Ptr {
		return l.pointerArith(op, x, y, pos)
	}
	var t cc.Type
	switch tx, ty := l.promote(x, pos), l.promote(y, pos); op {
	case Shl, Shr:
		t = tx
		x, y = l.convert(x, tx, pos), l.convert(y, ty, pos)
	default:
		t = cc.UsualArithmeticConversions(tx, ty)
		x, y = l.convert(x, t, pos), l.convert(y, t, pos)
	}
	return l.bin(op, x, y, t, pos)
}

// bin emits or folds an operation on operands of type t.
func (l *lower) bin(op BinOp, x, y value, t cc.Type, pos Pos) value {
	ti := l.b.typ(t, pos)
	rt := t
	if isComparison(op) {
		rt = l.intType()
	}
	if x.op.Kind == OpdConst && y.op.Kind == OpdConst {
		if v, what := EvalBin(op, &l.b.p.Types[ti], x.op.Val, y.op.Val); what == "" {
			return value{op: constOp(v), typ: rt}
		}
	}
	return value{op: l.compute(Inst{Op: OpBin, Sub: uint8(op), A: x.op, B: y.op, Type: ti, Pos: pos}), typ: rt}
}

func (l *lower) pointerArith(op BinOp, x, y value, pos Pos) value {
	switch {
	case op == Eq || op == Ne:
		return l.pointerCompare(op, x, y, pos)
	case (op == Add || op == Sub) && x.typ.Kind() == cc.Ptr && isInteger(y.typ):
		if op == Sub {
			y = l.arith(Sub, value{op: constOp(0), typ: l.b.longT}, l.convert(y, l.b.longT, pos), pos)
		}
		return l.pointerAdd(x, y, pos)
	case op == Add && y.typ.Kind() == cc.Ptr && isInteger(x.typ):
		return l.pointerAdd(y, x, pos)
	}
	l.errorf(pos, "%q on a pointer: pointers can be compared with == and !=, and moved within an array", op.String())
	return l.zero()
}

func (l *lower) pointerCompare(op BinOp, x, y value, pos Pos) value {
	for _, v := range []value{x, y} {
		if n, ok := constantOf(v.op); v.typ.Kind() != cc.Ptr && !(ok && n == 0) {
			l.errorf(pos, "a pointer is compared with an integer: compare it with a pointer or NULL")
			return l.zero()
		}
	}
	if a, ok := constantOf(x.op); ok {
		if b, ok := constantOf(y.op); ok {
			v, _ := EvalBin(op, &Type{Bits: 64, Unsigned: true}, a, b)
			return value{op: constOp(v), typ: l.intType()}
		}
	}
	t := x.typ
	if t.Kind() != cc.Ptr {
		t = y.typ
	}
	ti := l.b.typ(t, pos)
	return value{op: l.compute(Inst{Op: OpBin, Sub: uint8(op), A: x.op, B: y.op, Type: ti, Pos: pos}), typ: l.intType()}
}

func (l *lower) pointerAdd(p, n value, pos Pos) value {
	elem := elemOf(p.typ)
	size, err := l.b.numLeaves(elem)
	if err != nil {
		l.errorf(pos, "arithmetic on a %s: %v", typeName(p.typ), err)
		return l.zero()
	}
	return value{op: l.index(p.op, n.op, size, Operand{}, pos), typ: p.typ}
}

// index is base + i*stride. A known length is checked: 0 <= i < length;
// without one the result must stay within base's variable.
func (l *lower) index(base, i Operand, stride int, length Operand, pos Pos) Operand {
	if i.Kind == OpdConst && length.Kind == OpdConst && 0 <= i.Val && i.Val < length.Val &&
		l.within(base, i.Val*int64(stride)) {
		return Operand{base.Kind, base.Val + i.Val*int64(stride)}
	}
	if i.Kind == OpdConst && i.Val == 0 && length.Kind == OpdNone {
		return base
	}
	return l.compute(Inst{Op: OpIndex, A: base, B: i, C: length, To: stride, Pos: pos})
}

// offset is the address of a member: a fixed number of cells after base.
func (l *lower) offset(base Operand, cells int, pos Pos) Operand {
	switch {
	case cells == 0:
		return base
	case l.within(base, int64(cells)):
		return Operand{base.Kind, base.Val + int64(cells)}
	}
	return l.compute(Inst{Op: OpIndex, A: base, B: constOp(1), To: cells, Pos: pos})
}

// within reports whether the address is known and so many cells after it are
// still of its variable: by a cast, a struct may be larger than what is there.
// Where they are not, the run finds out.
func (l *lower) within(base Operand, cells int64) bool {
	switch base.Kind {
	case OpdAddr:
		c := l.b.p.Cells
		at := base.Val + cells
		return at >= 0 && at < int64(len(c)) && c[at].Var == c[base.Val].Var
	case OpdLocal:
		for _, loc := range l.locals {
			if first, n := int64(loc.First), int64(len(loc.Cells)); first <= base.Val && base.Val < first+n {
				return base.Val+cells < first+n && base.Val+cells > first
			}
		}
	}
	return false
}

// convert converts a value to a C type as assignment does.
func (l *lower) convert(v value, t cc.Type, pos Pos) value {
	switch {
	case t.Kind() == cc.Void:
		return value{typ: t}
	case v.place != nil:
		if t.Kind() == cc.Struct {
			return v
		}
		l.errorf(pos, "a struct where %s is wanted: name a member", typeName(t))
		return l.zero()
	case v.typ.Kind() == cc.Void:
		l.errorf(pos, "a void value is used")
		return l.zero()
	case t.Kind() == cc.Bool && v.typ.Kind() != cc.Bool:
		return l.toBool(v, t, pos)
	case t.Kind() == cc.Ptr:
		return l.toPointer(v, t, pos)
	case v.typ.Kind() == cc.Ptr:
		l.errorf(pos, "a pointer is converted to %s: pointers stay pointers", typeName(t))
		return l.zero()
	case !isInteger(t):
		l.errorf(pos, "%v", orText(scalarError(t), "a struct or array where a value is wanted"))
		return l.zero()
	}
	ti := l.b.typ(t, pos)
	to := &l.b.p.Types[ti]
	if v.op.Kind == OpdConst {
		return value{op: constOp(to.Normalize(v.op.Val)), typ: t}
	}
	if from := describeType(v.typ); from.fits(to) {
		return value{op: v.op, typ: t}
	}
	return value{op: l.compute(Inst{Op: OpConv, A: v.op, Type: ti, Pos: pos}), typ: t}
}

func orText(err error, text string) string {
	if err != nil {
		return err.Error()
	}
	return text
}

// fits reports whether every value of t is one of u.
func (t *Type) fits(u *Type) bool {
	switch {
	case t.Bits == u.Bits:
		return t.Unsigned == u.Unsigned || t.Bits == 64
	case t.Bits > u.Bits:
		return false
	}
	return t.Unsigned || !u.Unsigned
}

func (l *lower) toBool(v value, t cc.Type, pos Pos) value {
	if n, ok := constantOf(v.op); ok {
		return value{op: constOp(truth(n != 0)), typ: t}
	}
	from := l.b.typ(v.typ, pos)
	return value{op: l.compute(Inst{Op: OpBin, Sub: uint8(Ne), A: v.op, B: constOp(0), Type: from, Pos: pos}), typ: t}
}

func (l *lower) toPointer(v value, t cc.Type, pos Pos) value {
	if n, ok := constantOf(v.op); ok && n == 0 {
		return value{op: constOp(0), typ: t}
	}
	if v.typ.Kind() == cc.Ptr {
		l.samePointee(elemOf(v.typ), elemOf(t), pos)
		return value{op: v.op, typ: t}
	}
	l.errorf(pos, "an integer is converted to a pointer: pointers are to static objects and their members, or NULL")
	return l.zero()
}

func (l *lower) cast(e *cc.CastExpression) value {
	pos := l.b.pos(e)
	t := e.TypeName.Type()
	if off, ptr, ok := l.containerOf(e, t); ok {
		return l.container(ptr, t, off, pos)
	}
	if off, ok := nullOffset(e); ok {
		return value{op: constOp(off), typ: t}
	}
	v := l.expr(e.CastExpression)
	// Structs are cast by the typeof macros of the headers, to themselves.
	if v.place != nil && t.Kind() == cc.Struct {
		return v
	}
	if v.typ.Kind() == cc.Ptr && v.op.Kind == OpdFunc && t.Kind() == cc.Ptr {
		return value{op: v.op, typ: t}
	}
	return l.convert(v, t, pos)
}

// logical lowers && and || to branches around a register.
func (l *lower) logical(e cc.ExpressionNode, pos Pos) value {
	isFalse, end := l.label(), l.label()
	start := len(l.code)
	l.considerLogical(e)
	l.cond(e, isFalse)
	if l.constOnly {
		return l.zero()
	}
	if len(l.code) == start {
		// Both sides are constant and nothing jumps: it is true.
		if !l.targeted(isFalse) {
			return value{op: constOp(1), typ: l.intType()}
		}
	}
	r := l.reg("")
	l.regs[r].bound = true
	ti := l.b.typ(l.intType(), pos)
	if l.reachable() {
		l.emit(Inst{Op: OpMov, Dst: r, A: constOp(1), Type: ti, Pos: pos})
		l.jump(end, pos)
	}
	l.here(isFalse)
	l.emit(Inst{Op: OpMov, Dst: r, A: constOp(0), Type: ti, Pos: pos})
	l.here(end)
	return value{op: regOp(r), typ: l.intType()}
}

// targeted reports whether some instruction jumps to the label.
func (l *lower) targeted(label int) bool {
	for i := range l.code {
		if op := l.code[i].Op; (op == OpJump || op == OpBr) && l.code[i].To == label {
			return true
		}
	}
	return false
}

// cond goes on if the expression is true and jumps to the label if not.
func (l *lower) cond(e cc.ExpressionNode, isFalse int) {
	pos := l.b.pos(e)
	switch x := unparen(e).(type) {
	case *cc.LogicalAndExpression:
		if x.Case != cc.LogicalAndExpressionOr {
			l.cond(x.LogicalAndExpression, isFalse)
			l.cond(x.InclusiveOrExpression, isFalse)
			return
		}
	case *cc.LogicalOrExpression:
		if x.Case != cc.LogicalOrExpressionLAnd {
			second, isTrue := l.label(), l.label()
			l.cond(x.LogicalOrExpression, second)
			l.jump(isTrue, pos)
			l.here(second)
			l.cond(x.LogicalAndExpression, isFalse)
			l.here(isTrue)
			return
		}
	case *cc.UnaryExpression:
		if x.Case == cc.UnaryExpressionNot {
			isTrue := l.label()
			l.cond(x.CastExpression, isTrue)
			l.jump(isFalse, pos)
			l.here(isTrue)
			return
		}
	}
	if outcome, ok := l.b.forced[e]; ok {
		l.pretend(e, outcome, isFalse, pos)
		return
	}
	v := l.expr(e)
	if v.place != nil || v.typ.Kind() == cc.Void {
		l.errorf(pos, "a condition must be a number or a pointer")
		return
	}
	l.branch(v.op, isFalse, pos)
}

// unparen removes parentheses and the parser's single-production nodes.
func unparen(e cc.ExpressionNode) cc.ExpressionNode {
	for {
		switch x := e.(type) {
		case *cc.PrimaryExpression:
			if x.Case != cc.PrimaryExpressionExpr {
				return e
			}
			e = x.ExpressionList
		case *cc.ExpressionList:
			if x.ExpressionList != nil {
				return e
			}
			e = x.AssignmentExpression
		default:
			return e
		}
	}
}

func (l *lower) conditional(e *cc.ConditionalExpression) value {
	pos := l.b.pos(e)
	isFalse, end := l.label(), l.label()
	if n, ok := l.constCond(e.LogicalOrExpression); ok {
		x := e.ExpressionList
		if x == nil {
			x = e.LogicalOrExpression
		}
		if n {
			return l.chosen(x, e.ConditionalExpression, pos)
		}
		return l.chosen(e.ConditionalExpression, x, pos)
	}
	l.considerChoice(e)
	var x value
	if e.ExpressionList == nil { // a ?: b
		x = l.expr(e.LogicalOrExpression)
		l.branch(x.op, isFalse, pos)
	} else {
		l.cond(e.LogicalOrExpression, isFalse)
		x = l.expr(e.ExpressionList)
	}
	r := l.reg("")
	l.regs[r].bound = true
	at := len(l.code)
	xEnd := l.reachable()
	l.jump(end, pos)
	l.here(isFalse)
	y := l.expr(e.ConditionalExpression)
	t := l.commonType(x, y, pos)
	if t.Kind() == cc.Void {
		l.here(end)
		return value{typ: t}
	}
	if y = l.convert(y, t, pos); l.reachable() {
		l.emit(Inst{Op: OpMov, Dst: r, A: y.op, Type: l.b.typ(t, pos), Pos: pos})
	}
	l.here(end)
	if xEnd && !l.constOnly {
		l.insertMove(at, r, x, t, pos)
	}
	return value{op: regOp(r), typ: t}
}

// chosen is the value of ?: where the condition is constant; the other value
// still has a part in the type.
func (l *lower) chosen(e, other cc.ExpressionNode, pos Pos) value {
	v, t := l.expr(e), l.typeOf(other)
	if v.place != nil || !isInteger(v.typ) || !isInteger(t) {
		return v
	}
	o := value{typ: t}
	return l.convert(v, cc.UsualArithmeticConversions(l.promote(v, pos), l.promote(o, pos)), pos)
}

// typeOf is the type that an expression has as a value. It is lowered, for the
// parser knows of built-ins and enums less than we do, and the code dropped.
func (l *lower) typeOf(e cc.ExpressionNode) cc.Type {
	code, covers, at, refused := len(l.code), len(l.b.p.Covers), l.labelAt, l.refused
	v := l.expr(e)
	l.code, l.b.p.Covers, l.labelAt, l.refused = l.code[:code], l.b.p.Covers[:covers], at, refused
	return v.typ
}

// insertMove puts r = (t)x before the instruction at, which was emitted before
// t was known.
func (l *lower) insertMove(at, r int, x value, t cc.Type, pos Pos) {
	tail := append([]Inst(nil), l.code[at:]...)
	l.code = l.code[:at]
	x = l.convert(x, t, pos)
	l.emit(Inst{Op: OpMov, Dst: r, A: x.op, Type: l.b.typ(t, pos), Pos: pos})
	grown := len(l.code) - at
	l.code = append(l.code, tail...)
	for i, target := range l.labels {
		if target > at {
			l.labels[i] = target + grown
		}
	}
	if l.labelAt > at {
		l.labelAt += grown
	}
}

// constCond is the value of a condition that the parser knows.
func (l *lower) constCond(e cc.ExpressionNode) (val, ok bool) {
	n, ok := intValue(e.Value())
	return n != 0, ok && e.Pure()
}

// commonPointer is the type of a choice of two pointers: that of the other one
// if one is NULL, void * if one is that.
func commonPointer(x, y value) cc.Type {
	if n, ok := constantOf(x.op); ok && n == 0 {
		return y.typ
	}
	if elemOf(y.typ).Kind() == cc.Void {
		if n, ok := constantOf(y.op); !ok || n != 0 {
			return y.typ
		}
	}
	return x.typ
}

func (l *lower) commonType(x, y value, pos Pos) cc.Type {
	switch {
	case x.place != nil || y.place != nil:
		l.errorf(pos, "a struct chosen by ?: : assign in an if statement")
		return l.intType()
	case x.typ.Kind() == cc.Void || y.typ.Kind() == cc.Void:
		return l.b.voidT
	case x.typ.Kind() == cc.Ptr && y.typ.Kind() == cc.Ptr:
		return commonPointer(x, y)
	case x.typ.Kind() == cc.Ptr:
		return x.typ
	case y.typ.Kind() == cc.Ptr:
		return y.typ
	}
	return cc.UsualArithmeticConversions(l.promote(x, pos), l.promote(y, pos))
}
