package spec

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"modernc.org/cc/v4"
)

// This file says what the C parser reports in the words of a kernel developer.

var (
	ccLine   = regexp.MustCompile(`^(.*?):(\d+):(\d+): (.*)$`)
	ccSuffix = regexp.MustCompile(` \([a-z0-9]+\.go:\d+:\w*:\)$`)
	ccPlace  = regexp.MustCompile(`\b[\w./<>-]+:(\d+):\d+:`)
)

// expansionLimit is how the parser says that macros expand to too much.
const expansionLimit = `macro expansion limit exceeded`

// A rewording turns a message of the parser into ours. A message that is
// reworded to "" only follows from another.
type rewording struct {
	from *regexp.Regexp
	to   string
}

// rewordings are compiled when there is an error to be reworded.
var rewordings = sync.OnceValue(func() []rewording {
	var out []rewording
	for _, r := range [][2]string{
		{`^(.*): internal error: .*$`, `this cannot be assigned to, nor its address be taken: $1 is no variable`},
		{`^undefined: (.*)$`, `undeclared: $1`},
		{`^label undefined: (.*)$`, `goto $1: there is no such label`},
		{`^multiple definitions of '(.*)', first definition at line (\d+)$`, `$1 is defined twice: first in line $2`},
		{`^conflicting types for '(.*)', previous declaration at line (\d+),? (.*)$`, `$1 is declared as another type in line $2: $3`},
		{`^incompatible redeclaration of '(.*)' at line (\d+)$`, `$1 is defined twice: first in line $2`},
		{`^left operand shall be a modifiable lvalue$`, `this cannot be assigned to: it is no variable`},
		{`^LHS must be unary-expression$`, `this cannot be assigned to: it is no variable`},
		{`^type (.*) has no member (?:named )?(\w+)$`, `$1 has no member $2`},
		{`^expected a struct or union: pointer to (.*)$`, `a member of a pointer to $1: want -> instead of .`},
		{`^expected a struct or union: (.*)$`, `a member of $1: want a struct`},
		{`^expected a pointer to struct or union: (.*)$`, `-> on $1: want a pointer to a struct`},
		{`^expected a pointer: (struct .*)$`, `-> on $1: want . instead of ->`},
		{`^expected a pointer: (.*)$`, `-> on $1: want a pointer to a struct`},
		{`^operand shall be a pointer: (.*)$`, `* on $1: want a pointer`},
		{`^one of the expressions shall be a pointer and the other shall have integer type: (.*)$`, `an index with $1: want an array or a pointer, and an integer`},
		{`^(?:invalid operands|operands shall have (?:arithmetic|integer) type): (.*)$`, `an operation on $1: want integers`},
		{`^(?:invalid operand|expected (?:arithmetic|integer|scalar) type|operand shall have scalar type): (.*)$`, `an operation on $1: want an integer`},
		{`^expected pointer to function: (.*)$`, `a call of what is no function but $1`},
		{`^invalid array size, .*$`, `an array of negative length`},
		{`^cannot evaluate constant expression: (.*)$`, `$1 is not constant`},
		{`^` + expansionLimit + ` .*$`, fmt.Sprintf(`macros expand to more than %d tokens: a model is a small program`, maxExpansion)},
		{`^expected #endif$`, `an #if has no #endif`},
		{`^strconv\.\w+: parsing .*: value out of range$`, `the number is too large for any type`},
		{`^strconv\.\w+: parsing .*: invalid syntax$`, `this is no number`},
	} {
		out = append(out, rewording{regexp.MustCompile(r[0]), r[1]})
	}
	return out
})

// followUps are messages that only say again that something else is wrong.
var followUps = regexp.MustCompile(`<invalid type>|^TODO |^internal error|^left operand shall be a modifiable lvalue$`)

// reword says a message of the parser in our words.
func reword(msg string) string {
	msg = ccSuffix.ReplaceAllString(msg, "")
	msg = ccPlace.ReplaceAllString(msg, "line $1")
	msg = incomplete.ReplaceAllString(msg, "$1 is declared but not defined, or has no member $2")
	msg = withoutBodies(msg)
	for _, r := range rewordings() {
		if r.from.MatchString(msg) {
			msg = r.from.ReplaceAllString(msg, r.to)
			break
		}
	}
	if strings.HasPrefix(msg, "TODO ") {
		msg = "not understood as C: the parser does not know what is written here"
	}
	if len(msg) > maxMessage {
		msg = strings.ToValidUTF8(msg[:maxMessage], "") + "…"
	}
	return msg
}

const maxMessage = 300

var incomplete = regexp.MustCompile(`^type (struct \w+) \{\} has no member (?:named )?(\w+)$`)

var structBody = regexp.MustCompile(`(struct|union)( \w+)? ?\{`)

