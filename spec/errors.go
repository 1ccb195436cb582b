package spec

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
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
		}
		return a.Col < b.Col
	})
	out := l[:1]
	for _, e := range l[1:] {
		if *e != *out[len(out)-1] {
			out = append(out, e)
		}
	}
	return out
}

var (
	ccLine   = regexp.MustCompile(`^(.*?):(\d+):(\d+): (.*)$`)
	ccSuffix = regexp.MustCompile(` \([a-z0-9]+\.go:\d+:\w*:\)$`)
)

// parseCCErrors turns what the C parser reports into an ErrorList. Lines
// without a position are the parser's notes on itself and are dropped where
// there is anything better.
func parseCCErrors(err error, file string, rename func(string) string) ErrorList {
	var list ErrorList
	for _, line := range strings.Split(err.Error(), "\n") {
		m := ccLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		ln, _ := strconv.Atoi(m[2])
		col, _ := strconv.Atoi(m[3])
		msg := ccSuffix.ReplaceAllString(m[4], "")
		list = append(list, &Error{File: rename(m[1]), Line: ln, Col: col, Msg: msg})
	}
	if len(list) == 0 {
		list = append(list, &Error{File: file, Msg: "not understood as C: " + strings.ReplaceAll(err.Error(), "\n", "; ")})
	}
	return list
}

func validUTF8(b []byte) bool { return utf8.Valid(b) }
