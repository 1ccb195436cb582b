package spec

import (
	"slices"
	"strings"

	"modernc.org/cc/v4"
)

// This file finds, while the syntax tree is lowered, what can be taken away from
// it, and takes it away: conditions, the loops they end, statements that wait,
// calls that hand a function to others.

// candidate notes that a mutation can be made at a node of the model's own text,
// and reports whether the one in effect is. what tells apart several of the kind
// at the same place.
func (l *lower) candidate(kind MutationKind, pos Pos, what any, text string, lines ...Pos) bool {
	s := l.b.found.number(l.b.siteAt(kind, pos), what)
	c := &candidate{text: text}
	for _, p := range lines {
		c.lines = append(c.lines, MutationLine{l.b.p.Files[p.File].Name, p.Line})
	}
	l.b.found.found[s] = c
	return l.b.m.mutation.at(s)
}

func (b *builder) siteAt(kind MutationKind, pos Pos) site {
	return site{kind: kind, file: b.p.Files[pos.File].Name, line: pos.Line, col: pos.Col}
}

// mutating reports whether it matters what can be taken away: not where a model is
// built as it is.
func (l *lower) mutating() bool { return l.b.m.mutation != nil && l.env.fn != nil && !l.constOnly }

// own reports whether the place is in the model's own text, and not what a macro
// of the library expands to there.
func (l *lower) own(pos Pos) bool {
	return pos.Line > 0 && !l.b.p.Files[pos.File].Library && !l.libraryMacro(pos)
}

// libraryMacro reports whether a macro of the library stands at the place: what
// it expands to is all there.
func (l *lower) libraryMacro(pos Pos) bool {
	m := l.b.macros[l.b.wordAt(pos)]
	return m != nil && strings.HasPrefix(m.Position().Filename, libDir+"/")
}

// considerIf finds the outcomes that take an if away, and sees to it that the
// condition has the one that the mutation in effect gives it.
func (l *lower) considerIf(s *cc.SelectionStatement) {
	if !l.mutating() || !l.own(l.b.pos(s)) {
		return
	}
	for _, r := range l.removals(s) {
		l.leaves(s.ExpressionList, r.outcome, func(leaf cc.ExpressionNode, outcome bool) {
			l.considerCondition(r.kind, leaf, outcome, l.b.pos(s))
		})
	}
}

// A removal is an outcome of a condition that takes away what it is there for.
type removal struct {
	kind    MutationKind
	outcome bool
}

// removals: an if that leaves the function, the loop or the turn refuses; what
// goes on otherwise is guarded by it. One that leaves an endless loop ends it.
func (l *lower) removals(s *cc.SelectionStatement) []removal {
	then := l.exit(s.Statement)
	if s.Case == cc.SelectionStatementIfElse {
		otherwise := l.exit(s.Statement2)
		switch {
		case then == noExit && otherwise == noExit:
			return []removal{{MutCheck, true}, {MutCheck, false}}
		case then == noExit:
			return []removal{{MutCheck, true}}
		}
	}
	switch {
	case then == noExit:
		return []removal{{MutCheck, true}}
	case then == exitAgain:
		return []removal{{MutRetry, false}}
	case then == exitLoop:
		return []removal{{MutRetry, true}}
	case then == exitFunction && l.endlessLoop():
		return []removal{{MutCheck, false}, {MutRetry, true}}
	}
	return []removal{{MutCheck, false}}
}

// An exit says where a statement goes that does not go on.
type exit int

const (
	noExit       exit = iota
	exitFunction      // it returns
	exitForward       // it leaves something, or skips something
	exitAgain         // it begins a new turn
	exitLoop          // it ends an endless loop
)

// exit finds it by the last statement of a block.
func (l *lower) exit(s *cc.Statement) exit {
	switch s.Case {
	case cc.StatementCompound:
		var last *cc.BlockItem
		for list := s.CompoundStatement.BlockItemList; list != nil; list = list.BlockItemList {
			last = list.BlockItem
		}
		if last != nil && last.Case == cc.BlockItemStmt {
			return l.exit(last.Statement)
		}
	case cc.StatementExpr:
		if l.givesUp(s.ExpressionStatement.ExpressionList) {
			return exitForward
		}
	case cc.StatementJump:
		switch j := s.JumpStatement; j.Case {
		case cc.JumpStatementReturn:
			return exitFunction
		case cc.JumpStatementContinue:
			return exitAgain
		case cc.JumpStatementGoto:
			if l.env.labels[j.Token2.SrcStr()] != nil {
				return exitAgain
			}
			return exitForward
		case cc.JumpStatementBreak:
			if n := len(l.loops); n > l.env.loops && l.loops[n-1].endless {
				return exitLoop
			}
			return exitForward
		}
	}
	return noExit
}

