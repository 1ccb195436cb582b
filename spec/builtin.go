package spec

import (
	"slices"
	"strconv"
	"strings"

	"modernc.org/cc/v4"
)

// This file lowers the built-ins that the headers are written with. Each is
// declared in mc.h; docs/language.md describes what is built on them.

// A builtin is a function the front end knows.
type builtin struct {
	args  int
	lower func(l *lower, args []cc.ExpressionNode, pos Pos) value
}

var builtins map[string]builtin

func init() {
	builtins = map[string]builtin{
		"__mc_load":            {2, (*lower).biLoad},
		"__mc_store":           {3, (*lower).biStore},
		"__mc_xchg":            {3, rmw(Xchg)},
		"__mc_fetch_add":       {3, rmw(FetchAdd)},
		"__mc_fetch_and":       {3, rmw(FetchAnd)},
		"__mc_fetch_or":        {3, rmw(FetchOr)},
		"__mc_cmpxchg":         {4, rmw2(CmpXchg)},
		"__mc_add_unless":      {4, rmw2(AddUnless)},
		"__mc_dec_if_positive": {2, rmw0(DecIfPos)},
		"__mc_fence":           {1, (*lower).biFence},
		"__mc_this_cpu":        {1, (*lower).biThisCPU},
		"__mc_container":       {2, (*lower).biContainer},

		"__mc_preempt":     {1, delta(OpPreempt)},
		"__mc_irq_off":     {1, (*lower).biIRQ},
		"__mc_cpu":         {0, number(OpCPU)},
		"__mc_self":        {0, (*lower).biSelf},
		"__mc_hog":         {0, plainOp(OpHog, false)},
		"__mc_yield":       {0, plainOp(OpYield, false)},
		"__mc_pause":       {0, plainOp(OpYield, true)},
		"__mc_rcu":         {1, delta(OpRCU)},
		"__mc_grace_begin": {1, grace(GraceBegin)},
		"__mc_grace_wait":  {1, grace(GraceWait)},
		"__mc_stop":        {2, (*lower).biStop},
		"__mc_go_on":       {0, (*lower).biGoOn},
		"__mc_needs":       {1, (*lower).biNeeds},
		"__mc_sleep_until": {1, sleepUntil(false)},
		"__mc_idle_until":  {1, sleepUntil(true)},
		"__mc_might_sleep": {0, ghost0(GhostMaySleep)},

		"__mc_choose": {1, (*lower).biChoose},
		"__mc_pick":   {1, (*lower).biPick},
		"__mc_assert": {2, (*lower).biAssert},
		"__mc_assume": {1, (*lower).biAssume},
		"__mc_cover":  {2, (*lower).biCover},

		"__mc_got":         {1, ghost(GhostGot)},
		"__mc_putting":     {1, ghost(GhostPutting)},
		"__mc_final_put":   {1, ghost(GhostFinal)},
		"__mc_release":     {1, (*lower).biRelease},
		"__mc_object":      {1, (*lower).biObject},
		"__mc_release_any": {1, (*lower).biReleaseAny},
		"__mc_use":         {1, (*lower).biUse},
		"__mc_lock":        {1, lockGhost(GhostLock)},
		"__mc_unlock":      {1, lockGhost(GhostUnlock)},

		"__mc_role_get":     {0, (*lower).biRoleGet},
		"__mc_role_has_dup": {0, (*lower).biRoleHasDup},
		"__mc_role_dup":     {1, (*lower).biRoleDup},
		"__mc_role_put":     {1, (*lower).biRolePut},
		"__mc_role_unload":  {0, (*lower).biRoleUnload},
		"__mc_await_call":   {0, (*lower).biAwait},
	}
}

func (l *lower) builtin(name string, bi builtin, args []cc.ExpressionNode, pos Pos) value {
	if len(args) != bi.args {
		l.errorf(pos, "%s: %s given, %d wanted", name, count(len(args), "argument"), bi.args)
		return l.zero()
	}
	return bi.lower(l, args, pos)
}

func (l *lower) void() value { return value{typ: l.b.voidT} }

