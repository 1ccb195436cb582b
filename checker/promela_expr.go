package checker

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"lastput/spec"
)

// This file is the arithmetic of exported programs: expressions in Promela, whose
// only numbers are of 32 bits, that have the values of those of spec's.

// An expr is a number that is known, or an expression over the variables of the
// state before the step. Its value as a number of 32 bits, signed, stands for the
// value in the program: the same number where the type has 64 bits, and for
// unsigned int the one with the same bits.
type expr struct {
	known bool
	val   int64  // if it is known, as the program has it
	text  string // else, as a primary expression
	reads []int  // the slots of the state that the text names
	// lo and hi bound the number of 32 bits.
	lo, hi int64
	// wraps: it may stand for an unsigned int of 2^31 or more.
	wraps bool
	// is and of: the text says that the expression of is the number is.
	of string
	is int64
	// zero: if the text is 0, so is this expression.
	zero string
	neg  *expr // what it is the negation of
}

func number(v int64) expr { return expr{known: true, val: v, lo: v, hi: v} }

// repr is the number of 32 bits that stands for v. The least and the greatest number
// of 64 bits are sometimes used to say that there is none; they are the only ones
// that those of 32 stand for, where a program has them (see exporter.ends).
func repr(v int64) int64 {
	switch v {
	case math.MinInt64:
		return math.MinInt32
	case math.MaxInt64:
		return math.MaxInt32
	}
	return int64(int32(v))
}

func isEnd(v int64) bool { return v == math.MinInt64 || v == math.MaxInt64 }

func (e expr) String() string {
	switch {
	case !e.known:
		return e.text
	case repr(e.val) == math.MinInt32:
		return "(-2147483647 - 1)"
	case repr(e.val) < 0:
		return fmt.Sprintf("(%d)", repr(e.val))
	}
	return fmt.Sprint(repr(e.val))
}

// bool reports whether the expression is 0 or 1.
func (e expr) bool() bool { return e.lo >= 0 && e.hi <= 1 }

// compose makes an expression of a format and what it is made of.
func compose(lo, hi int64, format string, parts ...expr) expr {
	e := expr{lo: lo, hi: hi}
	args := []any{}
	for _, p := range parts {
		args = append(args, p.String())
		for _, slot := range p.reads {
			if !slices.Contains(e.reads, slot) {
				e.reads = append(e.reads, slot)
			}
		}
	}
	e.text = "(" + fmt.Sprintf(format, args...) + ")"
	return e
}

func truth(b bool) expr { return number(bit(b)) }

// equals says whether e is the number.
func equals(e expr, v int64) expr {
	switch {
	case e.known:
		return truth(e.val == v)
	case repr(v) < e.lo || repr(v) > e.hi:
		return truth(false)
	case e.bool() && v == 1:
		return e
	}
	c := compose(0, 1, "%s == %s", e, number(v))
	c.of, c.is = e.text, v
	return c
}

// nonzero says whether e is not 0.
func nonzero(e expr) expr {
	switch {
	case e.known:
		return truth(e.val != 0)
	case e.bool():
		return e
	}
	c := compose(0, 1, "%s != 0", e)
	c.zero = e.text
	return c
}

func not(e expr) expr {
	if e.known {
		return truth(e.val == 0)
	}
	e = nonzero(e)
	if e.neg != nil {
		return *e.neg
	}
	c := compose(0, 1, "!%s", e)
	c.neg = &e
	return c
}

// all and either join conditions.
func all(conds ...expr) expr    { return join(conds, " && ", false) }
func either(conds ...expr) expr { return join(conds, " || ", true) }

func join(conds []expr, op string, ends bool) expr {
	var rest []expr
	format := ""
	for _, c := range conds {
		c = nonzero(c)
		switch {
		case c.known && (c.val != 0) == ends:
			return truth(ends)
		case c.known:
			continue
		}
		if format != "" {
			format += op
		}
		format += "%s"
		rest = append(rest, c)
	}
	switch len(rest) {
	case 0:
		return truth(!ends)
	case 1:
		return rest[0]
	}
	return compose(0, 1, format, rest...)
}