// givesUp reports whether nothing, or an error, is assigned to a local variable,
// as in o = NULL: it is refused, and what follows knows.
func (l *lower) givesUp(e cc.ExpressionNode) bool {
	if e == nil {
		return false
	}
	x, ok := unparen(e).(*cc.AssignmentExpression)
	if !ok || x.Case != cc.AssignmentExpressionAssign {
		return false
	}
	to, ok := unparen(x.UnaryExpression).(*cc.PrimaryExpression)
	if !ok {
		return false
	}
	d, ok := to.ResolvedTo().(*cc.Declarator)
	n, isConst := intValue(x.AssignmentExpression.Value())
	return ok && d.StorageDuration() == cc.Automatic && isConst && n <= 0
}

// endlessLoop reports whether a loop of the function, around here, has no end
// but by a jump out of it.
func (l *lower) endlessLoop() bool {
	return slices.ContainsFunc(l.loops[l.env.loops:], func(lp loop) bool { return lp.endless })
}

// leaves calls visit with each condition that the whole one is made of by !, &&
// and ||, and the outcome that takes it away.
func (l *lower) leaves(e cc.ExpressionNode, outcome bool, visit func(leaf cc.ExpressionNode, outcome bool)) {
	switch x := unparen(e).(type) {
	case *cc.LogicalAndExpression:
		if x.Case != cc.LogicalAndExpressionOr {
			l.leaves(x.LogicalAndExpression, outcome, visit)
			l.leaves(x.InclusiveOrExpression, outcome, visit)
			return
		}
	case *cc.LogicalOrExpression:
		if x.Case != cc.LogicalOrExpressionLAnd {
			l.leaves(x.LogicalOrExpression, outcome, visit)
			l.leaves(x.LogicalAndExpression, outcome, visit)
			return
		}
	case *cc.UnaryExpression:
		if x.Case == cc.UnaryExpressionNot {
			l.leaves(x.CastExpression, !outcome, visit)
			return
		}
	}
	visit(e, outcome)
}

// considerLogical does the same for && and || that yield a value: each side goes
// with the outcome that leaves the other to decide.
func (l *lower) considerLogical(e cc.ExpressionNode) {
	if !l.mutating() {
		return
	}
	var op cc.Token
	and := false
	switch x := unparen(e).(type) {
	case *cc.LogicalAndExpression:
		op, and = x.Token, true
	case *cc.LogicalOrExpression:
		op = x.Token
	}
	if !l.own(l.b.pos(&op)) {
		return
	}
	l.leaves(e, and, func(leaf cc.ExpressionNode, outcome bool) {
		l.considerCondition(MutCheck, leaf, outcome, l.b.pos(leaf))
	})
}

// considerChoice does the same for ?: of which either side may be what it is for.
func (l *lower) considerChoice(e *cc.ConditionalExpression) {
	pos := l.b.pos(e)
	if !l.mutating() || e.ExpressionList == nil || !l.own(l.b.pos(&e.Token)) {
		return
	}
	for _, outcome := range []bool{true, false} {
		l.leaves(e.LogicalOrExpression, outcome, func(leaf cc.ExpressionNode, outcome bool) {
			l.considerCondition(MutCheck, leaf, outcome, pos)
		})
	}
}

// considerLoop finds the loops that wait, or try again, as long as a condition
// holds. One that counts is none.
func (l *lower) considerLoop(s *cc.IterationStatement) {
	if !l.mutating() {
		return
	}
	pos := l.b.pos(s)
	e := s.ExpressionList
	if s.Case == cc.IterationStatementFor && s.ExpressionList == nil && s.ExpressionList3 == nil {
		e = s.ExpressionList2
	} else if s.Case != cc.IterationStatementWhile && s.Case != cc.IterationStatementDo {
		return
	}
	if e == nil || !l.own(pos) {
		return
	}
	kind := MutRetry
	if idle(s.Statement) {
		kind = MutWait
	}
	l.leaves(e, false, func(leaf cc.ExpressionNode, outcome bool) {
		l.considerCondition(kind, leaf, outcome, pos)
	})
}

