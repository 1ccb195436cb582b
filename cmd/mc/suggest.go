package main

import (
	"fmt"
	"strings"
)

// unknown is the message about a name that is none of the known ones, with the
// one that was probably meant: `unknown strategy "no_stopp": did you mean "no_stop"?`.
// Where none comes close it lists them all, or says where they are listed.
func unknown(what, name string, known []string, listed string) string {
	msg := fmt.Sprintf("unknown %s %q", what, name)
	if s := suggest(name, known); s != "" {
		return fmt.Sprintf("%s: did you mean %q?", msg, s)
	}
	if listed == "" {
		listed = "want one of " + strings.Join(known, ", ")
	}
	return msg + ": " + listed
}

// suggest returns the known name closest to name, the first of several, or ""
// if none is close: at most a third of the letters may be wrong, or one name
// must be part of the other.
func suggest(name string, known []string) string {
	name = plain(name)
	best, least := "", max(1, len(name)/3)+1
	for _, k := range known {
		if d := distance(name, plain(k)); d < least {
			best, least = k, d
		}
	}
	if best != "" || len(name) < 3 {
		return best
	}
	for _, k := range known {
		if p := plain(k); strings.Contains(p, name) || strings.Contains(name, p) {
			return k
		}
	}
	return ""
}

// plain makes names equal that differ only in case and in - for _.
func plain(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "-", "_")
}

// distance is how many letters have to be inserted, left out, changed or
// swapped with their neighbour to make b of a (the "optimal string alignment"
// distance).
func distance(a, b string) int {
	if len(a) > 100 || len(b) > 100 {
		return len(a) + len(b) // no name of ours; not worth a large table
	}
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
