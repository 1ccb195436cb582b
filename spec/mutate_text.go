package spec

import (
	"strings"

	"modernc.org/cc/v4"
)

// This file finds the words for a mutation in the model's text.

// textFrom is the rest of the line from the place on.
func (b *builder) textFrom(pos Pos) string {
	lines := b.p.Files[pos.File].Lines
	if pos.Line < 1 || pos.Line > len(lines) || pos.Col < 1 || pos.Col > len(lines[pos.Line-1]) {
		return ""
	}
	return lines[pos.Line-1][pos.Col-1:]
}

// wordAt is the identifier at the place, or "".
func (b *builder) wordAt(pos Pos) string {
	text := b.textFrom(pos)
	return text[:wordLen(text)]
}

func wordLen(text string) int {
	n := 0
	for n < len(text) && (text[n] == '_' || '0' <= text[n] && text[n] <= '9' || 'a' <= text[n]|0x20 && text[n]|0x20 <= 'z') {
		n++
	}
	return n
}

// termAt is the word at the place with the brackets that follow it: a call, as it
// is written.
func (b *builder) termAt(pos Pos) string {
	text := b.textFrom(pos)
	n := max(wordLen(text), min(1, len(text)))
	end := n
	for end < len(text) && (text[end] == '(' || text[end] == '[') {
		size := bracketLen(text[end:])
		if size == 0 {
			return strings.TrimSpace(text) + " ..." // it goes on in the next line
		}
		end += size
	}
	return text[:end]
}

// bracketLen is the length of the bracketed text that the text begins with; 0 if
// it does not end.
func bracketLen(text string) int {
	depth := 0
	for i, c := range text {
		switch c {
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// sourceOf is the source of a node as far as it is in one line.
func (b *builder) sourceOf(n cc.Node) string {
	toks := cc.NodeTokens(n)
	if len(toks) == 0 {
		return ""
	}
	first, last := toks[0].Position(), toks[len(toks)-1].Position()
	from := Pos{b.file(first.Filename), first.Line, first.Column}
	if last.Line != first.Line || last.Column < first.Column {
		return b.termAt(from)
	}
	at := Pos{from.File, last.Line, last.Column}
	end := b.termAt(at)
	if tok := toks[len(toks)-1].SrcStr(); strings.HasPrefix(b.textFrom(at), tok) && wordLen(tok) == 0 {
		end = tok // a bracket
	}
	return b.textFrom(from)[:last.Column-first.Column] + end
}

// accessAt is an access as it is written: to the end of its statement.
func (b *builder) accessAt(pos Pos) string {
	text := b.textFrom(pos)
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(', '[':
			i += max(bracketLen(text[i:])-1, 0)
		case ')', ']', ';', ',':
			return text[:i]
		}
	}
	return b.termAt(pos)
}