// constArg is the value of an argument that has to be constant.
func (l *lower) constArg(e cc.ExpressionNode) (int64, bool) {
	v := l.expr(e)
	return v.op.Val, v.op.Kind == OpdConst
}

// order is an argument that names a memory order.
func (l *lower) order(e cc.ExpressionNode) Order {
	if n, ok := l.constArg(e); ok && n >= 0 && n <= int64(Full) {
		return Order(n)
	}
	l.errorf(l.b.pos(e), "a memory order must be constant")
	return Full
}

// operand is an argument that is stored in memory of the type: the macros cast
// it to long, which is looked through.
func (l *lower) operand(e cc.ExpressionNode, t cc.Type) Operand {
	if c, ok := unparen(e).(*cc.CastExpression); ok && c.Case == cc.CastExpressionCast && c.TypeName.Type().Kind() == cc.Long {
		e = c.CastExpression
	}
	return l.convert(l.expr(e), t, l.b.pos(e)).op
}

func (l *lower) biLoad(args []cc.ExpressionNode, pos Pos) value {
	order := l.order(args[1])
	pl := l.pointee(args[0], pos)
	if pl.reg >= 0 {
		return value{op: regOp(pl.reg), typ: pl.typ}
	}
	return l.access(Inst{Op: OpLoad, Order: order}, pl, pos)
}

func (l *lower) biStore(args []cc.ExpressionNode, pos Pos) value {
	order := l.order(args[2])
	pl := l.pointee(args[0], pos)
	v := value{op: l.operand(args[1], pl.typ), typ: pl.typ}
	l.storePlace(pl, v, order, pos)
	return l.void()
}

func rmw(k RMWKind) func(*lower, []cc.ExpressionNode, Pos) value {
	return func(l *lower, args []cc.ExpressionNode, pos Pos) value {
		pl := l.pointee(args[0], pos)
		b := l.operand(args[1], pl.typ)
		return l.access(Inst{Op: OpRMW, Sub: uint8(k), Order: l.order(args[2]), B: b}, pl, pos)
	}
}

func rmw2(k RMWKind) func(*lower, []cc.ExpressionNode, Pos) value {
	return func(l *lower, args []cc.ExpressionNode, pos Pos) value {
		pl := l.pointee(args[0], pos)
		b := l.operand(args[1], pl.typ)
		c := l.operand(args[2], pl.typ)
		return l.access(Inst{Op: OpRMW, Sub: uint8(k), Order: l.order(args[3]), B: b, C: c}, pl, pos)
	}
}

func rmw0(k RMWKind) func(*lower, []cc.ExpressionNode, Pos) value {
	return func(l *lower, args []cc.ExpressionNode, pos Pos) value {
		pl := l.pointee(args[0], pos)
		return l.access(Inst{Op: OpRMW, Sub: uint8(k), Order: l.order(args[1])}, pl, pos)
	}
}

func (l *lower) biFence(args []cc.ExpressionNode, pos Pos) value {
	l.emit(Inst{Op: OpFence, Order: l.order(args[0]), Pos: pos})
	return l.void()
}

// biThisCPU is this CPU's element used as a pointer rather than accessed: the
// CPU is read in a step of its own.
func (l *lower) biThisCPU(args []cc.ExpressionNode, pos Pos) value {
	pl := l.perCPU(args[0], pos)
	return value{op: l.address(pl, pos), typ: pl.typ.Pointer()}
}

func (l *lower) biContainer(_ []cc.ExpressionNode, pos Pos) value {
	l.errorf(pos, "__mc_container outside container_of")
	return l.zero()
}

// delta is an operation that counts up or down.
func delta(op Op) func(*lower, []cc.ExpressionNode, Pos) value {
	return func(l *lower, args []cc.ExpressionNode, pos Pos) value {
		n, ok := l.constArg(args[0])
		if !ok || n != 1 && n != -1 {
			l.errorf(pos, "__mc_%s: want 1 or -1", op)
		}
		l.emit(Inst{Op: op, A: constOp(n), Pos: pos})
		return l.void()
	}
}

