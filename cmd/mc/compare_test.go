package main

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

// TestAbbreviations: each property has its own, and columns stay narrow.
func TestAbbreviations(t *testing.T) {
	seen := map[string]spec.Property{}
	for _, p := range spec.Properties {
		word := abbreviation(p)
		if other, found := seen[word]; found {
			t.Errorf("%s is %s and %s", word, other, p)
		}
		seen[word] = p
		if !p.IsNote() && (word == "" || len(word) > 8) {
			t.Errorf("%s is %q: want 1 to 8 letters", p, word)
		}
		if word != strings.ToUpper(word) {
			t.Errorf("%s is %q: want capitals, which tell it from ok", p, word)
		}
	}
}

func TestVerdictWord(t *testing.T) {
	for _, c := range []struct {
		r    checker.Result
		want string
	}{
		{checker.Result{Verdict: checker.Verified}, "ok"},
		{checker.Result{Verdict: checker.Inconclusive, StoppedBy: checker.StoppedByTime}, "?"},
		{checker.Result{Verdict: checker.Inconclusive, StoppedBy: checker.StoppedByWitness}, "?"},
		{checker.Result{Verdict: checker.Violated, Property: spec.Leak, Properties: []spec.Property{spec.Leak}}, "LEAK"},
		{checker.Result{Verdict: checker.Violated, Property: spec.UseAfterRelease, Properties: []spec.Property{spec.UseAfterRelease, spec.Hang}}, "USE+"},
	} {
		if got := verdictWord(&c.r); got != c.want {
			t.Errorf("%s %v: got %s, want %s", c.r.Verdict, c.r.Properties, got, c.want)
		}
	}
}

// TestSpurious: one scenario that knows is enough for yes, none may be stopped
// for no.
func TestSpurious(t *testing.T) {
	clean := &checker.Result{Verdict: checker.Verified, Notes: []checker.Note{{Property: spec.PlainRace}}}
	noted := &checker.Result{Verdict: checker.Violated, Notes: []checker.Note{{Property: spec.EarlyFailure}, {Property: spec.SpuriousFailure}}}
	stopped := &checker.Result{Verdict: checker.Inconclusive, StoppedBy: checker.StoppedByInterrupt}
	for _, c := range []struct {
		results []*checker.Result
		want    string
	}{
		{[]*checker.Result{clean, clean}, "no"},
		{[]*checker.Result{clean, noted}, "yes"},
		{[]*checker.Result{stopped, noted}, "yes"},
		{[]*checker.Result{clean, stopped}, "unknown"},
	} {
		if got := (&comparison{results: c.results}).spurious(); got != c.want {
			t.Errorf("%v: got %s, want %s", c.results, got, c.want)
		}
	}
}

func TestCompareStatus(t *testing.T) {
	verified := &checker.Result{Verdict: checker.Verified}
	broken := &checker.Result{Verdict: checker.Violated}
	stopped := &checker.Result{Verdict: checker.Inconclusive}
	for _, c := range []struct {
		battery, hog *checker.Result
		want         status
	}{
		{verified, verified, ok},
		{broken, broken, ok},
		{stopped, verified, undecided},
		{broken, stopped, undecided},
	} {
		r := &comparison{results: []*checker.Result{verified, c.battery}, inHog: c.hog}
		if got := r.status(); got != c.want {
			t.Errorf("%s, hog %s: exit %d, want %d", c.battery.Verdict, c.hog.Verdict, got, c.want)
		}
	}
}