// withoutBodies shortens "struct s {a int}" to "struct s".
func withoutBodies(msg string) string {
	for range 20 {
		at := structBody.FindStringSubmatchIndex(msg)
		if at == nil {
			break
		}
		end, depth := at[1], 1
		for ; end < len(msg) && depth > 0; end++ {
			switch msg[end] {
			case '{':
				depth++
			case '}':
				depth--
			}
		}
		name := msg[at[0]:at[3]]
		if at[4] >= 0 {
			name = msg[at[0]:at[5]]
		} else {
			name = "a " + name
		}
		msg = msg[:at[0]] + name + msg[end:]
	}
	return msg
}

// parseError makes an ErrorList of what the parser reports.
func (m *Model) parseError(err error, cfg *cc.Config, sources []cc.Source) error {
	files := cfg.FS.(*includeFS)
	var bad *structError
	if errors.As(err, &bad) {
		return bad.placed(m.File, m.Text)
	}
	var big tooBig
	if errors.As(err, &big) {
		return ErrorList{{File: m.File, Msg: err.Error()}}
	}
	var list ErrorList
	if errors.As(files.err, &list) {
		return list
	}
	var follow, library ErrorList
	for _, line := range strings.Split(err.Error(), "\n") {
		at := ccLine.FindStringSubmatch(line)
		if at == nil {
			continue // the parser's notes on itself
		}
		if strings.HasPrefix(at[4], expansionLimit) {
			if e := m.includesItself(m.Text, []string{m.File}); e != nil {
				return ErrorList{e}
			}
		}
		ln, _ := strconv.Atoi(at[2])
		col, _ := strconv.Atoi(at[3])
		e := &Error{File: displayName(at[1]), Line: ln, Col: col, Msg: reword(at[4])}
		switch {
		case strings.HasPrefix(at[1], libDir+"/"):
			library = append(library, e)
		case followUps.MatchString(ccSuffix.ReplaceAllString(at[4], "")):
			follow = append(follow, e)
		default:
			list = append(list, m.improve(e, files))
		}
	}
	switch {
	case len(list) > 0:
		return list.err()
	case len(follow) > 0:
		return follow.err()
	case len(library) > 0:
		if e := unclosed(m.File, m.Text); e != nil {
			return ErrorList{e}
		}
		if e := m.unfinished(library[0]); e != nil {
			return ErrorList{e}
		}
		return library.err()
	}
	return m.gaveUp(cfg, sources)
}

// improve adds to a message what only the text tells.
func (m *Model) improve(e *Error, files *includeFS) *Error {
	if name, ok := strings.CutPrefix(e.Msg, "include file not found: "); ok {
		if files.err != nil {
			e.Msg = files.err.Error()
		} else {
			e.Msg = fmt.Sprintf("unknown header %s: the embedded ones are %s; others are looked up beside the model", name, strings.Join(headerNames(), ", "))
		}
	}
	if rest, ok := strings.CutPrefix(e.Msg, "unexpected identifier, "); ok {
		text := m.Text
		if e.File != m.File {
			text, _ = readSource(m.dir, e.File)
		}
		name := wordAt(text, e.Line, e.Col)
		e.Msg = fmt.Sprintf("unexpected '%s', %s: is what stands before it declared?", name, rest)
	}
	return e
}

// wordAt is the identifier at a position of a text.
func wordAt(text string, line, col int) string {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) || col < 1 || col > len(lines[line-1]) {
		return ""
	}
	rest := lines[line-1][col-1:]
	end := strings.IndexFunc(rest, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if end < 0 {
		end = len(rest)
	}
	return rest[:end]
}