// number is an operation without operands that yields a number.
func number(op Op) func(*lower, []cc.ExpressionNode, Pos) value {
	return func(l *lower, _ []cc.ExpressionNode, pos Pos) value {
		return value{op: l.compute(Inst{Op: op, Pos: pos}), typ: l.intType()}
	}
}

// plainOp is an operation without operands or result.
func plainOp(op Op, sleep bool) func(*lower, []cc.ExpressionNode, Pos) value {
	return func(l *lower, _ []cc.ExpressionNode, pos Pos) value {
		l.emit(Inst{Op: op, Sleep: sleep, Pos: pos})
		return l.void()
	}
}

func (l *lower) biSelf(args []cc.ExpressionNode, pos Pos) value {
	if l.atomic() {
		l.errorf(l.b.modelPos(Inst{Pos: pos, Frame: l.env.frame}), "the current thread in mc_init or an invariant: there is none")
	}
	return number(OpSelf)(l, args, pos)
}

func (l *lower) biIRQ(args []cc.ExpressionNode, pos Pos) value {
	v := l.truth(args[0])
	return value{op: l.compute(Inst{Op: OpIRQ, A: v.op, Pos: pos}), typ: l.intType()}
}

func grace(k GraceKind) func(*lower, []cc.ExpressionNode, Pos) value {
	return func(l *lower, args []cc.ExpressionNode, pos Pos) value {
		n, ok := l.constArg(args[0])
		if !ok || n < 1 || n > FlavourPreemptible|FlavourSched {
			l.errorf(pos, "a grace period wants a constant flavour")
			return l.void()
		}
		l.emit(Inst{Op: OpGrace, Sub: uint8(k), A: constOp(n), Sleep: k == GraceWait, Pos: pos})
		return l.void()
	}
}

// biStop stops the CPUs of a mask, in the name of a thread of a class. What
// follows, up to biGoOn, is part of the same step. Where it spins for a lock the
// step is not taken before that is free.
func (l *lower) biStop(args []cc.ExpressionNode, pos Pos) value {
	mask := l.expr(args[0])
	class, ok := l.constArg(args[1])
	if !ok || class < int64(Other) || class > int64(Stop) {
		l.errorf(pos, "the class of those who stop the machine must be constant, from MC_OTHER to MC_STOP")
	}
	if l.stopped {
		l.errorf(pos, "the machine is stopped already")
	}
	l.emit(Inst{Op: OpStop, A: mask.op, B: constOp(class), Sleep: true, Pos: pos})
	l.stopped = true
	return l.void()
}

// refuseStopped refuses what cannot be part of one step.
func (l *lower) refuseStopped(pos Pos) {
	l.errorf(l.b.modelPos(Inst{Pos: pos, Frame: l.env.frame}), "with the abstract stop, what runs while the machine is stopped is one step: it may spin for a lock, but not sleep, yield or release; do that before or after, or check it without --abstract-stop")
}

// biGoOn lets the machine go on.
func (l *lower) biGoOn(_ []cc.ExpressionNode, pos Pos) value {
	l.stopped = false
	for i := len(l.code) - 1; i >= 0 && l.code[i].Op != OpStop; i-- {
		switch in := &l.code[i]; {
		case in.Sleep, in.Op == OpAwait, in.Op == OpHog, in.Op == OpYield, in.Op == OpGrace, in.Op == OpRelease:
			l.refuseStopped(in.Pos)
			return l.void()
		}
	}
	return l.void()
}

// biNeeds makes a thread of the library part of the program: those that
// nothing needs are left out.
func (l *lower) biNeeds(args []cc.ExpressionNode, pos Pos) value {
	name := strings.TrimSpace(cc.NodeSource(args[0]))
	if fd := l.b.funcs[name]; fd == nil || !isThread(fd) {
		l.errorf(pos, "__mc_needs: %s is no thread", name)
		return l.void()
	}
	l.b.use.threads[name] = true
	return l.void()
}

// sleepUntil waits until the condition holds. Its one shared access is the
// place where the thread sleeps; several could see parts of different states
// as one. idle says that the thread may stay there for ever.
func sleepUntil(idle bool) func(*lower, []cc.ExpressionNode, Pos) value {
	return func(l *lower, args []cc.ExpressionNode, pos Pos) value {
		return l.sleepUntil(args, idle, pos)
	}
}

