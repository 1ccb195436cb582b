package spec

import (
	"fmt"
	"slices"
	"strings"
)

// This file refuses texts that the C parser should not be given: it is
// recursive, and Go cannot recover from a stack that is used up. What is
// refused here no model needs.

// Bounds on the text of a model, and on what is left after preprocessing.
const (
	maxNesting   = 200     // brackets of all kinds in one another
	maxDirective = 8 << 10 // bytes in one # line, with its continuations
	maxExpanded  = 4 << 20 // bytes after preprocessing
	maxRun       = 4000    // tokens with none of , ; { } between them
	maxControls  = 2000    // if, else and loops in one function
	maxIndices   = 100     // [ with none of , ; { } between them
	maxTypedefs  = 2000
	maxPasting   = 16 // # and ## in the macros of one file: each may double a text
)

// tooBig says which bound a text exceeds.
type tooBig string

func (e tooBig) Error() string { return string(e) }

var (
	errTooDeep  = tooBig(fmt.Sprintf("brackets are nested more than %d deep: a model is a small program", maxNesting))
	errTooLong  = tooBig(fmt.Sprintf("an expression or a statement of more than %d tokens, with its macros expanded: split it", maxRun))
	errTooMuch  = tooBig(fmt.Sprintf("is larger than %d MiB after preprocessing: a model is a small program", maxExpanded>>20))
	errIndices  = tooBig(fmt.Sprintf("a declaration or an expression with more than %d indices: a model is a small program", maxIndices))
	errTypedefs = tooBig(fmt.Sprintf("more than %d typedefs: a model is a small program", maxTypedefs))
	errControls = tooBig(fmt.Sprintf("a function with more than %d if, else and loop statements, with its macros expanded: split it", maxControls))
)

// guardText refuses what the preprocessor could not take: it, too, is recursive.
func guardText(name, text string) error {
	depth, line := 0, 1
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\n':
			line++
		case '(', '[', '{':
			if depth++; depth > maxNesting {
				return ErrorList{{File: name, Line: line, Col: i - strings.LastIndexByte(text[:i], '\n'), Msg: errTooDeep.Error()}}
			}
		case ')', ']', '}':
			depth = max(0, depth-1)
		}
		if strings.HasPrefix(text[i:], "''") {
			return ErrorList{{File: name, Line: line, Col: i - strings.LastIndexByte(text[:i], '\n'), Msg: "an empty character constant"}}
		}
		n := skipOpaque(text[i:])
		line += strings.Count(text[i:i+n], "\n")
		i += max(0, n-1)
	}
	return guardDirectives(name, text)
}

// lineCol is the place of an offset of a text.
func lineCol(text string, at int) (line, col int) {
	return 1 + strings.Count(text[:at], "\n"), at - strings.LastIndexByte(text[:at], '\n')
}

// skipOpaque is the length of the comment, string or character constant that
// the text begins with, or 0. An unfinished string ends with its line.
func skipOpaque(text string) int {
	end := -1
	switch {
	case strings.HasPrefix(text, "//"):
		end = strings.IndexByte(text, '\n')
	case strings.HasPrefix(text, "/*"):
		if end = strings.Index(text[2:], "*/"); end >= 0 {
			end += 4
		}
	case text[0] == '"' || text[0] == '\'':
		for end = 1; end < len(text) && text[end] != '\n'; end++ {
			if text[end] == '\\' {
				end++
			} else if text[end] == text[0] {
				end++
				break
			}
		}
	default:
		return 0
	}
	if end < 0 || end > len(text) {
		return len(text)
	}
	return end
}

func guardDirectives(file, text string) error {
	size, first, pasting := 0, 0, 0
	for i, line := range strings.Split(text, "\n") {
		if size == 0 && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		if size == 0 {
			first = i + 1
			if name := directiveName(line); name != "" && !slices.Contains(cppDirectives, name) {
				return ErrorList{{File: file, Line: i + 1, Col: 1 + strings.Index(line, "#"), Msg: fmt.Sprintf("unknown preprocessor directive #%s", name)}}
			}
		}
		if pasting += pastings(line, size == 0); pasting > maxPasting {
			return ErrorList{{File: file, Line: i + 1, Col: 1, Msg: fmt.Sprintf("more than %d uses of # and ## in macros: a model is a small program", maxPasting)}}
		}
		if size += len(line) + 1; size > maxDirective {
			return ErrorList{{File: file, Line: first, Col: 1, Msg: fmt.Sprintf("a preprocessor line of more than %d KiB: split it", maxDirective>>10)}}
		}
		if !strings.HasSuffix(strings.TrimSuffix(line, "\r"), "\\") {
			size = 0
		}
	}
	return nil
}

// pastings counts the # and ## operators in a preprocessor line; first says that
// the line begins with the # of its directive.
func pastings(line string, first bool) int {
	n := strings.Count(strings.ReplaceAll(line, "##", "#"), "#")
	if first {
		n--
	}
	return n
}

// cppDirectives are the words after a #. The parser ignores others, and so a
// misspelt one.
var cppDirectives = []string{"define", "undef", "include", "include_next", "if", "ifdef", "ifndef", "elif", "else", "endif", "error", "warning", "pragma", "line", "ident"}

func directiveName(line string) string {
	rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "#"))
	end := strings.IndexFunc(rest, func(r rune) bool { return r < 'a' || r > 'z' })
	if end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// A tokenGuard is given the preprocessed text, a token at a time.
type tokenGuard struct {
	depth, size int
	run         int // tokens since the last separator
	indices     int // and brackets among them
	controls    int // since the last line of the outermost level
	typedefs    int
	structs     structGuard
}

func (w *tokenGuard) Write(p []byte) (int, error) {
	if w.size += len(p); w.size > maxExpanded {
		return 0, errTooMuch
	}
	switch tok := strings.TrimSpace(string(p)); tok {
	case "":
		return len(p), nil
	case "(", "[", "{":
		w.depth++
		if tok == "[" {
			w.indices++
		}
	case ")", "]", "}":
		w.depth--
	case "typedef":
		w.typedefs++
	case "if", "else", "for", "while", "do", "switch":
		w.controls++
	}
	w.structs.token(strings.TrimSpace(string(p)), w.depth)
	if w.structs.wrong != nil {
		return 0, w.structs.wrong
	}
	w.run++
	switch p[0] {
	case ',', ';', '{', '}':
		w.run, w.indices = 0, 0
		if w.depth <= 0 {
			w.controls = 0
		}
	}
	switch {
	case w.depth > maxNesting:
		return 0, errTooDeep
	case w.run > maxRun:
		return 0, errTooLong
	case w.indices > maxIndices:
		return 0, errIndices
	case w.typedefs > maxTypedefs:
		return 0, errTypedefs
	case w.controls > maxControls:
		return 0, errControls
	}
	return len(p), nil
}
