package main

import "testing"

func TestLines(t *testing.T) {
	set := map[place]bool{}
	for _, p := range []place{{"b.h", 2}, {"a.c", 9}, {"a.c", 3}, {"a.c", 8}, {"a.c", 7}, {"b.h", 3}} {
		set[p] = true
	}
	if got, want := lines(set), "a.c:3, 7-9; b.h:2-3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