func (l *lower) sleepUntil(args []cc.ExpressionNode, idle bool, pos Pos) value {
	if l.stopped {
		l.refuseStopped(pos)
		return l.void()
	}
	top := l.label()
	l.here(top)
	start := len(l.code)
	v := l.expr(args[0])
	visible := 0
	for i := start; i < len(l.code); i++ {
		if !l.code[i].Visible() {
			continue
		}
		visible++
		l.code[i].Sleep, l.code[i].Idle = true, idle
		if !l.code[i].Op.Info().Access {
			l.errorf(pos, "the condition of a sleep does more than access memory: do it before or after the sleep")
			return l.void()
		}
	}
	if visible != 1 || v.place != nil || v.typ.Kind() == cc.Void {
		l.errorf(pos, "the condition of a sleep must make exactly one shared access, not %d: sleep in a loop that checks the rest", visible)
		return l.void()
	}
	l.branch(v.op, top, pos)
	return l.void()
}

func (l *lower) biChoose(args []cc.ExpressionNode, pos Pos) value {
	n, ok := l.constArg(args[0])
	if !ok || n < 1 || n > maxChoices {
		l.errorf(pos, "mc_choose: want a constant from 1 to %d", maxChoices)
		return l.zero()
	}
	if l.atomic() {
		l.errorf(pos, "mc_choose in mc_init or an invariant: they run one way only")
	}
	return value{op: l.compute(Inst{Op: OpChoose, A: constOp(n), Pos: pos}), typ: l.intType()}
}

// maxChoices bounds mc_choose: each outcome is a successor of the state.
const maxChoices = 64

// atomic reports whether what is lowered runs as one, outside any thread.
func (l *lower) atomic() bool {
	is := func(fd *cc.FunctionDefinition) bool { return fd.Declarator.Name() == l.name }
	return slices.ContainsFunc(l.b.inits, is) || slices.ContainsFunc(l.b.invs, is)
}

func (l *lower) biPick(args []cc.ExpressionNode, pos Pos) value {
	v := l.expr(args[0])
	return value{op: l.compute(Inst{Op: OpPick, A: v.op, Pos: pos}), typ: l.intType()}
}

func (l *lower) biAssert(args []cc.ExpressionNode, pos Pos) value {
	text := stringArg(args[1])
	v := l.truth(args[0])
	if n, ok := constantOf(v.op); ok && n != 0 {
		return l.void()
	}
	l.emit(Inst{Op: OpAssert, A: v.op, To: l.b.msg(text), Pos: pos})
	return l.void()
}

// stringArg is the text of a message, which is not evaluated.
func stringArg(e cc.ExpressionNode) string {
	if v, ok := e.Value().(cc.StringValue); ok {
		return strings.TrimSuffix(string(v), "\x00")
	}
	src := cc.NodeSource(e)
	if s, err := strconv.Unquote(src); err == nil {
		return s
	}
	return src
}

// truth is an argument that is a condition.
func (l *lower) truth(e cc.ExpressionNode) value {
	v := l.expr(e)
	if v.place != nil || v.typ.Kind() == cc.Void {
		l.errorf(l.b.pos(e), "a condition must be a number or a pointer")
		return l.zero()
	}
	return v
}

func (l *lower) biAssume(args []cc.ExpressionNode, pos Pos) value {
	v := l.truth(args[0])
	l.emit(Inst{Op: OpAssume, A: v.op, Pos: pos})
	return l.void()
}

// biCover numbers the witness by its place, so that a statement inlined twice
// is one.
func (l *lower) biCover(args []cc.ExpressionNode, pos Pos) value {
	v := l.truth(args[0])
	text := l.b.msg(stringArg(args[1]))
	i := slices.IndexFunc(l.b.p.Covers, func(c Cover) bool { return c.Pos == pos })
	if i < 0 {
		i = len(l.b.p.Covers)
		l.b.p.Covers = append(l.b.p.Covers, Cover{Pos: pos, Msg: text})
	}
	l.emit(Inst{Op: OpCover, A: v.op, To: i, Pos: pos})
	return l.void()
}