// union is the union of sets.
func union(sets ...expr) expr {
	known, format, hi := int64(0), "", int64(0)
	var rest []expr
	for _, s := range sets {
		hi |= s.hi
		if s.known {
			known |= s.val
			continue
		}
		rest = append(rest, s)
		format += "%s | "
	}
	if len(rest) == 0 {
		return number(known)
	}
	return compose(0, 1<<bits.Len64(uint64(hi))-1, format+"%s", append(rest, number(known))...)
}

// ifelse is a where c holds, else b.
func ifelse(c, a, b expr) expr {
	switch {
	case c.known && c.val != 0:
		return a
	case c.known:
		return b
	case a.String() == b.String():
		return a
	case a.known && b.known && a.val == 1 && b.val == 0:
		return nonzero(c)
	}
	return compose(min(a.lo, b.lo), max(a.hi, b.hi), "%s -> %s : %s", c, a, b)
}

// plus is the sum of counts, which are small.
func plus(a, b expr) expr {
	switch {
	case a.known && b.known:
		return number(a.val + b.val)
	case b.known && b.val == 0:
		return a
	case a.known && a.val == 0:
		return b
	}
	return compose(a.lo+b.lo, a.hi+b.hi, "%s + %s", a, b)
}

func minus(a, b expr) expr {
	switch {
	case a.known && b.known:
		return number(a.val - b.val)
	case b.known && b.val == 0:
		return a
	}
	return compose(a.lo-b.hi, a.hi-b.lo, "%s - %s", a, b)
}

// inSet says whether a set of 31 at most has the member.
func inSet(set, member expr) expr {
	if set.known && member.known {
		return truth(set.val>>member.val&1 != 0)
	}
	return compose(0, 1, "(%s >> %s) & 1", set, member)
}

// bounds are those of the number of 32 bits that stands for a value of the type.
func bounds(t *spec.Type) (lo, hi int64) {
	switch {
	case t.Bits == 1:
		return 0, 1
	case t.Bits >= 32:
		return math.MinInt32, math.MaxInt32
	case t.Unsigned:
		return 0, 1<<t.Bits - 1
	}
	return -1 << (t.Bits - 1), 1<<(t.Bits-1) - 1
}

// wide makes e an operand of an operation in 64 bits.
func (x *symbolic) wide(e expr) expr {
	if e.known {
		if e.val != repr(e.val) && !isEnd(e.val) {
			x.refuse("the number %d, which needs more than 32 bits", e.val)
		}
		return e
	}
	if e.wraps && e.lo < 0 {
		x.demand(compose(0, 1, "%s >= 0", e))
		e.wraps = false
	}
	return e
}

// inner makes e an operand of arithmetic in 64 bits, or of a conversion: what no
// number that stands for another can be.
func (x *symbolic) inner(e expr) expr {
	switch {
	case e.known && isEnd(e.val):
		x.refuse("arithmetic with the number %d", e.val)
	case x.ends && !e.known && e.lo == math.MinInt32:
		x.demand(not(equals(e, math.MinInt32)))
	}
	if x.ends && !e.known && e.hi == math.MaxInt32 {
		x.demand(not(equals(e, math.MaxInt32)))
	}
	return e
}

// normalize converts e to the type.
func (x *symbolic) normalize(t *spec.Type, e expr) expr {
	lo, hi := bounds(t)
	switch {
	case t.Bits == 64:
		return x.wide(e)
	case e.known:
		return number(t.Normalize(e.val))
	case t.Bits == 1:
		return nonzero(e)
	case t.Bits == 32:
		e.wraps = t.Unsigned && e.lo < 0
		return e
	case e.lo >= lo && e.hi <= hi:
		return e
	case t.Unsigned:
		return compose(lo, hi, fmt.Sprintf("%%s & %d", hi), e)
	}
	return compose(lo, hi, fmt.Sprintf("((%%s & %d) ^ %d) - %d", 2*hi+1, hi+1, hi+1), e)
}

