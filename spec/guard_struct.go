package spec

import (
	"fmt"
	"regexp"
)

// A structGuard looks at the tokens of a text for structs that have no size
// yet where one is needed: as a member, or as the element of an array. The
// parser may not come to an end over their initializers, or use up the stack
// where a struct contains itself.
type structGuard struct {
	wrong   *structError // what was found
	last    [3]string
	bodies  []block // the blocks that are open
	defined map[string]bool
	alias   map[string]string // what was declared of an undefined struct, maybe a typedef
	arrays  map[string]bool   // undefined structs that arrays are made of
	head    bool              // after struct or union, before what follows the tag
	attr    int               // depth of brackets outside the attribute in a head, or -1
}

// A structError is what is wrong with a struct of that tag.
type structError struct{ tag, msg string }

func (e *structError) Error() string { return e.msg }

// placed is the error with its place, the first where the text has the tag.
func (e *structError) placed(file, text string) ErrorList {
	line, col := 0, 0
	if e.tag != "" {
		line, col = placeOfStruct(text, e.tag)
	}
	return ErrorList{{File: file, Line: line, Col: col, Msg: e.msg}}
}

// A block is what stands in braces, of a struct or other.
type block struct {
	isStruct bool
	tag      string
}

var identifier = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// qualifiers may stand between a tag and a star.
var qualifiers = map[string]bool{"const": true, "volatile": true, "restrict": true, "__restrict": true, "__attribute__": true}

// token takes the next token; depth is that of the brackets, this one counted.
func (g *structGuard) token(tok string, depth int) {
	if g.defined == nil {
		g.defined, g.alias, g.arrays, g.attr = map[string]bool{}, map[string]string{}, map[string]bool{}, -1
	}
	switch {
	case g.attr >= 0:
		if tok == ")" && depth == g.attr {
			g.attr = -1
		}
		return // attributes are looked past
	case tok == "__attribute__" && g.head:
		g.attr = depth
		return
	case tok == "{":
		g.open()
	case tok == "}":
		g.close()
	case tok == "struct" || tok == "union":
		g.head = true
	case tok == "[":
		g.array()
	case identifier.MatchString(tok) && !qualifiers[tok]:
		g.declare(tok)
	default:
		g.head = false
	}
	g.last = [3]string{g.last[1], g.last[2], tok}
}

func (g *structGuard) open() {
	b := block{isStruct: g.head}
	if g.head && identifier.MatchString(g.last[2]) && g.last[2] != "struct" && g.last[2] != "union" {
		b.tag = g.last[2]
	}
	g.bodies = append(g.bodies, b)
	g.head = false
}

func (g *structGuard) close() {
	if n := len(g.bodies); n > 0 {
		if b := g.bodies[n-1]; b.tag != "" {
			g.defined[b.tag] = true
			delete(g.arrays, b.tag)
		}
		g.bodies = g.bodies[:n-1]
	}
	g.head = false
}

// declare takes an identifier: the name of a variable or a member, if a struct
// or a typedef of one stands before it.
func (g *structGuard) declare(name string) {
	n := len(g.bodies)
	member := n > 0 && g.bodies[n-1].isStruct
	if member && (name == "typeof" || name == "__typeof__" || name == "__typeof") {
		g.wrong = &structError{msg: "typeof in a struct: write the type"}
		return
	}
	tag := g.tagBefore()
	if tag == "" || g.defined[tag] {
		return
	}
	g.head = false
	if member {
		g.wrong = &structError{tag, fmt.Sprintf("struct %s is not defined where it is a member: define it before, or make the member a pointer", tag)}
		return
	}
	g.alias[name] = tag
}

// tagBefore is the tag of the struct that the last tokens name, or "".
func (g *structGuard) tagBefore() string {
	if (g.last[1] == "struct" || g.last[1] == "union") && identifier.MatchString(g.last[2]) {
		return g.last[2]
	}
	return g.alias[g.last[2]]
}

// array takes note of an array of structs that are not defined yet.
func (g *structGuard) array() {
	g.head = false
	if tag := g.alias[g.last[2]]; tag != "" && !g.defined[tag] {
		g.arrays[tag] = true
	}
}

// undefined names a struct that arrays are made of and that is never defined.
func (g *structGuard) undefined() string {
	for _, tag := range sortedKeys(g.arrays) {
		return tag
	}
	return ""
}

// placeOfStruct finds where a text speaks of a struct.
func placeOfStruct(text, tag string) (line, col int) {
	at := regexp.MustCompile(`\b(?:struct|union)\s+` + regexp.QuoteMeta(tag) + `\b`).FindStringIndex(text)
	if at == nil {
		return 0, 0
	}
	return lineCol(text, at[0])
}