func ghost0(k GhostKind) func(*lower, []cc.ExpressionNode, Pos) value {
	return func(l *lower, _ []cc.ExpressionNode, pos Pos) value {
		l.emit(Inst{Op: OpGhost, Sub: uint8(k), A: constOp(0), Pos: pos})
		return l.void()
	}
}

// ghost is a statement about the life of the object its argument points to.
func ghost(k GhostKind) func(*lower, []cc.ExpressionNode, Pos) value {
	return func(l *lower, args []cc.ExpressionNode, pos Pos) value {
		v := l.objectArg(args[0], pos)
		l.emit(Inst{Op: OpGhost, Sub: uint8(k), A: v.op, Pos: pos})
		return l.void()
	}
}

func (l *lower) objectArg(e cc.ExpressionNode, pos Pos) value {
	v := l.expr(e)
	if v.place != nil || v.typ.Kind() != cc.Ptr {
		l.errorf(pos, "want a pointer to the object")
		return l.zero()
	}
	l.noteObject(v, pos)
	l.b.judged = true
	return v
}

func lockGhost(k GhostKind) func(*lower, []cc.ExpressionNode, Pos) value {
	return func(l *lower, args []cc.ExpressionNode, pos Pos) value {
		v := l.truth(args[0])
		l.emit(Inst{Op: OpGhost, Sub: uint8(k), A: v.op, Pos: pos})
		return l.void()
	}
}

func (l *lower) biRelease(args []cc.ExpressionNode, pos Pos) value {
	v := l.objectArg(args[0], pos)
	l.emit(Inst{Op: OpRelease, A: v.op, Private: !l.b.p.Pinned, Pos: pos})
	return l.void()
}

// biObject says that what its argument points to has a lifetime. The argument
// is not evaluated.
func (l *lower) biObject(args []cc.ExpressionNode, pos Pos) value {
	before, labelAt := len(l.code), l.labelAt
	l.objectArg(args[0], pos)
	l.code, l.labelAt = l.code[:before], labelAt
	return l.void()
}

// biReleaseAny releases the object that has the member pointed to; that it has
// a lifetime was said by __mc_object.
func (l *lower) biReleaseAny(args []cc.ExpressionNode, pos Pos) value {
	v := l.truth(args[0])
	l.emit(Inst{Op: OpRelease, A: v.op, Private: !l.b.p.Pinned, Pos: pos})
	return l.void()
}

func (l *lower) biUse(args []cc.ExpressionNode, pos Pos) value {
	pl := l.pointee(args[0], pos)
	if pl.reg >= 0 || pl.addr.Kind == OpdNone {
		l.errorf(pos, "mc_use: want a pointer to the object")
		return l.void()
	}
	l.emit(Inst{Op: OpUse, A: pl.addr, Pos: pos})
	return l.void()
}

// The roles, as harness.c calls them. A token is what a get returned.

func (l *lower) ghost(k GhostKind, obj Operand, pos Pos) {
	l.emit(Inst{Op: OpGhost, Sub: uint8(k), A: obj, Pos: pos})
}

// biRoleGet calls the get and yields its token; whether it is a reference is
// recorded, and asked with the token's own truth: see reference.
func (l *lower) biRoleGet(_ []cc.ExpressionNode, pos Pos) value {
	fd := l.b.roles["mc_get"]
	if l.b.p.Pinned {
		l.ghost(GhostGetBegin, constOp(0), pos)
	}
	v := l.inline(fd, nil, pos)
	l.ghost(GhostBalance, constOp(0), pos)
	if l.b.p.Pinned {
		l.ghost(GhostGetEnd, constOp(0), pos)
	}
	l.ghost(GhostCall, constOp(0), pos)
	isFail, end := l.label(), l.label()
	l.branch(l.reference(v, pos), isFail, pos)
	obj := constOp(0)
	if v.typ.Kind() == cc.Ptr {
		l.noteObject(v, pos)
		obj = v.op
	}
	l.ghost(GhostGot, obj, pos)
	l.jump(end, pos)
	l.here(isFail)
	l.ghost(GhostRefused, constOp(0), l.b.pos(fd.Declarator))
	l.here(end)
	return l.asToken(v, pos)
}

