package spec

import (
	"slices"

	"modernc.org/cc/v4"
)

// This file lowers statements and declarations.

func (l *lower) block(c *cc.CompoundStatement) {
	depth := len(l.scopes)
	for list := c.BlockItemList; list != nil; list = list.BlockItemList {
		l.blockItem(list.BlockItem)
	}
	l.closeScopes(depth, true, l.b.pos(&c.Token2))
}

func (l *lower) blockItem(it *cc.BlockItem) {
	switch it.Case {
	case cc.BlockItemDecl:
		l.declaration(it.Declaration)
	case cc.BlockItemStmt:
		l.stmt(it.Statement)
	case cc.BlockItemLabel:
		// __label__ only limits a label's scope.
	default:
		l.errorf(l.b.pos(it), "a function within a function")
	}
}

// stmtExpr is ({ …; value; }).
func (l *lower) stmtExpr(c *cc.CompoundStatement) value {
	depth := len(l.scopes)
	v := value{typ: l.b.voidT}
	for list := c.BlockItemList; list != nil; list = list.BlockItemList {
		it := list.BlockItem
		if list.BlockItemList == nil && it.Case == cc.BlockItemStmt && it.Statement.Case == cc.StatementExpr && it.Statement.ExpressionStatement.ExpressionList != nil {
			v = l.expr(it.Statement.ExpressionStatement.ExpressionList)
			break
		}
		l.blockItem(it)
	}
	end := l.b.pos(&c.Token2)
	if v.place != nil && len(l.scopes) > depth && !l.constOnly {
		return l.outlive(v, depth, end)
	}
	if v.op.Kind == OpdReg {
		l.regs[v.op.Val].outlives = true
	}
	l.closeScopes(depth, true, end)
	return v
}

// outlive copies a struct to a local of the enclosing block before the scopes
// opened since depth end: it may be one of theirs.
func (l *lower) outlive(v value, depth int, pos Pos) value {
	loc := l.newLocal("value", v.typ, pos)
	l.emitScope(loc, 1, pos)
	pl := place{reg: -1, addr: localOp(l.locals[loc].First + 1), typ: v.typ}
	v = l.assignStruct(pl, v, pos)
	l.closeScopes(depth, true, pos)
	l.scopes = append(l.scopes, loc)
	return v
}

func (l *lower) declaration(d *cc.Declaration) {
	if d.Case == cc.DeclarationAuto {
		l.errorf(l.b.pos(d), "__auto_type: write the type")
		return
	}
	for list := d.InitDeclaratorList; list != nil; list = list.InitDeclaratorList {
		id := list.InitDeclarator
		if dcl := id.Declarator; !dcl.IsTypename() && !dcl.IsSynthetic() && dcl.Type().Kind() != cc.Function {
			l.declare(dcl, id.Initializer)
		}
	}
}

func (l *lower) declare(d *cc.Declarator, init *cc.Initializer) {
	pos := l.b.pos(d)
	switch {
	case d.Name() == "__func__":
		return
	case d.IsExtern():
		return
	case d.StorageDuration() == cc.Static:
		l.declareStaticLocal(d, init)
	case d.Type().Kind() == cc.Struct || d.Type().Kind() == cc.Array || d.AddressTaken():
		l.declareLocal(d, init)
	default:
		b := binding{reg: l.reg(d.Name()), local: -1, typ: d.Type()}
		l.env.vars[d] = b
		ti := l.b.typ(b.typ, pos)
		if init != nil {
			v := l.convert(l.initExpr(init), b.typ, pos)
			l.move(b.reg, v.op, ti, pos)
		}
	}
}

// declareStaticLocal makes a variable once, however often its function is
// inlined.
func (l *lower) declareStaticLocal(d *cc.Declarator, init *cc.Initializer) {
	if l.b.static[d] != nil {
		return
	}
	p := d.Position()
	v := l.b.declareStatic(d, init, p.String()+" "+d.Name())
	v.local = true
	if l.b.use.vars[v.key] {
		l.b.allocate(v)
		if v.first >= 0 {
			l.b.initialize(v)
		}
	}
}

func (l *lower) declareLocal(d *cc.Declarator, init *cc.Initializer) {
	pos := l.b.pos(d)
	if a, ok := d.Type().(*cc.ArrayType); ok && a.IsVLA() {
		l.errorf(pos, "%s: an array of variable length: give it a constant one", d.Name())
		return
	}
	if d.IsRegister() && d.AddressTaken() {
		l.errorf(pos, "the address of %s is taken, which is a register variable", d.Name())
	}
	loc := l.newLocal(d.Name(), d.Type(), pos)
	l.env.vars[d] = binding{reg: -1, local: loc, typ: d.Type()}
	if !l.constOnly {
		l.openScope(loc, pos)
	}
	if init == nil {
		return
	}
	base := l.locals[loc].First + 1
	l.initializer(init, d.Type(), func(off int64, t cc.Type, e cc.ExpressionNode) {
		at := place{reg: -1, addr: localOp(base + l.b.leafAt(d.Type(), off)), typ: t}
		l.assign(at, l.expr(e), l.b.pos(e))
	})
}