// idle reports whether nothing is done in a statement.
func idle(s *cc.Statement) bool {
	switch s.Case {
	case cc.StatementExpr:
		return s.ExpressionStatement.ExpressionList == nil
	case cc.StatementIteration: // do { } while (0), as cpu_relax() is
		return s.IterationStatement.Case == cc.IterationStatementDo && idle(s.IterationStatement.Statement)
	case cc.StatementCompound:
		for list := s.CompoundStatement.BlockItemList; list != nil; list = list.BlockItemList {
			if it := list.BlockItem; it.Case != cc.BlockItemStmt || !idle(it.Statement) {
				return false
			}
		}
		return true
	}
	return false
}

func (l *lower) considerCondition(kind MutationKind, leaf cc.ExpressionNode, outcome bool, stmt Pos) {
	if _, isConst := l.constCond(leaf); isConst {
		return
	}
	text := "with " + l.b.sourceOf(leaf) + " taken as " + map[bool]string{true: "true", false: "false"}[outcome]
	type taken struct {
		leaf    cc.ExpressionNode
		outcome bool
	}
	if l.candidate(kind, l.b.pos(leaf), taken{leaf, outcome}, text, stmt) {
		l.b.forced[leaf] = outcome
	}
}

// pretend lowers a condition that has its outcome given. What it does is done;
// if it only looks, it does not even look.
func (l *lower) pretend(e cc.ExpressionNode, outcome bool, isFalse int, pos Pos) {
	start, at, regs := len(l.code), l.labelAt, len(l.regs)
	l.expr(e)
	if l.onlyLooks(start, regs) {
		l.code, l.labelAt = l.code[:start], at
	}
	if !outcome {
		l.jump(isFalse, pos)
	}
}

