package spec

// This file is the arithmetic of the language: C's, on values normalised to
// their type. The front end folds constants with it and the interpreter
// computes with it.

// Normalize converts v to the type: truncates and extends it again; for bool,
// whether it is non-zero.
func (t *Type) Normalize(v int64) int64 {
	switch {
	case t.Bits == 1:
		if v != 0 {
			return 1
		}
		return 0
	case t.Bits == 64:
		return v
	case t.Unsigned:
		return v & (1<<t.Bits - 1)
	}
	shift := 64 - t.Bits
	return v << shift >> shift
}

// SameValues reports whether the types hold the same values, so that memory of
// one may be accessed as the other.
func (t *Type) SameValues(u *Type) bool {
	return t.Bits == u.Bits && t.Unsigned == u.Unsigned && t.Pointer == u.Pointer && t.Func == u.Func
}

// EvalBin computes a op b in the type; what is non-empty says what is undefined
// about it. Signed overflow wraps, as in the kernel (-fno-strict-overflow).
func EvalBin(op BinOp, t *Type, a, b int64) (v int64, what string) {
	switch op {
	case Add:
		v = a + b
	case Sub:
		v = a - b
	case Mul:
		v = a * b
	case Div, Mod:
		return evalDiv(op, t, a, b)
	case And:
		v = a & b
	case Or:
		v = a | b
	case Xor:
		v = a ^ b
	case Shl, Shr:
		return evalShift(op, t, a, b)
	case Eq:
		return truth(a == b), ""
	case Ne:
		return truth(a != b), ""
	case Lt:
		return truth(t.less(a, b)), ""
	case Le:
		return truth(!t.less(b, a)), ""
	}
	return t.Normalize(v), ""
}

func (t *Type) less(a, b int64) bool {
	if t.Unsigned {
		return uint64(a) < uint64(b)
	}
	return a < b
}

func evalDiv(op BinOp, t *Type, a, b int64) (int64, string) {
	if b == 0 {
		return 0, "division by zero"
	}
	if t.Unsigned {
		if op == Div {
			return t.Normalize(int64(uint64(a) / uint64(b))), ""
		}
		return t.Normalize(int64(uint64(a) % uint64(b))), ""
	}
	if b == -1 {
		// INT_MIN / -1 wraps to INT_MIN rather than trapping.
		if op == Div {
			return t.Normalize(-a), ""
		}
		return 0, ""
	}
	if op == Div {
		return t.Normalize(a / b), ""
	}
	return t.Normalize(a % b), ""
}

func evalShift(op BinOp, t *Type, a, b int64) (int64, string) {
	if b < 0 || b >= int64(t.Bits) {
		return 0, "shift by more bits than the type has"
	}
	switch {
	case op == Shl:
		return t.Normalize(a << b), ""
	case t.Unsigned:
		return t.Normalize(int64(uint64(a) >> b)), ""
	}
	return a >> b, ""
}

// EvalUn computes op a in the type.
func EvalUn(op UnOp, t *Type, a int64) int64 {
	switch op {
	case Neg:
		return t.Normalize(-a)
	case Cpl:
		return t.Normalize(^a)
	}
	return truth(a == 0)
}

// EvalRMW is the value that the read-modify-write stores over v.
func EvalRMW(k RMWKind, t *Type, v, b, c int64) int64 {
	switch k {
	case Xchg:
		v = b
	case FetchAdd:
		v += b
	case FetchAnd:
		v &= b
	case FetchOr:
		v |= b
	case CmpXchg:
		if v == b {
			v = c
		}
	case AddUnless:
		if v != c {
			v += b
		}
	case DecIfPos:
		if v > 0 {
			v--
		}
	}
	return t.Normalize(v)
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
