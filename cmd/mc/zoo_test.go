package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

// This file makes docs/zoo.md: each strategy with its price and its broken
// variants, and for each of those a shortest run.
//
// To search for the runs takes minutes, so the test plays those that the page
// has: the digest in a recording tells whether it is of the model as it is now.
// With -update only those are searched for that the page lacks, or that do not
// play any more.

const (
	zooPage = "../../docs/zoo.md"

	zooHead = `# The zoo

Every strategy that comes with mc: where it is from, whether it is right, what a
get, a put and an unload cost where nobody is in the way, what it teaches, and
what goes wrong with its variants. Each broken one has a run with the fewest
context switches, and among those the fewest steps, of all that break it in any
scenario; ` + "`mc replay`" + ` with the word beside it plays it.

Prices are counted as [mc compare](compare.md) does, which also says what the
words mean. Strategies made of threads of their own have no get, put and unload to
count. A verdict is that of the [battery](semantics.md#scenarios), or of the
strategy's own threads.
`
)

// TestZoo holds docs/zoo.md to the strategies.
func TestZoo(t *testing.T) {
	old, err := os.ReadFile(zooPage)
	if err != nil && !(*update && errors.Is(err, fs.ErrNotExist)) {
		t.Fatal(err)
	}
	runs := recordedRuns(t, string(old))
	page := zoo(t, runs)
	if page == string(old) {
		return
	}
	if *update {
		if err := os.WriteFile(zooPage, []byte(page), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("docs/zoo.md differs (go test ./cmd/mc -run TestZoo -update rewrites it): %s", firstDifference(string(old), page))
}

// A zooRun is a run that breaks a strategy.
type zooRun struct {
	*checker.Trace
	scenario string
	word     string // what mc replay takes
}

var replayWord = regexp.MustCompile(`lp1/[^` + "`" + `\s]+`)

// recordedRuns plays the runs that the page has and returns, by strategy, those
// that still break it.
func recordedRuns(t *testing.T, page string) map[string]zooRun {
	runs := map[string]zooRun{}
	for _, word := range replayWord.FindAllString(page, -1) {
		rec, err := checker.ParseReplay(word)
		if err != nil {
			t.Errorf("docs/zoo.md: %s: %v", word, err)
			continue
		}
		m, found := strategies.Find(rec.Model)
		if !found {
			continue
		}
		p, err := m.Build(rec.Scenario)
		if err != nil {
			continue
		}
		if tr, err := rec.Run(p); err == nil && tr.Violation != nil {
			runs[rec.Model] = zooRun{tr, rec.Scenario.Name, word}
		}
	}
	return runs
}

// shortestRun searches for a simplest run of all scenarios.
func shortestRun(t *testing.T, m *spec.Model) zooRun {
	t.Logf("searching for a run of %s", m.Name)
	var best zooRun
	for _, s := range m.Scenarios() {
		if e := m.Expected(s.Name); e == nil || e.Verdict != string(checker.Violated) {
			continue
		}
		p, err := m.Build(s)
		if err != nil {
			t.Fatal(err)
		}
		r, err := checker.Check(context.Background(), p, checker.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Trace == nil {
			t.Fatalf("%s in %s: %s, and no run", m.Name, s.Name, r.Verdict)
		}
		if tr := r.Trace; best.Trace == nil || shorter(tr, best.Trace) {
			best = zooRun{tr, s.Name, tr.Replay}
		}
	}
	return best
}

func shorter(a, b *checker.Trace) bool {
	if a.Switches != b.Switches {
		return a.Switches < b.Switches
	}
	return len(a.Steps) < len(b.Steps)
}

func zoo(t *testing.T, runs map[string]zooRun) string {
	var b strings.Builder
	b.WriteString(zooHead)
	all := strategies.All()
	for _, family := range strategies.Families() {
		fmt.Fprintf(&b, "\n## %s\n", family)
		for _, m := range ofFamily(all, family) {
			if _, variant := strategies.Find(strategies.Parent(m)); !variant {
				writeKind(t, &b, m, runs)
			}
		}
	}
	return b.String()
}

// writeKind writes of a strategy that is no variant, and of its variants.
func writeKind(t *testing.T, b *strings.Builder, m *spec.Model, runs map[string]zooRun) {
	fmt.Fprintf(b, "\n### `%s`\n\n%s.\n\n", m.Name, m.Title)
	for _, text := range m.Source {
		fmt.Fprintf(b, "- from: %s\n", text)
	}
	for _, text := range m.Learn {
		fmt.Fprintf(b, "- learn: %s\n", text)
	}
	fmt.Fprintf(b, "- verdict: %s\n", expectedInWords(m))
	if !strategies.Right(m) {
		fmt.Fprintf(b, "- shortest run: %s\n", runText(t, m, runs))
	}
	fmt.Fprintf(b, "- price: %s\n", zooPrice(t, m))
	variants := kinOf(m)
	if variants == nil {
		return
	}
	b.WriteString("\n| variant | what | verdict | shortest run |\n|---|---|---|---|\n")
	for _, v := range variants {
		run := ""
		if !strategies.Right(v) {
			run = runText(t, v, runs)
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", v.Name, v.Title, expectedInWords(v), run)
	}
}

// kinOf lists the variants of the strategy, each followed by its own.
func kinOf(m *spec.Model) []*spec.Model {
	var out []*spec.Model
	for _, v := range strategies.Variants(m.Name) {
		out = append(out, v)
		out = append(out, kinOf(v)...)
	}
	return out
}

func runText(t *testing.T, m *spec.Model, runs map[string]zooRun) string {
	run, found := runs[m.Name]
	if e := m.Expected(run.scenario); !found || e == nil || e.Verdict != string(checker.Violated) {
		if !*update {
			t.Errorf("docs/zoo.md has no run that breaks %s as it is now (go test ./cmd/mc -run TestZoo -update searches for one)", m.Name)
			return ""
		}
		run = shortestRun(t, m)
	}
	return fmt.Sprintf("`%s` in `%s`: %s, %s: `%s`", run.Violation.Property, run.scenario,
		count(run.Switches, "switch", "switches"), count(len(run.Steps), "step", "steps"), run.word)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// zooPrice is "get 5 ops (2 pc); put 1 op ...; unload ...".
func zooPrice(t *testing.T, m *spec.Model) string {
	if !hasRoles(m) {
		return "it has threads of its own"
	}
	p, err := m.Build(checker.PriceScenario())
	if err != nil {
		t.Fatal(err)
	}
	prices := checker.Measure(p)
	var parts []string
	for _, path := range paths {
		price := path.of(prices)
		text := path.name + " " + count(price.Steps, "op", "ops")
		if detail := priceDetail(price.Price); detail != "" {
			text += " (" + detail + ")"
		}
		if why := shortfall(price); why != "" {
			text += ", but it " + why
		}
		parts = append(parts, text)
	}
	if prices.Halts != checker.HaltsNone {
		parts = append(parts, fmt.Sprintf("CPUs halted by the unload: %s", prices.Halts))
	}
	return strings.Join(parts, "; ")
}

func priceDetail(p checker.Price) string {
	var parts []string
	for _, col := range priceColumns[1:] {
		if n := col.of(p); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, col.name))
		}
	}
	return strings.Join(parts, ", ")
}

// TestZooShorter: fewer switches first.
func TestZooShorter(t *testing.T) {
	run := func(switches, steps int) *checker.Trace {
		return &checker.Trace{Switches: switches, Steps: make([]checker.Step, steps)}
	}
	list := []*checker.Trace{run(2, 9), run(3, 4), run(2, 8), run(1, 20)}
	best := slices.MinFunc(list, func(a, b *checker.Trace) int {
		switch {
		case shorter(a, b):
			return -1
		case shorter(b, a):
			return 1
		}
		return 0
	})
	if best != list[3] || !shorter(list[2], list[0]) {
		t.Errorf("the shortest is %d switches, %d steps", best.Switches, len(best.Steps))
	}
}
