package spec

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// An Error is one thing wrong with a model's text.
type Error struct {
	File      string
	Line, Col int // from 1; 0 is unknown
	Msg       string
}

func (e *Error) Error() string {
	switch {
	case e.File == "":
		return e.Msg
	case e.Line == 0:
		return fmt.Sprintf("%s: %s", e.File, e.Msg)
	case e.Col == 0:
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg)
}

// An ErrorList is everything wrong with a model's text that was found at once,
// in order of position.
type ErrorList []*Error

// maxErrors is how many errors an ErrorList prints.
const maxErrors = 20

func (l ErrorList) Error() string {
	var lines []string
	for i, e := range l {
		if i == maxErrors {
			lines = append(lines, fmt.Sprintf("and %d more", len(l)-i))
			break
		}
		lines = append(lines, e.Error())
	}
	return strings.Join(lines, "\n")
}

// err returns the list sorted and without repetitions, or nil if it is empty.
func (l ErrorList) err() error {
	if len(l) == 0 {
		return nil
	}
	sort.SliceStable(l, func(i, j int) bool {
		a, b := l[i], l[j]
		switch {
		case a.File != b.File:
			return a.File < b.File
		case a.Line != b.Line:
			return a.Line < b.Line
		case a.Col != b.Col:
			return a.Col < b.Col
		}
		return a.Msg < b.Msg
	})
	out := l[:1]
	for _, e := range l[1:] {
		if *e != *out[len(out)-1] {
			out = append(out, e)
		}
	}
	return out
}

func validUTF8(b []byte) bool { return utf8.Valid(b) }
