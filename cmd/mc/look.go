package main

import (
	"errors"
	"io"
	"os"
	"regexp"
	"strconv"

	"golang.org/x/term"

	"lastput/checker"
)

// A look is how text is shown: as wide as a terminal, and in its colours, if it
// goes to one. Elsewhere it is the same everywhere.
type look struct {
	color bool
	width int // of a terminal, or asked for; 0 where neither is so
}

// Least and most that --width takes.
const (
	minWidth = 30
	maxWidth = 1000
)

// lookOf is how text is shown on w. NO_COLOR (no-color.org), and a terminal that
// knows no colours, are respected.
func lookOf(w io.Writer) look {
	f, isFile := terminal(w).(*os.File)
	if !isFile {
		return look{}
	}
	l := look{color: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width >= minWidth {
		l.width = width
	}
	return l
}

// define defines the flags that change it.
func (l *look) define(f *flagSet) {
	f.Func("color", "", func(value string) error {
		switch value {
		case "auto":
		case "always", "never":
			l.color = value == "always"
		default:
			return errors.New("want auto, always or never")
		}
		return nil
	})
	f.Func("width", "", func(value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < minWidth || n > maxWidth {
			return errors.New("want a number of columns from " + strconv.Itoa(minWidth) + " to " + strconv.Itoa(maxWidth))
		}
		l.width = n
		return nil
	})
}

// page is how wide a paragraph is.
func (l *look) page() int {
	if l.width > 0 {
		return min(l.width, pageWidth)
	}
	return pageWidth
}

// diagram is how a run is drawn, two columns to the right.
func (l *look) diagram(expand bool) checker.DiagramOptions {
	opt := checker.DiagramOptions{Expand: expand, Paint: l.line}
	if l.width > 0 {
		opt.Width = l.width - 2
	}
	return opt
}

// The colours, as terminals understand them.
const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[1;31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	reset  = "\x1b[0m"
)

func (l *look) paint(style, text string) string {
	if !l.color || text == "" {
		return text
	}
	return style + text + reset
}

// verdict paints the words that say how something ended.
func (l *look) verdict(v checker.Verdict, text string) string {
	switch v {
	case checker.Verified:
		return l.paint(green, text)
	case checker.Violated:
		return l.paint(red, text)
	}
	return l.paint(yellow, text)
}

var (
	markOf   = regexp.MustCompile(`<- .*$`)
	valuesOf = regexp.MustCompile(`// .*$`)
)

// line paints a line of a diagram's column: what was read and changed steps back,
// what is wrong comes forward.
func (l *look) line(text string, kind checker.LineKind) string {
	if !l.color {
		return text
	}
	if kind == checker.LineHead {
		return l.paint(bold, text)
	}
	mark := markOf.FindString(text)
	text = text[:len(text)-len(mark)]
	values := valuesOf.FindString(text)
	return text[:len(text)-len(values)] + l.paint(dim, values) + l.paint(red, mark)
}
