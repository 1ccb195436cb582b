package main

import (
	"slices"
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