// initExpr is the expression of a scalar's initializer, which may be in braces.
func (l *lower) initExpr(init *cc.Initializer) value {
	for init.Case == cc.InitializerInitList {
		if init.InitializerList == nil {
			return l.zero()
		}
		init = init.InitializerList.Initializer
	}
	return l.expr(init.AssignmentExpression)
}

// initializer calls set for each scalar (or struct value) that an initializer
// gives, with its byte offset. What it does not mention is zero.
func (l *lower) initializer(init *cc.Initializer, t cc.Type, set func(int64, cc.Type, cc.ExpressionNode)) {
	if init.Case == cc.InitializerExpr {
		it := init.Type()
		if it == nil || t.Kind() != cc.Struct && t.Kind() != cc.Array {
			it = t
		}
		if t.Kind() == cc.Struct && init.AssignmentExpression.Type().Kind() != cc.Struct {
			l.errorf(l.b.pos(init), "a struct is initialized by a number: want { … }")
			return
		}
		if it.Kind() == cc.Array {
			l.errorf(l.b.pos(init), "a string outside a message: models have none")
			return
		}
		set(init.Offset(), it, init.AssignmentExpression)
		return
	}
	one := set
	for list := init.InitializerList; list != nil; list = list.InitializerList {
		in := list.Initializer
		set := l.repeated(list, one)
		if in.Case == cc.InitializerExpr {
			it := t
			if f := in.Field(); f != nil {
				it = f.Type()
			} else if in.Type() != nil {
				it = in.Type()
			}
			if lt, ok := l.scalarAt(t, in.Offset()); ok && it.Kind() != cc.Struct {
				it = lt
			}
			set(in.Offset(), it, in.AssignmentExpression)
			continue
		}
		l.initializer(in, t, set)
	}
}

// repeated calls set for each element of a range, [1 ... 3] = …; the parser
// gives the offset of the first.
func (l *lower) repeated(list *cc.InitializerList, set func(int64, cc.Type, cc.ExpressionNode)) func(int64, cc.Type, cc.ExpressionNode) {
	in := list.Initializer
	if list.Designation == nil || in.Len() <= 1 {
		return set
	}
	if list.Designation.DesignatorList.DesignatorList != nil {
		l.errorf(l.b.pos(list.Designation), "a range of elements with another designator: give each element its initializer")
		return set
	}
	stride := in.Type().Size()
	return func(off int64, t cc.Type, e cc.ExpressionNode) {
		for i := range in.Len() {
			set(off+i*stride, t, e)
		}
	}
}

// scalarAt is the type of the scalar at a byte offset.
func (l *lower) scalarAt(t cc.Type, off int64) (cc.Type, bool) {
	ls, err := l.b.leaves(t)
	if i := l.b.leafAt(t, off); err == nil && i < len(ls) && ls[i].offset == off {
		return ls[i].typ, true
	}
	return nil, false
}

func (l *lower) stmt(s *cc.Statement) {
	pos := l.b.pos(s)
	if pos == l.alone || !l.standsAlone(s, pos) {
		l.plainStmt(s)
		return
	}
	if l.leftOut(s, pos) {
		return
	}
	start, outer := len(l.code), l.alone
	l.alone = pos
	l.plainStmt(s)
	l.alone = outer
	l.foundStatement(s, start, pos)
}

func (l *lower) plainStmt(s *cc.Statement) {
	switch s.Case {
	case cc.StatementLabeled:
		l.labeled(s.LabeledStatement)
	case cc.StatementCompound:
		l.block(s.CompoundStatement)
	case cc.StatementExpr:
		if e := s.ExpressionStatement.ExpressionList; e != nil {
			l.expr(e)
		}
	case cc.StatementSelection:
		l.selection(s.SelectionStatement)
	case cc.StatementIteration:
		l.iteration(s.IterationStatement)
	case cc.StatementJump:
		l.jumpStmt(s.JumpStatement)
	default:
		l.errorf(l.b.pos(s), "assembly: write C")
	}
}

