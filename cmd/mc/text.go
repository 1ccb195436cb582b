package main

import (
	"strings"
	"unicode/utf8"

	"lastput/checker"
)

// pageWidth is how wide text may be, to survive a commit message.
const pageWidth = 80

// wrap breaks text at blanks into lines of at most width columns. A longer
// word has a line of its own.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

// indent puts prefix before every line of text that is not blank.
func indent(prefix, text string) string {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	for i, line := range lines {
		if line = strings.TrimRight(line, " "); line != "" {
			line = prefix + line
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n") + "\n"
}

// widest is the width of the widest string.
func widest(list []string) int {
	w := 0
	for _, s := range list {
		w = max(w, utf8.RuneCountInString(s))
	}
	return w
}

// quote makes a word that a shell reads as s.
func quote(s string) string { return checker.ShellWord(s) }

// texts makes plain strings of named ones; never nil.
func texts[S ~string](in []S) []string {
	out := []string{}
	for _, s := range in {
		out = append(out, string(s))
	}
	return out
}
