package main

import (
	"fmt"
	"slices"
	"strings"

	"lastput/checker"
	"lastput/spec"
)

// This file finds what a proof does not speak of: lines that no run executes.

// neverExecuted names the lines that a proof of the model does not speak of.
func (t *textReport) neverExecuted(list []*outcome) {
	missed := unreached(list)
	if len(missed) == 0 {
		return
	}
	for i, line := range wrap("never executed in "+list[0].Name+": "+lines(missed), t.c.look.page()-2) {
		t.c.printf("%*s%s\n", 2*min(i, 1), "", line)
	}
}

// unreached are the lines of a model that no run of its outcomes reached, if any
// of those is a verified one: a proof does not speak of them.
func unreached(list []*outcome) map[place]bool {
	missed := map[place]bool{}
	verified := false
	for _, o := range list {
		verified = verified || o.Verdict == checker.Verified
		if o.Stopped() {
			continue // its other runs may have come there
		}
		for _, pos := range o.Unreached() {
			missed[placeOf(o.Prog, pos)] = true
		}
	}
	if !verified {
		return nil
	}
	for _, o := range list {
		for i, done := range o.Executed {
			if done {
				delete(missed, placeOf(o.Prog, o.Prog.Code[i].Pos))
			}
		}
	}
	return missed
}

// A place is a line of a file. Unlike a spec.Pos it means the same in every
// program.
type place struct {
	file string
	line int
}

func placeOf(p *spec.Prog, pos spec.Pos) place {
	return place{p.Files[pos.File].Name, pos.Line}
}

// lines prints places: "a.c:3, 7-9; b.h:2".
func lines(set map[place]bool) string {
	var list []place
	for p := range set {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b place) int {
		if c := strings.Compare(a.file, b.file); c != 0 {
			return c
		}
		return a.line - b.line
	})
	var b strings.Builder
	for i := 0; i < len(list); {
		first := list[i]
		switch {
		case i == 0:
			fmt.Fprintf(&b, "%s:%d", first.file, first.line)
		case list[i-1].file != first.file:
			fmt.Fprintf(&b, "; %s:%d", first.file, first.line)
		default:
			fmt.Fprintf(&b, ", %d", first.line)
		}
		last := first.line
		for i++; i < len(list) && list[i] == (place{first.file, last + 1}); i++ {
			last++
		}
		if last > first.line {
			fmt.Fprintf(&b, "-%d", last)
		}
	}
	return b.String()
}
