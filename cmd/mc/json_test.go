package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lastput/checker"
	"lastput/spec"
)

// A step that writes a cell twice shows one change; one that puts the old value
// back shows none.
func TestChanges(t *testing.T) {
	p := &spec.Prog{Cells: []spec.Cell{{Name: "a"}, {Name: "b"}, {Name: "c"}}}
	write := func(cell int, old, new int64) checker.Event {
		return checker.Event{Kind: checker.EventWrite, Cell: cell, Old: old, New: new}
	}
	s := &checker.Step{Events: []checker.Event{
		write(2, 5, 6), write(0, 0, 1), write(1, 3, 4), write(0, 1, 0),
		{Kind: checker.EventRead, Cell: 1, Old: 4, New: 4}, write(2, 6, 7),
	}}
	want := []jsonChange{{"c", 5, 7}, {"b", 3, 4}}
	if diff := cmp.Diff(want, changes(p, s)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