// wrap is the type's result of an operation whose text is given.
func (x *symbolic) wrap(t *spec.Type, lo, hi int64, format string, parts ...expr) expr {
	if lo < math.MinInt32 || hi > math.MaxInt32 {
		lo, hi = math.MinInt32, math.MaxInt32
	}
	return x.normalize(t, compose(lo, hi, format, parts...))
}

// sum is a+b, or a-b, in the type.
func (x *symbolic) sum(t *spec.Type, a, b expr, sub bool) expr {
	if a.known && b.known {
		if sub {
			return number(t.Normalize(a.val - b.val))
		}
		return number(t.Normalize(a.val + b.val))
	}
	lo, hi, op := a.lo+b.lo, a.hi+b.hi, "%s + %s"
	if sub {
		lo, hi, op = a.lo-b.hi, a.hi-b.lo, "%s - %s"
	}
	if t.Bits == 64 {
		a, b = x.inner(x.wide(a)), x.inner(x.wide(b))
		if lo < math.MinInt32 || hi > math.MaxInt32 {
			r := compose(0, 0, op, a, b)
			if sub {
				x.demand(compose(0, 1, "((%s ^ %s) & (%s ^ %s)) >= 0", a, b, a, r))
			} else {
				x.demand(compose(0, 1, "((%s ^ %s) & (%s ^ %s)) >= 0", a, r, b, r))
			}
		}
	}
	if e := x.wrap(t, lo, hi, op, a, b); t.Bits == 64 {
		return x.inner(e)
	} else {
		return e
	}
}

// less says whether a < b in the type.
func (x *symbolic) less(t *spec.Type, a, b expr) expr {
	if a.known && b.known {
		v, _ := spec.EvalBin(spec.Lt, t, a.val, b.val)
		return number(v)
	}
	if t.Bits == 64 {
		a, b = x.wide(a), x.wide(b)
	}
	if t.Unsigned && (a.lo < 0 || b.lo < 0 || a.known && repr(a.val) < 0 || b.known && repr(b.val) < 0) {
		return compose(0, 1, "(%s < %s) != ((%s ^ %s) < 0)", a, b, a, b)
	}
	return compose(0, 1, "%s < %s", a, b)
}

// binary is a op b in the type; what is not empty where that is undefined.
func (x *symbolic) binary(op spec.BinOp, t *spec.Type, a, b expr) (e expr, what string) {
	if a.known && b.known {
		v, what := spec.EvalBin(op, t, a.val, b.val)
		return number(v), what
	}
	switch op {
	case spec.Add, spec.Sub:
		return x.sum(t, a, b, op == spec.Sub), ""
	case spec.Mul:
		return x.product(t, a, b), ""
	case spec.Div, spec.Mod:
		return x.divide(op, t, a, b)
	case spec.Shl, spec.Shr:
		return x.shift(op, t, a, b)
	case spec.And, spec.Or, spec.Xor:
		return x.bitwise(op, t, a, b), ""
	case spec.Eq, spec.Ne:
		e := x.same(t, a, b)
		if op == spec.Ne {
			e = not(e)
		}
		return e, ""
	case spec.Lt:
		return x.less(t, a, b), ""
	}
	return not(x.less(t, b, a)), ""
}

// same says whether a and b are equal.
func (x *symbolic) same(t *spec.Type, a, b expr) expr {
	if t.Bits == 64 {
		a, b = x.wide(a), x.wide(b)
	}
	switch {
	case b.known:
		return equals(a, b.val)
	case a.known:
		return equals(b, a.val)
	}
	return compose(0, 1, "%s == %s", a, b)
}

func (x *symbolic) bitwise(op spec.BinOp, t *spec.Type, a, b expr) expr {
	if t.Bits == 64 {
		a, b = x.inner(x.wide(a)), x.inner(x.wide(b))
	}
	lo, hi := int64(math.MinInt32), int64(math.MaxInt32)
	if a.lo >= 0 && b.lo >= 0 && repr(a.hi) >= 0 && repr(b.hi) >= 0 {
		lo = 0
		for hi = 1; hi <= a.hi || hi <= b.hi; hi *= 2 {
		}
		hi--
	}
	return x.wrap(t, lo, hi, "%s "+map[spec.BinOp]string{spec.And: "&", spec.Or: "|", spec.Xor: "^"}[op]+" %s", a, b)
}

