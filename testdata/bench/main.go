// Command bench runs mc and SPIN side by side and prints what they took: the same
// strategy as a model of mc and as a natural Promela model, and the export of a
// program, whose states are the very same. See docs/performance.md.
//
// It needs spin and gcc, and is called by .ci/bench.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var (
	quick = flag.Bool("quick", false, "small sizes: to see that it works")
	curve = flag.Bool("curve", false, "the curve over getters with reductions on, and nothing else")
	limit = flag.Duration("limit", time.Minute, "with -curve, the time for each point")
	most  = flag.String("max-memory", "4G", "with -curve, the memory for each point")
	runs  = flag.Int("runs", 3, "how often each is run, one after the other: the fastest counts")
)

// A pair is one strategy, for both.
type pair struct {
	name     string
	promela  string   // in testdata/promela
	strategy []string // arguments of mc check
	n, g     int      // getters and rounds, of mc
	spinN    int      // and of the natural model: about as many states
	spinG    int
}

// The sizes are such that SPIN has some ten million states, and mc as many or more.
var pairs = []pair{
	{"stop_machine, stopped in one step", "stop_abstract", []string{"--abstract-stop", "stop_machine"}, 5, 2, 4, 2},
	{"stop_machine, with its hand-shake", "stop_machine", []string{"stop_machine"}, 3, 3, 2, 2},
	{"atomic_dec_and_lock", "atomic_dec_and_lock", []string{"atomic_dec_and_lock"}, 4, 3, 4, 3},
	{"module_base", "module_base", []string{"module_base"}, 5, 2, 4, 2},
}

// A measure is one run of a tool.
type measure struct {
	states, transitions int64
	seconds             float64
	bytes               int64 // of the whole process, at most
	verdict             string
}

func (m measure) rate() float64 { return float64(m.transitions) / m.seconds / 1e6 }

func (m measure) perState() float64 { return float64(m.bytes) / float64(m.states) }

func main() {
	flag.Parse()
	dir, err := os.MkdirTemp("", "bench")
	check(err)
	defer os.RemoveAll(dir)
	mc := filepath.Join(dir, "mc")
	run(nil, "go", "build", "-o", mc, "./cmd/mc")
	if *curve {
		printCurve(mc)
		return
	}
	for _, tool := range []string{"spin", "gcc"} {
		if _, err := exec.LookPath(tool); err != nil {
			check(fmt.Errorf("no %s: install Debian's packages spin and gcc", tool))
		}
	}
	if *quick {
		for i := range pairs {
			pairs[i].n, pairs[i].spinN, pairs[i].g, pairs[i].spinG = 2, 2, 1, 1
		}
	}
	natural(mc, dir)
	exported(mc, dir)
}

const row = "%-40s %-8s %12s %13s %8s %9s %12s\n"

func head(title string) {
	fmt.Printf("\n%s\n\n", title)
	fmt.Printf(row, "", "", "states", "transitions", "seconds", "M trans/s", "bytes/state")
}

func line(name, tool string, m measure) {
	fmt.Printf(row, name, tool, fmt.Sprint(m.states), fmt.Sprint(m.transitions), fmt.Sprintf("%.2f", m.seconds), fmt.Sprintf("%.2f", m.rate()), fmt.Sprintf("%.1f", m.perState()))
}

// natural compares with models written for SPIN. The machine may have other work,
// so all three are run in turn, some times, and of each the fastest run counts.
func natural(mc, dir string) {
	head(fmt.Sprintf("Natural models, the fastest of %d runs. SPIN: -O2 -DSAFETY -DNOREDUCE, run time only.\nmc: no reductions, one worker and two.", *runs))
	for _, p := range pairs {
		pan := verifier(dir, "testdata/promela/"+p.promela+".pml", fmt.Sprintf("-DN=%d", p.spinN), fmt.Sprintf("-DG=%d", p.spinG))
		args := append([]string{"--no-reduction", "--getters", fmt.Sprint(p.n), "--gets", fmt.Sprint(p.g)}, p.strategy...)
		var s, one, two measure
		for range *runs {
			s = faster(s, spin(pan))
			one = faster(one, check1(mc, 1, args...))
			two = faster(two, check1(mc, 2, args...))
		}
		line(fmt.Sprintf("%s, %d x %d", p.name, p.spinN, p.spinG), "spin", s)
		line(fmt.Sprintf("%s, %d x %d", p.name, p.n, p.g), "mc 1", one)
		line("", "mc 2", two)
		fmt.Printf("%-40s mc 1 does %.1f times the transitions a second, in 1/%.1f of the bytes a state; two workers %.2f times one\n", "", one.rate()/s.rate(), s.perState()/one.perState(), one.seconds/two.seconds)
		if s.verdict != one.verdict {
			fmt.Printf("the verdicts differ: %s and %s\n", s.verdict, one.verdict)
		}
	}
}

// faster is the faster of two runs; the zero measure is none.
func faster(a, b measure) measure {
	if a.seconds == 0 || b.seconds < a.seconds {
		return b
	}
	return a
}