// unclosed finds the innermost bracket of a text that is never closed.
func unclosed(name, text string) *Error {
	var open []int
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(', '[', '{':
			open = append(open, i)
		case ')', ']', '}':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
		i += max(0, skipOpaque(text[i:])-1)
	}
	if len(open) == 0 {
		return nil
	}
	i := open[len(open)-1]
	return &Error{
		File: name, Line: 1 + strings.Count(text[:i], "\n"), Col: i - strings.LastIndexByte(text[:i], '\n'),
		Msg: fmt.Sprintf("this '%c' is never closed", text[i]),
	}
}

// unfinished explains what the parser finds at the first word of the driver, which
// stands behind the model: the model's last declaration has no end.
func (m *Model) unfinished(e *Error) *Error {
	if e.File != "harness.c" || !strings.HasPrefix(e.Msg, "unexpected 'long', ") {
		return nil
	}
	text := strings.TrimRight(m.Text, " \t\r\n")
	return &Error{
		File: m.File, Line: 1 + strings.Count(text, "\n"), Col: len(text) - strings.LastIndexByte(text, '\n'),
		Msg: "the file ends in the middle of a declaration: is a ; missing?",
	}
}

// gaveUp explains what the parser has no words for: an assignment to something
// that is no variable, a label put twice, a file that includes itself.
func (m *Model) gaveUp(cfg *cc.Config, sources []cc.Source) (err error) {
	if e := m.includesItself(m.Text, []string{m.File}); e != nil {
		return ErrorList{e}
	}
	list := ErrorList{{File: m.File, Msg: "not understood as C: the parser gave up on it"}}
	defer func() {
		if recover() != nil {
			err = list
		}
	}()
	ast, err := cc.Parse(cfg, sources)
	if err != nil {
		return list
	}
	f := suspects{enumerators: map[string]bool{}}
	f.walk(reflect.ValueOf(ast.TranslationUnit))
	if len(f.found) == 0 {
		return list
	}
	for _, e := range f.found {
		e.File = displayName(e.File)
	}
	return f.found.err()
}

var includeLine = regexp.MustCompile(`^\s*#\s*include\s*"([^"]+)"`)

// includesItself finds an include of one of the files that led to the text.
func (m *Model) includesItself(text string, from []string) *Error {
	for i, line := range strings.Split(text, "\n") {
		inc := includeLine.FindStringSubmatchIndex(line)
		if inc == nil {
			continue
		}
		name := line[inc[2]:inc[3]]
		if slices.Contains(from, name) {
			return &Error{File: from[len(from)-1], Line: i + 1, Col: inc[2], Msg: fmt.Sprintf("%s includes itself", name)}
		}
		if sub, err := readSource(m.dir, name); err == nil && len(from) < maxIncludes {
			if e := m.includesItself(sub, append(from, name)); e != nil {
				return e
			}
		}
	}
	return nil
}

// suspects looks for what the parser cannot take.
type suspects struct {
	found       ErrorList
	enumerators map[string]bool
	labels      map[string]int // of the function
}

// walk visits a syntax tree, which has no visitor of its own, and no cycles
// before it is checked.
func (f *suspects) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		f.walk(v.Elem())
	case reflect.Pointer:
		if v.IsNil() || v.Elem().Kind() != reflect.Struct || !v.CanInterface() {
			return
		}
		f.look(v.Interface())
		for i := range v.Elem().NumField() {
			if v.Elem().Type().Field(i).IsExported() {
				f.walk(v.Elem().Field(i))
			}
		}
	}
}

func (f *suspects) look(n any) {
	switch n := n.(type) {
	case *cc.FunctionDefinition:
		f.labels = map[string]int{}
	case *cc.Enumerator:
		f.enumerators[n.Token.SrcStr()] = true
	case *cc.LabeledStatement:
		if name := n.Token.SrcStr(); n.Case == cc.LabeledStatementLabel && f.labels != nil {
			if line := f.labels[name]; line > 0 {
				f.add(n, fmt.Sprintf("a second label %s: the first is in line %d", name, line))
			}
			f.labels[name] = n.Position().Line
		}
	case *cc.AssignmentExpression:
		if n.Case != cc.AssignmentExpressionCond {
			f.target(n.UnaryExpression)
		}
	case *cc.PostfixExpression:
		if n.Case == cc.PostfixExpressionInc || n.Case == cc.PostfixExpressionDec {
			f.target(n.PostfixExpression)
		}
	case *cc.UnaryExpression:
		switch n.Case {
		case cc.UnaryExpressionInc, cc.UnaryExpressionDec:
			f.target(n.UnaryExpression)
		case cc.UnaryExpressionAddrof:
			f.target(n.CastExpression)
		}
	}
}

func (f *suspects) add(n cc.Node, msg string) {
	p := n.Position()
	f.found = append(f.found, &Error{File: p.Filename, Line: p.Line, Col: p.Column, Msg: msg})
}

// target looks at an operand that has to be a variable.
func (f *suspects) target(e cc.ExpressionNode) {
	switch x := unparen(e).(type) {
	case *cc.PrimaryExpression:
		if x.Case == cc.PrimaryExpressionIdent && !f.enumerators[x.Token.SrcStr()] || x.Case == cc.PrimaryExpressionStmt {
			return
		}
	case *cc.PostfixExpression:
		switch x.Case {
		case cc.PostfixExpressionPrimary:
			f.target(x.PrimaryExpression)
			return
		case cc.PostfixExpressionCall, cc.PostfixExpressionInc, cc.PostfixExpressionDec:
		default:
			return
		}
	case *cc.UnaryExpression:
		if x.Case == cc.UnaryExpressionDeref || x.Case == cc.UnaryExpressionPostfix {
			return
		}
	}
	f.add(e, "this cannot be assigned to, nor its address be taken: it is no variable")
}
