package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", []string{""}},
		{"one two  three four", []string{"one two", "three four"}},
		{"a incomprehensibilities b", []string{"a", "incomprehensibilities", "b"}},
		{"ööö öööööö ö", []string{"ööö öööööö", "ö"}},
	} {
		if got := wrap(c.text, 10); !slices.Equal(got, c.want) {
			t.Errorf("wrap(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestIndent(t *testing.T) {
	if got, want := indent("  ", "\na  \n\n b\n\n"), "  a\n\n   b\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestQuote(t *testing.T) {
	for s, want := range map[string]string{
		"a/b.c": "a/b.c", "": "''", "my model.c": "'my model.c'", "it's.c": `'it'\''s.c'`, "a$b;c": "'a$b;c'",
		"lp1/x/0~1": "lp1/x/0~1", "~/a.c": "'~/a.c'", "x=~/a.c": "'x=~/a.c'", "x:~/a.c": "'x:~/a.c'",
	} {
		if got := quote(s); got != want {
			t.Errorf("quote(%q) = %s, want %s", s, got, want)
		}
	}
}

// TestNotDrawn: what a diagram leaves out is said below it, and nothing where it
// leaves out nothing.
func TestNotDrawn(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--scenario", "basic", "module_base_plain_inc"}, "CPU2 getter1"},
		{[]string{"--getters", "3", "--gets", "1", "module_base_plain_inc"}, "CPU2 getter1, CPU3 getter2"},
		{[]string{"--getters", "5", "--gets", "1", "module_base_plain_inc"}, "CPU2 to CPU5"},
		{[]string{"--scenario", "basic", "brlock_online"}, "CPU1 getter0 and other_writer"},
		{[]string{"--getters", "1", "--gets", "1", "module_base_plain_inc"}, ""},
		{[]string{"--scenario", "rt-hog", "stop_machine_fifo"}, ""},
	} {
		var out, errs bytes.Buffer
		if code := run(append([]string{"check"}, c.args...), nil, &out, &errs); code != 1 {
			t.Fatalf("%v: exit %d\n%s", c.args, code, errs.String())
		}
		_, rest, found := strings.Cut(out.String(), "not drawn: ")
		line, _, _ := strings.Cut(rest, "\n")
		if line != c.want || found != (c.want != "") {
			t.Errorf("%v: not drawn are %q, want %q\n%s", c.args, line, c.want, out.String())
		}
	}
}