func (x *symbolic) product(t *spec.Type, a, b expr) expr {
	if t.Bits == 64 {
		a, b = x.inner(x.wide(a)), x.inner(x.wide(b))
		x.demand(compose(0, 1, "%s == 0 || (%s * %s) / %s == %s", a, a, b, a, b))
	}
	return x.wrap(t, math.MinInt32, math.MaxInt32, "%s * %s", a, b)
}

func (x *symbolic) divide(op spec.BinOp, t *spec.Type, a, b expr) (expr, string) {
	if x.branch(equals(b, 0)) {
		return expr{}, "division by zero"
	}
	a, b = x.inner(x.fact(x.wide(a))), x.inner(x.fact(x.wide(b)))
	if t.Unsigned {
		x.demand(compose(0, 1, "%s >= 0 && %s >= 0", a, b))
	} else if x.branch(equals(b, -1)) {
		if op == spec.Mod {
			return number(0), ""
		}
		return x.wrap(t, math.MinInt32, math.MaxInt32, "-%s", a), ""
	}
	if op == spec.Div {
		return x.wrap(t, math.MinInt32, math.MaxInt32, "%s / %s", a, b), ""
	}
	return x.wrap(t, math.MinInt32, math.MaxInt32, "%s %% %s", a, b), ""
}

func (x *symbolic) shift(op spec.BinOp, t *spec.Type, a, b expr) (expr, string) {
	outside := truth(b.val < 0 || b.val >= int64(t.Bits))
	if !b.known {
		outside = compose(0, 1, "%s < 0 || %s >= %s", b, b, number(int64(t.Bits)))
	}
	if x.branch(outside) {
		return expr{}, "shift by more bits than the type has"
	}
	a, b = x.fact(a), x.fact(b)
	switch {
	case a.known && b.known:
		v, _ := spec.EvalBin(op, t, a.val, b.val)
		return number(v), ""
	case t.Bits == 64:
		a = x.inner(x.wide(a))
	}
	switch {
	case t.Bits == 64 && op == spec.Shl:
		x.demand(compose(0, 1, "%s == 0 || %s <= 30 && ((%s << %s) >> %s) == %s", a, b, a, b, b, a))
		return x.wrap(t, math.MinInt32, math.MaxInt32, "%s << %s", a, b), ""
	case op == spec.Shl:
		return x.wrap(t, math.MinInt32, math.MaxInt32, "%s << %s", a, b), ""
	case t.Bits == 64:
		x.demand(compose(0, 1, "%s <= 31", b))
		if t.Unsigned && a.lo < 0 {
			x.demand(compose(0, 1, "%s >= 0", a))
		}
	case t.Unsigned && a.lo < 0:
		e := compose(math.MinInt32, math.MaxInt32, "%s == 0 -> %s : (%s >> %s) & (2147483647 >> (%s - 1))", b, a, a, b, b)
		e.wraps = true
		return e, ""
	}
	return compose(min(a.lo, 0), max(a.hi, 0), "%s >> %s", a, b), ""
}

// unary is op a in the type.
func (x *symbolic) unary(op spec.UnOp, t *spec.Type, a expr) expr {
	switch {
	case a.known:
		return number(spec.EvalUn(op, t, a.val))
	case op == spec.Not:
		return not(nonzero(a))
	}
	if t.Bits == 64 {
		if a = x.inner(x.wide(a)); op == spec.Neg {
			x.demand(not(equals(a, math.MinInt32)))
		}
	}
	return x.wrap(t, math.MinInt32, math.MaxInt32, map[spec.UnOp]string{spec.Neg: "-%s", spec.Cpl: "~%s"}[op], a)
}

// span are the numbers below n.
func span(n int64) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(i)
	}
	return out
}
