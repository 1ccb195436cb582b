package checker_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

// This file makes the tables of docs/sampling.md. What they say is measured with
//
//	go test ./checker -run TestSamplingTables -sampling-tables
//
// which takes some minutes; without the flag the test sees to it that no broken
// strategy is missing.

var measure = flag.Bool("sampling-tables", false, "measure the tables of docs/sampling.md again, and write them")

const samplingDoc = "../docs/sampling.md"

// A sampledBug is a broken strategy in the first scenario that breaks it.
type sampledBug struct {
	name, scenario string
	prog           *spec.Prog
}

func sampledBugs(t testing.TB) (bugs []sampledBug) {
	t.Helper()
	for _, m := range strategies.All() {
		for _, s := range m.Scenarios() {
			if e := m.Expected(s.Name); e == nil || e.Verdict != string(checker.Violated) {
				continue
			}
			bugs = append(bugs, sampledBug{m.Name, s.Name, buildIn(t, m, s)})
			break
		}
	}
	return bugs
}

func buildIn(t testing.TB, m *spec.Model, s spec.Scenario) *spec.Prog {
	t.Helper()
	p, err := m.Build(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// engines are the columns of the first table.
var engines = []struct {
	head   string
	config checker.SampleConfig
}{
	{"uniform", checker.SampleConfig{Engine: checker.Uniform}},
	{"pct 1", checker.SampleConfig{Engine: checker.PCT, Depth: 1}},
	{"pct 2", checker.SampleConfig{Engine: checker.PCT, Depth: 2}},
	{"pct 3", checker.SampleConfig{Engine: checker.PCT, Depth: 3}},
	{"pct 16", checker.SampleConfig{Engine: checker.PCT}},
	{"preemption-bounded 2", checker.SampleConfig{Engine: checker.PreemptionBounded}},
}

// Of so many seeds the median and the 95th percentile are given; a sampling that
// has found nothing in so many schedules is not drawn on. Where schedules are
// long, as threads go on for ever, there are fewer of them: about so many moves.
const (
	measuredSeeds     = 40
	measuredSchedules = 1000
	measuredMoves     = 1_000_000
)

// schedulesOf is how many schedules of p are drawn for a seed.
func schedulesOf(t *testing.T, p *spec.Prog) int {
	r, err := checker.Sample(context.Background(), p, checker.SampleConfig{Schedules: 10, NoTrace: true, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	each := max(r.Sampling.Moves/max(int64(r.Sampling.Schedules), 1), 1)
	return int(min(max(measuredMoves/each/10*10, 10), measuredSchedules))
}

// neededSchedules is "median / 95th percentile".
func neededSchedules(t *testing.T, p *spec.Prog, cfg checker.SampleConfig) string {
	var needed []int
	measuredSchedules := schedulesOf(t, p)
	for seed := range measuredSeeds {
		cfg.Seed, cfg.Schedules, cfg.NoTrace, cfg.Workers = uint64(seed), measuredSchedules, true, 1
		r, err := checker.Sample(context.Background(), p, cfg)
		if err != nil {
			t.Fatal(err)
		}
		n := r.Sampling.Found
		if n == 0 {
			n = measuredSchedules + 1
		}
		needed = append(needed, n)
	}
	slices.Sort(needed)
	show := func(n int) string {
		if n > measuredSchedules {
			return "> " + fmt.Sprint(measuredSchedules)
		}
		return fmt.Sprint(n)
	}
	median, high := show(needed[measuredSeeds/2]), show(needed[measuredSeeds*95/100])
	if median == high {
		return median
	}
	return median + " / " + high
}

// bugTable is the table of bugs, a row each: the cells that take no time to find,
// and the others, if they are wanted.
func bugTable(t *testing.T, all bool) string {
	bugs := sampledBugs(t)
	rows := make([]string, len(bugs))
	work := make(chan int)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for i := range work {
				rows[i] = bugRow(t, bugs[i], all)
			}
		})
	}
	for i := range bugs {
		work <- i
	}
	close(work)
	wg.Wait()
	head, line := "| strategy | scenario | states |", "|---|---|---|"
	for _, e := range engines {
		head += " " + e.head + " |"
		line += "---|"
	}
	return head + "\n" + line + "\n" + strings.Join(rows, "")
}

func bugRow(t *testing.T, b sampledBug, all bool) string {
	row := fmt.Sprintf("| `%s` | `%s` |", b.name, b.scenario)
	if all {
		row += fmt.Sprintf(" %d |", exhaustedStates(t, b.prog, checker.Config{NoTrace: true, Workers: 1}))
		for _, e := range engines {
			row += " " + neededSchedules(t, b.prog, e.config) + " |"
		}
	}
	return row + "\n"
}

func exhaustedStates(t *testing.T, p *spec.Prog, cfg checker.Config) int64 {
	r, err := checker.Check(context.Background(), p, cfg)
	if err != nil {
		t.Error(err)
		return 0
	}
	if r.Stopped() {
		t.Errorf("%s was stopped: %s", p.Model, r.Reason)
	}
	return r.States
}

// shareTable compares the estimate of the state space with what there is.
func shareTable(t *testing.T, all bool) string {
	var b strings.Builder
	b.WriteString("| strategy | scenario | seen | estimate | there are | said: at most | is |\n|---|---|---|---|---|---|---|\n")
	for _, name := range []string{"stop_machine", "rcu", "module_base", "lookup_lock", "atomic_dec_and_lock"} {
		m, ok := strategies.Find(name)
		if !ok {
			t.Fatalf("no strategy %s", name)
		}
		fmt.Fprintf(&b, "| `%s` | `basic` |", name)
		if all {
			p := buildIn(t, m, spec.Battery()[0])
			r, err := checker.Sample(context.Background(), p, checker.SampleConfig{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			c := r.Sampling.Coverage
			is := exhaustedStates(t, p, checker.Config{NoSymmetry: true, NoPOR: true})
			fmt.Fprintf(&b, " %d | %d | %d | %.0f %% | %.1f %% |", c.States, c.AllStates, is, 100*c.Share(), 100*float64(c.States)/float64(is))
		}
		b.WriteString("\n")
	}
	return b.String()
}

var samplingTable = regexp.MustCompile(`(?s)(<!-- table: (\w+) -->\n)(.*?)(<!-- end -->)`)

// TestSamplingTables: the first columns of the tables are up to date, or, with
// the flag, all of them are written.
func TestSamplingTables(t *testing.T) {
	data, err := os.ReadFile(samplingDoc)
	if err != nil {
		t.Fatal(err)
	}
	makers := map[string]func(*testing.T, bool) string{"bugs": bugTable, "share": shareTable}
	seen := 0
	text := samplingTable.ReplaceAllStringFunc(string(data), func(block string) string {
		m := samplingTable.FindStringSubmatch(block)
		make := makers[m[2]]
		if make == nil {
			t.Fatalf("no such table: %s", m[2])
		}
		seen++
		if *measure {
			return m[1] + make(t, true) + m[4]
		}
		wantFirstColumns(t, m[2], m[3], make(t, false))
		return block
	})
	if seen != len(makers) {
		t.Errorf("%d tables, want %d", seen, len(makers))
	}
	if *measure && !t.Failed() {
		if err := os.WriteFile(samplingDoc, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// wantFirstColumns holds each line of a table to how it has to begin.
func wantFirstColumns(t *testing.T, name, table, want string) {
	t.Helper()
	const how = "go test ./checker -run TestSamplingTables -sampling-tables measures it again"
	lines, wanted := strings.Split(table, "\n"), strings.Split(want, "\n")
	if len(lines) != len(wanted) {
		t.Errorf("table %s has %d lines, want %d; %s", name, len(lines), len(wanted), how)
		return
	}
	for i := range wanted {
		if !strings.HasPrefix(lines[i], wanted[i]) {
			t.Errorf("table %s has the line\n\t%s\nwant it to begin with\n\t%s\n%s", name, lines[i], wanted[i], how)
		}
	}
}