func (l *lower) selection(s *cc.SelectionStatement) {
	pos := l.b.pos(s)
	if s.Case != cc.SelectionStatementSwitch {
		l.considerIf(s)
	}
	switch s.Case {
	case cc.SelectionStatementIf:
		end := l.label()
		l.cond(s.ExpressionList, end)
		l.stmt(s.Statement)
		l.here(end)
	case cc.SelectionStatementIfElse:
		otherwise, end := l.label(), l.label()
		l.cond(s.ExpressionList, otherwise)
		l.stmt(s.Statement)
		l.jump(end, pos)
		l.here(otherwise)
		l.stmt(s.Statement2)
		l.here(end)
	case cc.SelectionStatementSwitch:
		l.switchStmt(s, pos)
	}
}

func (l *lower) switchStmt(s *cc.SelectionStatement, pos Pos) {
	v := l.expr(s.ExpressionList)
	t := l.promote(v, pos)
	v = l.convert(v, t, pos)
	if v.op.Kind == OpdReg {
		l.regs[v.op.Val].bound = true
	}
	end := l.label()
	deflt := end
	var seen []caseRange
	for _, c := range s.LabeledStatements() {
		if c.Case == cc.LabeledStatementLabel {
			continue
		}
		label := l.label()
		l.env.cases[c] = caseLabel{label, len(l.scopes)}
		if c.Case == cc.LabeledStatementDefault {
			if deflt != end {
				l.errorf(l.b.pos(c), "a second default in this switch")
			}
			deflt = label
			continue
		}
		lo, hi := l.caseTest(v, t, c, label)
		seen = l.addCase(seen, caseRange{lo, hi, l.b.pos(c)})
	}
	l.jump(deflt, pos)
	l.loops = append(l.loops, loop{brk: end, cont: -1, scopes: len(l.scopes)})
	l.stmt(s.Statement)
	l.loops = l.loops[:len(l.loops)-1]
	l.here(end)
}

// caseTest jumps to the case if v is its value, or in its range.
// It returns the range.
func (l *lower) caseTest(v value, t cc.Type, c *cc.LabeledStatement, label int) (lowest, highest int64) {
	pos := l.b.pos(c)
	next := l.label()
	lo := l.convert(l.expr(c.ConstantExpression), t, pos)
	hi := lo
	if c.Case == cc.LabeledStatementRange {
		hi = l.convert(l.expr(c.ConstantExpression2), t, pos)
		l.branch(l.bin(Le, lo, v, t, pos).op, next, pos)
		l.branch(l.bin(Le, v, hi, t, pos).op, next, pos)
	} else {
		l.branch(l.bin(Eq, v, lo, t, pos).op, next, pos)
	}
	l.jump(label, pos)
	l.here(next)
	return lo.op.Val, hi.op.Val
}

// A caseRange is the values of a case.
type caseRange struct {
	lo, hi int64
	pos    Pos
}

// addCase refuses a case that has values of another one.
func (l *lower) addCase(seen []caseRange, c caseRange) []caseRange {
	for _, o := range seen {
		if c.lo <= o.hi && o.lo <= c.hi {
			l.errorf(c.pos, "a second case %d: the first is in line %d", max(c.lo, o.lo), o.pos.Line)
			break
		}
	}
	return append(seen, c)
}

func (l *lower) labeled(s *cc.LabeledStatement) {
	pos := l.b.pos(s)
	if s.Case == cc.LabeledStatementLabel {
		name := s.Token.SrcStr()
		if l.env.labels[name] != nil {
			l.errorf(pos, "a second label %s in this function", name)
		}
		lb := &gotoLabel{label: l.label(), scopes: slices.Clone(l.scopes)}
		l.env.labels[name] = lb
		l.here(lb.label)
	} else if c, ok := l.env.cases[s]; ok {
		l.caseLabel(c, pos)
	} else {
		l.errorf(pos, "a case outside a switch")
	}
	l.stmt(s.Statement)
}

// caseLabel puts the label of a case. A jump to it from the switch passes the
// declarations between them, but the variables begin to live there all the same.
func (l *lower) caseLabel(c caseLabel, pos Pos) {
	if len(l.scopes) == c.scopes {
		l.here(c.label)
		return
	}
	over := l.label()
	l.jump(over, pos)
	l.here(c.label)
	for _, local := range l.scopes[c.scopes:] {
		l.emitScope(local, 1, pos)
	}
	l.here(over)
}