// TestPriceTable: rare columns are there for a get only where they count
// something; the widest numbers keep the lines within a wide terminal.
func TestPriceTable(t *testing.T) {
	price := checker.Price{Steps: 100, RMWs: 20, Stores: 20, PerCPU: 9, Locks: 9, Barriers: 20, Shared: 40, Graces: 3, Halting: 90}
	dear := checker.Path{Price: price, Outcome: checker.Returned}
	cheap := dear
	cheap.Graces, cheap.Halting = 0, 0
	row := func(get, unload checker.Path) []*comparison {
		p := &checker.Prices{Get: get, Put: cheap, Unload: unload, IsolatedGet: get, IsolatedPut: cheap}
		return []*comparison{{target: target{Model: &spec.Model{Name: strings.Repeat("x", 31)}}, prices: p}}
	}
	for _, c := range []struct {
		get    checker.Path
		graces int // columns of that kind
		width  int
	}{
		{cheap, 1, 120},
		{dear, 2, 130},
	} {
		text := priceTable(row(c.get, dear)).text()
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if got := strings.Count(lines[1], "gp"); got != c.graces {
			t.Errorf("%d columns of grace periods, want %d", got, c.graces)
		}
		for _, line := range lines {
			if n := utf8.RuneCountInString(line); n > c.width || strings.TrimRight(line, " ") != line {
				t.Errorf("a line of %d columns:\n%s", n, line)
			}
		}
		if len(lines[0]) != len(lines[1]) || len(lines[1]) != len(lines[2]) {
			t.Errorf("headings do not end where the numbers do:\n%s", text)
		}
	}
}

// TestIsolatedRow: prices on an isolated CPU have a row where they differ.
func TestIsolatedRow(t *testing.T) {
	get := checker.Path{Outcome: checker.Returned, Price: checker.Price{Steps: 1}}
	same := get
	same.Why = "of another thread"
	lock := get
	lock.Locks = 1
	fails := get
	fails.Outcome = checker.Refused
	for _, c := range []struct {
		isolated checker.Path
		rows     int
	}{{same, 1}, {lock, 2}, {fails, 2}} {
		p := &checker.Prices{Get: get, Put: get, IsolatedGet: c.isolated, IsolatedPut: get}
		rows := []*comparison{{target: target{Model: &spec.Model{Name: "x"}}, prices: p}}
		if got := len(priceTable(rows).rows); got != c.rows {
			t.Errorf("%+v: %d rows, want %d", c.isolated, got, c.rows)
		}
	}
}

// TestCompareInterrupted: what an interrupt leaves open is not answered, and
// what needs no search is.
func TestCompareInterrupted(t *testing.T) {
	m, _ := strategies.Find("stop_machine")
	r, err := newComparison(target{Model: m})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.check(ctx, checker.Config{NoTrace: true}); err != nil {
		t.Fatal(err)
	}
	for _, res := range r.results {
		if verdictWord(res) != "?" || res.StoppedBy != checker.StoppedByInterrupt {
			t.Errorf("%s: %s %s, want ? by an interrupt", res.Prog.Scenario, verdictWord(res), res.StoppedBy)
		}
	}
	user, kernel := r.hangs()
	if got := r.spurious(); got != unknownAnswer || user != checker.HangsUnknown || kernel != checker.HangsUnknown {
		t.Errorf("spurious %s, hangs %s and %s: want unknown", got, user, kernel)
	}
	if r.prices.Halts != checker.HaltsAll || r.status() != undecided {
		t.Errorf("halts %s, exit %d", r.prices.Halts, r.status())
	}
}

// TestCompareDocument: docs/compare.md explains all columns, and all fields and
// words of the JSON document.
func TestCompareDocument(t *testing.T) {
	words := fieldNames(reflect.TypeFor[jsonComparison]())
	for _, col := range priceColumns {
		words = append(words, col.name)
	}
	for _, col := range behaviourTable(nil).columns[1:] {
		words = append(words, col.name)
	}
	words = append(words, texts([]checker.Halt{checker.HaltsNone, checker.HaltsNotIsolated, checker.HaltsIsolated, checker.HaltsAll, checker.HaltsUnknown})...)
	words = append(words, texts([]checker.Reach{checker.HangsNobody, checker.HangsUnloader, checker.HangsBox, checker.HangsUnknown})...)
	words = append(words, texts([]checker.PathOutcome{checker.Returned, checker.Refused, checker.NotRun, checker.Waits, checker.Endless, checker.Breaks})...)
	wantWords(t, "docs/compare.md", words)
}

// fieldNames are the names of a document's fields, and of those of its parts.
func fieldNames(typ reflect.Type) []string {
	switch typ.Kind() {
	case reflect.Slice:
		return fieldNames(typ.Elem())
	case reflect.Struct:
		var names []string
		for i := range typ.NumField() {
			names = append(names, typ.Field(i).Tag.Get("json"))
			names = append(names, fieldNames(typ.Field(i).Type)...)
		}
		return names
	}
	return nil
}
