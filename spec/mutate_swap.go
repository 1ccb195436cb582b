package spec

import "slices"

// This file finds accesses that follow each other in the model's text and could
// as well change places, and lets them.

// swaps finds the pairs of accesses, each all that is visible of a place of the
// model's text, with nothing visible and no branch between them, that neither
// touch the same memory nor need each other's result.
func (l *lower) swaps(effects []pairEffect) {
	mu := l.b.m.mutation
	targets := l.targets()
	last := -1 // the access that came last, if nothing has come in between
	for at := 0; at < len(l.code); at++ {
		in := &l.code[at]
		if targets[at] || in.Op == OpJump || in.Op == OpBr || in.Op == OpRelease {
			last = -1
		}
		if !in.Visible() {
			continue
		}
		if !l.ownAccess(at) || l.inEffect(at, effects) {
			last = -1
			continue
		}
		if last >= 0 {
			if order, ok := l.swapped(last, at); ok {
				a, b := l.b.modelPos(l.code[last]), l.b.modelPos(*in)
				s := l.b.siteAt(MutSwap, a)
				l.b.found.found[s] = &candidate{
					text:  "with " + l.b.accessAt(a) + " and " + l.b.accessAt(b) + " the other way round",
					lines: []MutationLine{{l.b.p.Files[b.File].Name, b.Line}},
				}
				if mu.at(s) {
					copy(l.code[last:], order)
					at, last = last+len(order)-1, -1
					continue
				}
			}
		}
		last = at
	}
}

// targets tells where jumps go.
func (l *lower) targets() []bool {
	out := make([]bool, len(l.code)+1)
	for i := range l.code {
		if in := &l.code[i]; in.Op == OpJump || in.Op == OpBr {
			out[l.labels[in.To]] = true
		}
	}
	return out
}

// ownAccess reports whether the instruction is an access that is in the model's
// text, with nothing else visible at that place.
func (l *lower) ownAccess(at int) bool {
	in := &l.code[at]
	if in.Op != OpLoad && in.Op != OpStore && in.Op != OpRMW || in.Sleep {
		return false
	}
	pos := l.b.modelPos(*in)
	if l.root(in.A).Kind == OpdLocal || pos.Line == 0 || l.b.p.Files[pos.File].Library {
		return false
	}
	for _, side := range []int{at - 1, at + 1} {
		for i := side; i >= 0 && i < len(l.code); i += side - at {
			if l.code[i].Visible() {
				if l.b.modelPos(l.code[i]) == pos {
					return false
				}
				break
			}
		}
	}
	return true
}

// swapped is the code from i to j with the accesses there the other way round, j
// with what computes its operands first; false if they need to be as they are.
func (l *lower) swapped(i, j int) ([]Inst, bool) {
	a, b := &l.code[i], &l.code[j]
	if l.b.modelPos(*a) == l.b.modelPos(*b) || l.mayAlias(a, b) {
		return nil, false
	}
	need := []int{j}
	reads := regsRead(b)
	for at := j - 1; at > i; at-- {
		in := &l.code[at]
		if !in.Op.Info().HasDst || !slices.Contains(reads, in.Dst) {
			continue
		}
		if in.Op != OpSelf && in.Op != OpIndex && !in.removable() {
			return nil, false
		}
		need = append(need, at)
		reads = append(reads, regsRead(in)...)
	}
	var first, rest []Inst
	for at := i; at <= j; at++ {
		if slices.Contains(need, at) {
			first = append(first, l.code[at])
		} else {
			rest = append(rest, l.code[at])
		}
	}
	if conflict(first, rest) || conflict(rest, first) {
		return nil, false
	}
	return append(first, rest...), true
}

// conflict reports whether one part writes a register that the other reads or
// writes.
func conflict(a, b []Inst) bool {
	for i := range a {
		if !a[i].Op.Info().HasDst {
			continue
		}
		for j := range b {
			if b[j].Op.Info().HasDst && b[j].Dst == a[i].Dst || slices.Contains(regsRead(&b[j]), a[i].Dst) {
				return true
			}
		}
	}
	return false
}

func regsRead(in *Inst) []int {
	var out []int
	in.uses(func(o *Operand, _ bool) {
		if o.Kind == OpdReg {
			out = append(out, int(o.Val))
		}
	})
	return out
}

// mayAlias reports whether two accesses may be of the same memory. Memory keeps
// the type it is declared with.
func (l *lower) mayAlias(a, b *Inst) bool {
	if a.Type != b.Type {
		return false
	}
	if x, y := l.root(a.A), l.root(b.A); x.Kind != OpdNone && y.Kind != OpdNone && x != y {
		return false
	}
	return a.A.Kind != OpdAddr || b.A.Kind != OpdAddr || a.ThisCPU != 0 || b.ThisCPU != 0 || a.A == b.A
}