// onlyLooks reports whether the code from start on changes nothing but registers
// that are younger than regs.
func (l *lower) onlyLooks(start, regs int) bool {
	for i := start; i < len(l.code); i++ {
		switch in := &l.code[i]; in.Op {
		case OpNop, OpJump, OpBr:
		case OpMov, OpConv, OpBin, OpUn, OpIndex, OpPick, OpChoose, OpLoad, OpCPU, OpSelf:
			if in.Dst < regs || in.Sleep {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// standsAlone reports whether the statement may be left out as a whole: a call of
// which nobody takes the result, or a macro of the library that is a statement.
func (l *lower) standsAlone(s *cc.Statement, pos Pos) bool {
	if !l.mutating() || pos.Line == 0 || l.b.p.Files[pos.File].Library {
		return false
	}
	if s.Case == cc.StatementExpr && s.ExpressionStatement.ExpressionList != nil {
		x, ok := unparen(s.ExpressionStatement.ExpressionList).(*cc.PostfixExpression)
		return l.libraryMacro(pos) || ok && x.Case == cc.PostfixExpressionCall
	}
	return s.Case == cc.StatementIteration && l.libraryMacro(pos)
}

// leftOut reports whether the mutation in effect is without the statement.
func (l *lower) leftOut(s *cc.Statement, pos Pos) bool {
	mu := l.b.m.mutation
	return mu.is(MutBarrier, MutGrace, MutWait) && mu.at(l.b.found.number(l.b.siteAt(mu.Kind, pos), s))
}

// foundStatement notes what can be left out of the statement whose code begins
// at start.
func (l *lower) foundStatement(s *cc.Statement, start int, pos Pos) {
	handsOver := l.b.found.found[l.b.siteAt(MutAtOnce, pos)] != nil
	if kind := l.effect(start); kind != "" && !handsOver {
		l.candidate(kind, pos, s, "without "+l.b.termAt(pos))
	}
}

// effect says what is lost if the code from start on is left out: a grace
// period, a wait, a fence; or "" if it is none of these. What functions of the
// model itself do, called from there, is their own affair, and so is a lock.
func (l *lower) effect(start int) MutationKind {
	var grace, wait, fence, other bool
	locks := l.lockFrames(start)
	for i := start; i < len(l.code); i++ {
		in := &l.code[i]
		if l.inOwnCallee(in.Frame) {
			continue
		}
		locked := slices.Contains(locks, in.Frame)
		switch {
		case in.Op == OpGrace:
			grace = true
		case in.Sleep && !locked:
			wait = true
		case in.Op == OpFence:
			fence = true
		case in.Visible() || in.Op == OpGhost && in.Sub != uint8(GhostMaySleep) && in.Sub != uint8(GhostLock) && in.Sub != uint8(GhostUnlock):
			other = other || !locked
		}
	}
	switch {
	case grace:
		return MutGrace
	case wait:
		return MutWait
	case fence && !other:
		return MutBarrier
	}
	return ""
}

// lockFrames are the calls, in the code from start on, that take a lock or give
// it up: those whose own body says so.
func (l *lower) lockFrames(start int) []int {
	var frames []int
	for i := start; i < len(l.code); i++ {
		if in := &l.code[i]; in.isLockGhost() {
			frames = append(frames, in.Frame)
		}
	}
	return frames
}

func (in *Inst) isLockGhost() bool {
	return in.Op == OpGhost && (in.Sub == uint8(GhostLock) || in.Sub == uint8(GhostUnlock))
}

// inOwnCallee reports whether the frame is in a function of the model itself
// that is called from the one being lowered.
func (l *lower) inOwnCallee(frame int) bool {
	for f := frame; f != 0 && f != l.env.frame; f = l.b.p.Frames[f].Parent {
		if fd := l.b.funcs[l.b.p.Frames[f].Func]; fd != nil && !l.b.p.Files[l.b.pos(fd.Declarator).File].Library {
			return true
		}
	}
	return false
}

// handedOver is the function among the arguments of a call of the library, if
// there is one: the library is to run it, or to let others do so.
func (l *lower) handedOver(fd *cc.FunctionDefinition, e *cc.PostfixExpression, pos Pos) *cc.FunctionDefinition {
	if !l.mutating() || pos.Line == 0 || l.b.p.Files[pos.File].Library || !l.b.p.Files[l.b.pos(fd.Declarator).File].Library {
		return nil
	}
	for _, a := range arguments(e) {
		if x, ok := unparen(a).(*cc.PrimaryExpression); ok && x.Case == cc.PrimaryExpressionIdent {
			if d, ok := x.ResolvedTo().(*cc.Declarator); ok && d.Type().Kind() == cc.Function {
				return l.b.funcs[d.Name()]
			}
		}
	}
	return nil
}

// foundHandOver notes a call that hands a function over and has not called it
// itself: others will. frames is how many there were before.
func (l *lower) foundHandOver(fn *cc.FunctionDefinition, pos Pos, frames int) {
	name := fn.Declarator.Name()
	for _, f := range l.b.p.Frames[frames:] {
		if f.Func == name {
			return
		}
	}
	text := "with " + name + "() called at once instead of " + l.b.termAt(pos)
	if l.b.p.Files[l.b.pos(fn.Declarator).File].Library {
		text = "with " + l.b.termAt(pos) + " done at once"
	}
	l.candidate(MutAtOnce, pos, name, text)
}

// callAtOnce calls the function that a call of the library hands over, with what
// that hands over with it.
func (l *lower) callAtOnce(fd, fn *cc.FunctionDefinition, e *cc.PostfixExpression, pos Pos) value {
	var args []value
	for _, p := range params(fn) {
		want := p.Type().Decay()
		i := slices.IndexFunc(params(fd), func(q *cc.Parameter) bool { return typeName(q.Type().Decay()) == typeName(want) })
		if given := arguments(e); i >= 0 && i < len(given) {
			args = append(args, l.convert(l.expr(given[i]), want, pos))
			continue
		}
		l.errorf(pos, "%s() cannot be called at once: %s() does not say with which %s", fn.Declarator.Name(), fd.Declarator.Name(), typeName(want))
		return l.zero()
	}
	v := l.inline(fn, args, pos)
	if rt := result(fd); rt.Kind() != cc.Void && v.typ.Kind() == cc.Void {
		v = value{op: constOp(0), typ: rt}
	}
	return v
}
