package main

import "testing"

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"same", "same", 0},
		{"chek", "check", 1}, {"chcek", "check", 1}, {"chack", "check", 1}, {"checkk", "check", 1},
		{"kitten", "sitting", 3},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"stop_machine", "isolated_skip", "no_stop", "lookup_lock"}
	for name, want := range map[string]string{
		"stop_machin":  "stop_machine",
		"Stop-Machine": "stop_machine",
		"nostop":       "no_stop",
		"isolated":     "isolated_skip", // part of it
		"lock":         "lookup_lock",
		"kref":         "",
		"x":            "",
		"":             "",
	} {
		if got := suggest(name, known); got != want {
			t.Errorf("suggest(%q) = %q, want %q", name, got, want)
		}
	}
}