// placeGotos lets the gotos of a function that is complete go to their labels,
// past code that ends the scopes they leave and begins those they enter.
func (l *lower) placeGotos(fn string) {
	for _, g := range l.env.gotos {
		to := l.env.labels[g.name]
		if to == nil {
			l.errorf(g.pos, "goto %s: %s has no such label", g.name, fn)
			continue
		}
		same := 0
		for same < min(len(g.scopes), len(to.scopes)) && g.scopes[same] == to.scopes[same] {
			same++
		}
		if same == len(g.scopes) && same == len(to.scopes) {
			l.labels[g.label] = l.labels[to.label]
			continue
		}
		over := l.label()
		l.jump(over, g.pos)
		l.here(g.label)
		for i := len(g.scopes) - 1; i >= same; i-- {
			l.emitScope(g.scopes[i], 0, g.pos)
		}
		for _, local := range to.scopes[same:] {
			l.emitScope(local, 1, g.pos)
		}
		l.jump(to.label, g.pos)
		l.here(over)
	}
}

func (l *lower) iteration(s *cc.IterationStatement) {
	top, cont, end := l.label(), l.label(), l.label()
	depth := len(l.scopes)
	pos := l.b.pos(s)
	l.considerLoop(s)
	body := func() {
		l.loops = append(l.loops, loop{brk: end, cont: cont, scopes: len(l.scopes), endless: l.endless(s)})
		l.stmt(s.Statement)
		l.loops = l.loops[:len(l.loops)-1]
	}
	switch s.Case {
	case cc.IterationStatementWhile:
		l.here(top)
		l.here(cont)
		l.cond(s.ExpressionList, end)
		body()
		l.jump(top, pos)
	case cc.IterationStatementDo:
		l.here(top)
		body()
		l.here(cont)
		l.cond(s.ExpressionList, end)
		l.jump(top, pos)
	default:
		l.forStmt(s, top, cont, end, body)
	}
	l.here(end)
	l.closeScopes(depth, true, pos)
}

// endless reports whether the loop ends by a jump out of it only.
func (l *lower) endless(s *cc.IterationStatement) bool {
	test := s.ExpressionList
	if s.Case == cc.IterationStatementFor {
		test = s.ExpressionList2
	}
	if test == nil {
		return true
	}
	holds, known := l.constCond(test)
	return known && holds
}

func (l *lower) forStmt(s *cc.IterationStatement, top, cont, end int, body func()) {
	test, step := s.ExpressionList2, s.ExpressionList3
	if s.Case == cc.IterationStatementForDecl {
		l.declaration(s.Declaration)
		test, step = s.ExpressionList, s.ExpressionList2
	} else if s.ExpressionList != nil {
		l.expr(s.ExpressionList)
	}
	l.here(top)
	if test != nil {
		l.cond(test, end)
	}
	body()
	l.here(cont)
	if step != nil {
		l.expr(step)
	}
	l.jump(top, l.b.pos(s))
}

func (l *lower) jumpStmt(s *cc.JumpStatement) {
	pos := l.b.pos(s)
	switch s.Case {
	case cc.JumpStatementGoto:
		g := pendingGoto{label: l.label(), name: s.Token2.SrcStr(), scopes: slices.Clone(l.scopes), pos: pos}
		l.env.gotos = append(l.env.gotos, g)
		l.jump(g.label, pos)
	case cc.JumpStatementContinue:
		for i := len(l.loops) - 1; i >= l.env.loops; i-- {
			if lp := l.loops[i]; lp.cont >= 0 {
				l.leave(lp.cont, lp.scopes, pos)
				return
			}
		}
		l.errorf(pos, "continue outside a loop")
	case cc.JumpStatementBreak:
		if n := len(l.loops); n > l.env.loops {
			l.leave(l.loops[n-1].brk, l.loops[n-1].scopes, pos)
			return
		}
		l.errorf(pos, "break outside a loop or switch")
	case cc.JumpStatementReturn:
		l.returnStmt(s, pos)
	default:
		l.errorf(pos, "goto a computed address")
	}
}

// leave jumps out of the blocks opened since depth.
func (l *lower) leave(label, depth int, pos Pos) {
	l.closeScopes(depth, false, pos)
	l.jump(label, pos)
}

func (l *lower) returnStmt(s *cc.JumpStatement, pos Pos) {
	rt := result(l.env.fn)
	switch {
	case s.ExpressionList == nil && rt.Kind() != cc.Void:
		l.errorf(pos, "%s returns %s: return a value", l.env.fn.Declarator.Name(), typeName(rt))
	case s.ExpressionList != nil && rt.Kind() == cc.Void:
		if v := l.expr(s.ExpressionList); v.typ.Kind() != cc.Void {
			l.errorf(pos, "%s returns void: return nothing", l.env.fn.Declarator.Name())
		}
	case s.ExpressionList != nil:
		v := l.convert(l.expr(s.ExpressionList), rt, pos)
		if l.reachable() {
			l.move(l.env.ret, v.op, l.b.typ(rt, pos), pos)
		}
	}
	l.leave(l.env.retLabel, l.env.scopes, pos)
}