// mcFail is MC_FAIL of mc.h: what a get that returns an integer token returns
// if it fails.
const mcFail = -1

// reference is whether the token of a get is a reference.
func (l *lower) reference(v value, pos Pos) Operand {
	if l.failIsMinusOne() {
		return l.arith(Ne, v, value{op: constOp(mcFail), typ: l.intType()}, pos).op
	}
	return v.op
}

// failIsMinusOne: a get that returns an integer which its put takes may return
// 0 for a reference.
func (l *lower) failIsMinusOne() bool {
	t := result(l.b.roles["mc_get"])
	return t.Kind() != cc.Ptr && t.Kind() != cc.Bool && l.b.takesToken("mc_put")
}

// asToken makes the harness see a token that is 0 unless it is a reference and
// can be given to put: an integer token is moved up by one.
func (l *lower) asToken(v value, pos Pos) value {
	if l.failIsMinusOne() {
		v = l.arith(Add, v, value{op: constOp(1), typ: l.intType()}, pos)
	}
	return value{op: v.op, typ: l.b.longT}
}

// fromToken undoes asToken.
func (l *lower) fromToken(e cc.ExpressionNode, pos Pos) value {
	v := l.expr(e)
	t := result(l.b.roles["mc_get"])
	if l.failIsMinusOne() {
		v = l.arith(Sub, v, value{op: constOp(1), typ: l.intType()}, pos)
	}
	return value{op: v.op, typ: t}
}

func (l *lower) biRoleHasDup(_ []cc.ExpressionNode, _ Pos) value {
	return value{op: constOp(truth(l.b.roles["mc_dup"] != nil)), typ: l.intType()}
}

func (l *lower) biRoleDup(args []cc.ExpressionNode, pos Pos) value {
	obj := l.roleWithToken("mc_dup", args[0], pos)
	l.ghost(GhostGot, obj, pos)
	return l.void()
}

func (l *lower) biRolePut(args []cc.ExpressionNode, pos Pos) value {
	tok := l.fromToken(args[0], pos)
	l.ghost(GhostPutting, l.tokenObject(tok), pos)
	l.roleCall("mc_put", tok, pos)
	return l.void()
}

func (l *lower) roleWithToken(role string, token cc.ExpressionNode, pos Pos) Operand {
	tok := l.fromToken(token, pos)
	l.roleCall(role, tok, pos)
	return l.tokenObject(tok)
}

func (l *lower) tokenObject(tok value) Operand {
	if tok.typ.Kind() == cc.Ptr {
		return tok.op
	}
	return constOp(0)
}

func (l *lower) roleCall(role string, tok value, pos Pos) {
	fd := l.b.roles[role]
	if fd == nil {
		return
	}
	var args []value
	if l.b.takesToken(role) {
		if tok.op.Kind == OpdReg {
			l.regs[tok.op.Val].bound = true
		}
		args = []value{l.convert(tok, params(fd)[0].Type().Decay(), pos)}
	}
	l.inline(fd, args, pos)
	l.ghost(GhostBalance, constOp(0), pos)
	l.ghost(GhostCall, constOp(0), pos)
}

func (l *lower) biRoleUnload(_ []cc.ExpressionNode, pos Pos) value {
	l.ghost(GhostUnload, constOp(0), pos)
	v := l.inline(l.b.roles["mc_unload"], nil, pos)
	l.ghost(GhostBalance, constOp(0), pos)
	l.ghost(GhostAttempted, v.op, l.b.pos(l.b.roles["mc_unload"].Declarator))
	l.ghost(GhostCall, constOp(0), pos)
	return v
}

func (l *lower) biAwait(_ []cc.ExpressionNode, pos Pos) value {
	l.emit(Inst{Op: OpAwait, Sleep: true, Idle: true, Pos: pos})
	return l.void()
}
