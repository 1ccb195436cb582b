package strategies_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

// countsFile has the number of states of every strategy in every scenario, with
// all combinations of reductions.
const countsFile = "counts.txt"

// combinations are the columns of the file. Each is searched by another number
// of workers.
var combinations = []struct {
	head   string
	config checker.Config
}{
	{"none", checker.Config{NoSymmetry: true, NoPOR: true, Workers: 1}},
	{"symmetry", checker.Config{NoPOR: true, Workers: 2}},
	{"partial-order", checker.Config{NoSymmetry: true, Workers: 3}},
	{"both", checker.Config{Workers: 2}},
}

// shortCount is up to how many states a program is counted without -long; what
// the file says of larger ones is believed then.
const shortCount = 15_000

// TestCounts: every combination of reductions comes to the same verdict, violates
// the same properties and has the same threads stuck, in every strategy and
// scenario; and how many states it takes is known, so that a change of what a
// program means, or of what a reduction is worth, does not go unnoticed.
func TestCounts(t *testing.T) {
	old, err := os.ReadFile(countsFile)
	if err != nil && !*update {
		t.Fatalf("%v; go test ./strategies -run TestCounts -update writes it", err)
	}
	var keys []string
	rows := map[string]string{}
	believed := map[string]string{}
	for _, line := range strings.Split(string(old), "\n") {
		f := strings.Fields(line)
		if len(f) < 4 {
			continue
		}
		if n, err := strconv.Atoi(f[3]); err == nil && n > shortCount && !*long {
			believed[f[0]+" "+f[1]] = line
		}
	}
	t.Run("all", func(t *testing.T) {
		for _, m := range strategies.All() {
			for _, s := range m.Scenarios() {
				key := m.Name + " " + s.Name
				keys = append(keys, key)
				if row := believed[key]; row != "" {
					rows[key] = row
					continue
				}
				t.Run(m.Name+"/"+s.Name, func(t *testing.T) {
					row := key
					want := ""
					for _, c := range combinations {
						r := counted(t, m, s, c.config)
						got := fmt.Sprint(r.Verdict, r.Properties, r.Stuck)
						if want == "" {
							want = got
							row += " " + string(r.Verdict)
						}
						if got != want {
							t.Errorf("%s: %s, without reductions %s", c.head, got, want)
						}
						row += fmt.Sprintf(" %d", r.States)
					}
					rows[key] = row
				})
			}
		}
	})
	var b strings.Builder
	b.WriteString("strategy scenario verdict")
	for _, c := range combinations {
		b.WriteString(" " + c.head)
	}
	b.WriteString("\n")
	for _, k := range keys {
		b.WriteString(rows[k] + "\n")
	}
	if *update {
		if err := os.WriteFile(countsFile, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if t.Failed() {
		return
	}
	have := strings.Split(string(old), "\n")
	for i, line := range strings.Split(b.String(), "\n") {
		if i >= len(have) || line != have[i] {
			t.Fatalf("%s differs in line %d (go test ./strategies -run TestCounts -update rewrites it)\nis\n\t%s\nwas\n\t%s", countsFile, i+1, line, strings.Join(have[min(i, len(have)):min(i+1, len(have))], ""))
		}
	}
}

func counted(t *testing.T, m *spec.Model, s spec.Scenario, cfg checker.Config) *checker.Result {
	t.Helper()
	cfg.NoTrace = true
	r := checkModel(t, m, s, cfg)
	if r.Stopped() {
		t.Fatalf("stopped: %s", r.Reason)
	}
	return r
}
