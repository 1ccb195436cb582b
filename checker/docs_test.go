package checker_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"lastput/checker"
	"lastput/spec"
)

// This file holds the examples of docs/*.md to what the text says of them: a
// comment before each C block names a verdict, or part of an error.

// docBlock is a C block of a document with the comment before it, if any.
var docBlock = regexp.MustCompile("(?m)(?:^<!-- *(.*?) *-->\n)?^```c\n((?s:.*?))^```$")

// A docExample is one annotated block.
type docExample struct {
	where string // "semantics.md:120"
	claim string // "violates: deadlock"
	text  string
}

func docExamples(t *testing.T) []docExample {
	t.Helper()
	files, err := filepath.Glob("../docs/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	var out []docExample
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for _, m := range docBlock.FindAllStringSubmatchIndex(text, -1) {
			ex := docExample{where: filepath.Base(f) + ":" + lineOf(text, m[0]), text: text[m[4]:m[5]]}
			if m[2] >= 0 {
				ex.claim = text[m[2]:m[3]]
			}
			out = append(out, ex)
		}
	}
	return out
}

func lineOf(text string, at int) string {
	return strconv.Itoa(1 + strings.Count(text[:at], "\n"))
}

// TestDocExamples checks every C block of the documents.
func TestDocExamples(t *testing.T) {
	for _, ex := range docExamples(t) {
		t.Run(ex.where, func(t *testing.T) {
			what, arg, _ := strings.Cut(ex.claim, ": ")
			m, err := spec.Load(fstest.MapFS{"example.c": {Data: []byte(ex.text)}}, "example.c")
			if what == "refused" {
				if err == nil || !strings.Contains(err.Error(), arg) {
					t.Fatalf("error is %v, want one that says %q", err, arg)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkClaim(t, what, arg, checkAll(t, m, checker.Config{}))
			if what == "notes" {
				checkClaim(t, "violates", arg, checkAll(t, m, checker.Config{Strict: true, Ignore: otherNotes(arg)}))
			}
		})
	}
}

// otherNotes are all notes but one: a strict check ends at the first.
func otherNotes(than string) []spec.Property {
	return slices.DeleteFunc(slices.Clone(spec.Properties), func(p spec.Property) bool { return !p.IsNote() || string(p) == than })
}

func checkAll(t *testing.T, m *spec.Model, cfg checker.Config) []*checker.Result {
	t.Helper()
	cfg.MaxStates = 1_000_000
	var out []*checker.Result
	for _, s := range m.Scenarios() {
		p, err := m.Build(s)
		if err != nil {
			t.Fatal(err)
		}
		r, err := checker.Check(context.Background(), p, cfg)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// checkClaim holds the results, one for each scenario, to the claim: verified
// is meant of all of them, a violation of the first, of which it is the first.
func checkClaim(t *testing.T, what, arg string, results []*checker.Result) {
	t.Helper()
	first := results[0]
	switch what {
	case "verified":
		for _, r := range results {
			if r.Verdict != checker.Verified {
				t.Errorf("%s: %s %v %s, want verified", r.Prog.Scenario.Name, r.Verdict, r.Properties, r.Reason)
			}
		}
	case "violates":
		if first.Verdict != checker.Violated || string(first.Property) != arg {
			t.Errorf("%s %v, want a violation of %s", first.Verdict, first.Properties, arg)
		}
	case "notes":
		if first.Verdict != checker.Verified || !hasNote(first, arg) {
			t.Errorf("%s %v with notes %v, want verified with a note of %s", first.Verdict, first.Properties, first.Notes, arg)
		}
	default:
		t.Errorf("a C block without a claim before it: want <!-- verified -->, <!-- violates: PROPERTY -->, <!-- notes: PROPERTY --> or <!-- refused: MESSAGE -->")
	}
}

func hasNote(r *checker.Result, prop string) bool {
	return slices.ContainsFunc(r.Notes, func(n checker.Note) bool { return string(n.Property) == prop })
}

// TestDocExamplesOfProperties: each property has an example that violates it.
func TestDocExamplesOfProperties(t *testing.T) {
	var claims []string
	for _, ex := range docExamples(t) {
		claims = append(claims, ex.claim)
	}
	for _, p := range spec.Properties {
		claim := "violates: " + string(p)
		if p.IsNote() {
			claim = "notes: " + string(p)
		}
		if !slices.Contains(claims, claim) {
			t.Errorf("docs/semantics.md has no example of %s", p)
		}
	}
}