// exported compares on the same graph.
func exported(mc, dir string) {
	head("Exported programs: the same states on both sides.")
	size := []string{"--getters", "3", "--gets", "2"}
	if *quick {
		size = []string{"--getters", "1", "--gets", "1"}
	}
	for _, strategy := range [][]string{{"--abstract-stop", "stop_machine"}, {"atomic_dec_and_lock"}, {"module_base"}} {
		args := append(append([]string{}, size...), strategy...)
		pml := filepath.Join(dir, "exported.pml")
		check(os.WriteFile(pml, run(nil, mc, append([]string{"show", "--promela"}, args...)...), 0o666))
		name := strings.Join(args, " ")
		s := spin(verifier(dir, pml, "-o1", "-o2", "-o3"))
		m := check1(mc, 1, append([]string{"--no-reduction"}, args...)...)
		line(name, "spin", s)
		line("", "mc 1", m)
		if s.states != m.states {
			fmt.Printf("the numbers of states differ\n")
		}
	}
}

// printCurve is what more getters cost, as far as it can be reckoned to end in time.
func printCurve(mc string) {
	head(fmt.Sprintf("With reductions, two workers, at most %v and %s each.", *limit, *most))
	for _, strategy := range [][]string{{"--abstract-stop", "stop_machine"}, {"atomic_dec_and_lock"}, {"module_base"}, {"lookup_lock"}, {"stop_machine"}} {
		for g := 1; g <= 2; g++ {
			var last measure
			for n := 2; n <= 16; n++ {
				args := append([]string{"--getters", fmt.Sprint(n), "--gets", fmt.Sprint(g), "--timeout", limit.String(), "--max-memory", *most}, strategy...)
				m := check1(mc, 2, args...)
				line(fmt.Sprintf("%s, %d x %d", strings.Join(strategy, " "), n, g), "mc 2", m)
				if m.verdict != "verified" {
					fmt.Printf("%-40s %s\n", "", m.verdict)
					break
				}
				if last.states > 0 {
					fmt.Printf("%-40s %.2f times the states of one getter less\n", "", float64(m.states)/float64(last.states))
				}
				// As much more as it was the last time, if that was not all start.
				if next := m.seconds * m.seconds / last.seconds; m.seconds > 2 && n < 16 && next > limit.Seconds() {
					fmt.Printf("%-40s %d getters are not tried: some %.0f s\n", "", n+1, next)
					break
				}
				last = m
			}
		}
	}
}

// check1 runs mc check in one scenario.
func check1(mc string, workers int, args ...string) measure {
	args = append([]string{"check", "--json", "--timing", "--workers", fmt.Sprint(workers)}, args...)
	var used syscall.Rusage
	out := run(&used, mc, args...)
	var doc struct {
		Results []struct {
			Verdict     string
			StoppedBy   string `json:"stopped_by"`
			States      int64
			Transitions int64
			Elapsed     float64 `json:"elapsed_seconds"`
		}
	}
	check(json.Unmarshal(out, &doc))
	r := doc.Results[0]
	m := measure{r.States, r.Transitions, r.Elapsed, used.Maxrss * 1024, r.Verdict}
	if r.StoppedBy != "" {
		m.verdict += ": stopped by " + r.StoppedBy
	}
	return m
}

// verifier makes a verifier of the model.
func verifier(dir, model string, flags ...string) string {
	full, err := filepath.Abs(model)
	check(err)
	runIn(dir, nil, "spin", append(append([]string{"-a"}, flags...), full)...)
	runIn(dir, nil, "gcc", "-O2", "-DSAFETY", "-DNOREDUCE", "-DMEMLIM=14000", "-w", "-o", "pan", "pan.c")
	return filepath.Join(dir, "pan")
}

// spin runs it.
func spin(pan string) measure {
	var used syscall.Rusage
	begin := time.Now()
	out := runIn(filepath.Dir(pan), &used, pan, "-m200000")
	m := measure{states: number(out, `(\d+) states, stored`), transitions: number(out, `(\d+) transitions`), seconds: time.Since(begin).Seconds(), bytes: used.Maxrss * 1024, verdict: "verified"}
	if number(out, `errors: (\d+)`) > 0 {
		m.verdict = "violated"
	}
	return m
}

func number(out []byte, pattern string) int64 {
	found := regexp.MustCompile(pattern).FindSubmatch(out)
	if found == nil {
		check(fmt.Errorf("SPIN did not say %s:\n%s", pattern, out))
	}
	n, err := strconv.ParseInt(string(found[1]), 10, 64)
	check(err)
	return n
}

func run(used *syscall.Rusage, name string, args ...string) []byte {
	return runIn("", used, name, args...)
}

// runIn runs a command; exit codes up to 3 are answers of mc.
func runIn(dir string, used *syscall.Rusage, name string, args ...string) []byte {
	cmd := exec.CommandContext(context.Background(), name, args...)
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	err := cmd.Run()
	if code := cmd.ProcessState.ExitCode(); err != nil && code != 1 && code != 3 {
		check(fmt.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, errs.String()))
	}
	if used != nil {
		*used = *cmd.ProcessState.SysUsage().(*syscall.Rusage)
	}
	return out.Bytes()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}
