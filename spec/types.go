package spec

import (
	"cmp"
	"fmt"
	"slices"

	"modernc.org/cc/v4"
)

// This file lays C types out in cells: a scalar is one cell, a struct or an
// array its leaves in order.

// maxCells is how many cells one variable may have.
const maxCells = 1 << 14

// A leaf is a scalar inside a type.
type leaf struct {
	name   string // ".ref[2]"
	offset int64  // in bytes, as the C parser counts
	typ    cc.Type
}

// typeError explains why a type is outside the language.
type typeError struct{ msg string }

func (e *typeError) Error() string { return e.msg }

// A layout is a type laid out in cells, or why it cannot be.
type layout struct {
	leaves []leaf
	err    error
	visits int // of types, while it is made
	depth  int // of the type that is being laid out
}

// layout lays a type out, once.
func (b *builder) layout(t cc.Type) *layout {
	y := b.layouts[t]
	if y == nil {
		y = &layout{}
		y.err = y.add(t, "", 0)
		b.layouts[t] = y
	}
	return y
}

// add lays out a part of a type. Types without any scalar are not stored but
// cost a visit: they, too, could be many.
func (y *layout) add(t cc.Type, name string, offset int64) error {
	if y.visits++; y.visits > 4*maxCells || len(y.leaves) > maxCells {
		return errTooManyCells
	}
	if y.depth++; y.depth > maxNesting {
		return &typeError{fmt.Sprintf("is a type nested more than %d deep", maxNesting)}
	}
	defer func() { y.depth-- }()
	switch t := t.(type) {
	case *cc.ArrayType:
		return y.addArray(t, name, offset)
	case *cc.StructType:
		return y.addStruct(t, name, offset)
	}
	if err := scalarError(t); err != nil {
		return err
	}
	y.leaves = append(y.leaves, leaf{name, offset, t})
	return nil
}

var errTooManyCells = &typeError{fmt.Sprintf("has more than %d cells: a model is a small program", maxCells)}

func (y *layout) addArray(t *cc.ArrayType, name string, offset int64) error {
	switch {
	case t.IsVLA():
		return &typeError{"an array of variable length: give it a constant one"}
	case t.IsIncomplete() || t.Len() < 0:
		return &typeError{"an array of unknown length: give it a constant one"}
	case t.Len() > maxCells:
		return errTooManyCells
	}
	for i := int64(0); i < t.Len(); i++ {
		if err := y.add(t.Elem(), fmt.Sprintf("%s[%d]", name, i), offset+i*t.Elem().Size()); err != nil {
			return err
		}
	}
	return nil
}

func (y *layout) addStruct(t *cc.StructType, name string, offset int64) error {
	if t.IsIncomplete() {
		return &typeError{fmt.Sprintf("%s is declared but not defined", typeName(t))}
	}
	for i := 0; i < t.NumFields(); i++ {
		f := t.FieldByIndex(i)
		if f.IsBitfield() {
			return &typeError{fmt.Sprintf("bit-field %s: use a plain member", f.Name())}
		}
		sub := name
		if f.Name() != "" {
			sub += "." + f.Name()
		}
		if err := y.add(f.Type(), sub, offset+f.Offset()); err != nil {
			return err
		}
	}
	return nil
}

// scalarError says why t is not a scalar of the language, or nil.
func scalarError(t cc.Type) error {
	switch t.Kind() {
	case cc.Bool, cc.Char, cc.SChar, cc.UChar, cc.Short, cc.UShort, cc.Int, cc.UInt,
		cc.Long, cc.ULong, cc.LongLong, cc.ULongLong, cc.Enum, cc.Ptr:
		return nil
	case cc.Float, cc.Double, cc.LongDouble, cc.Float32, cc.Float64, cc.Float16, cc.Float128:
		return &typeError{fmt.Sprintf("floating point (%v): models compute with integers", t)}
	case cc.Union:
		return &typeError{"a union: use a struct"}
	case cc.Struct, cc.Array:
		return &typeError{fmt.Sprintf("%s is not a single value", typeName(t))}
	case cc.Void:
		return &typeError{"void has no value"}
	}
	return &typeError{fmt.Sprintf("type %v is not supported: models compute with integers and pointers", t)}
}

// leaves lists the scalars of a type in memory order.
func (b *builder) leaves(t cc.Type) ([]leaf, error) {
	y := b.layout(t)
	return y.leaves, y.err
}

// numLeaves is the size of a type in cells.
func (b *builder) numLeaves(t cc.Type) (int, error) {
	y := b.layout(t)
	return len(y.leaves), y.err
}

// leafAt is the index of the first leaf at or after a byte offset of the type,
// or -1.
func (b *builder) leafAt(t cc.Type, offset int64) int {
	ls, err := b.leaves(t)
	if err != nil {
		return -1
	}
	i, _ := slices.BinarySearchFunc(ls, offset, func(l leaf, off int64) int { return cmp.Compare(l.offset, off) })
	return i
}

func isInteger(t cc.Type) bool { return cc.IsIntegerType(t) || t.Kind() == cc.Enum }

// describeType converts a scalar C type.
func describeType(t cc.Type) Type {
	switch t.Kind() {
	case cc.Bool:
		return Type{Name: "bool", Bits: 1, Unsigned: true}
	case cc.Ptr:
		elem := t.(*cc.PointerType).Elem()
		if elem.Kind() == cc.Function {
			return Type{Name: "function *", Bits: 64, Unsigned: true, Func: true}
		}
		return Type{Name: typeName(elem) + " *", Bits: 64, Unsigned: true, Pointer: true}
	case cc.Enum:
		return describeEnum(t.(*cc.EnumType))
	}
	return Type{Name: typeName(t), Bits: int(t.Size() * 8), Unsigned: !cc.IsSignedInteger(t)}
}

func describeEnum(t *cc.EnumType) Type {
	u := t.UnderlyingType()
	d := Type{Name: typeName(t), Bits: int(u.Size() * 8), Unsigned: !cc.IsSignedInteger(u) || u.Kind() == cc.Int && !hasNegative(t)}
	for _, e := range t.Enumerators() {
		if v, ok := intValue(e.Value()); ok {
			d.Enum = append(d.Enum, Member{e.Token.SrcStr(), v})
		}
	}
	return d
}

// typeName is the type as a kernel developer writes it.
func typeName(t cc.Type) string {
	switch t := t.(type) {
	case *cc.StructType:
		return tagged("struct", t.Tag())
	case *cc.EnumType:
		return tagged("enum", t.Tag())
	case *cc.PointerType:
		return typeName(t.Elem()) + " *"
	case *cc.ArrayType:
		return fmt.Sprintf("%s[%d]", typeName(t.Elem()), t.Len())
	case *cc.FunctionType:
		return "function"
	}
	if t.Kind() == cc.Bool {
		return "bool"
	}
	return t.Kind().String()
}

func tagged(kind string, tag cc.Token) string {
	if tag.SrcStr() == "" {
		return kind
	}
	return kind + " " + tag.SrcStr()
}

// intValue is the integer the parser knows an expression to have.
func intValue(v cc.Value) (int64, bool) {
	switch v := v.(type) {
	case cc.Int64Value:
		return int64(v), true
	case cc.UInt64Value:
		return int64(v), true
	}
	return 0, false
}

// elemOf is what a pointer points to or an array consists of.
func elemOf(t cc.Type) cc.Type {
	switch t := t.(type) {
	case *cc.PointerType:
		return t.Elem()
	case *cc.ArrayType:
		return t.Elem()
	}
	return nil
}
