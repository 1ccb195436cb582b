package checker

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lastput/spec"
	"lastput/spec/specrapid"
	"lastput/strategies"
)

// This file has SPIN give a second opinion: on the exported programs it must find
// the same number of states as Check without reductions, and the same properties
// violated. It needs spin and gcc.

var long = flag.Bool("long", false, "every strategy in every scenario where else it is some, and more programs for SPIN")

// needSpin skips the test where there is nothing to run SPIN with.
func needSpin(t testing.TB) {
	for _, tool := range []string{"spin", "gcc"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is needed: on Debian, apt-get install spin gcc libc6-dev", tool)
		}
	}
}

// A spinResult is what SPIN found.
type spinResult struct {
	states     int64
	properties []spec.Property
}

var (
	spinStates    = regexp.MustCompile(`(\d+) states, stored`)
	spinViolation = regexp.MustCompile(`assertion violated (.*) \(at depth`)
	spinProperty  = regexp.MustCompile(`^\((?:bad|(\d+))!=(\d+)\)$`)
)

// runSpin has SPIN verify a model, in a folder for its files. complete: the search
// saw every state.
func runSpin(dir, text string) (r spinResult, err error) {
	if err := os.WriteFile(filepath.Join(dir, "model.pml"), []byte(text), 0o666); err != nil {
		return r, err
	}
	vector := regexp.MustCompile(`-DVECTORSZ=\d+`).FindString(text)
	var out []byte
	for _, command := range [][]string{
		{"spin", "-a", "-o1", "-o2", "-o3", "model.pml"},
		{"gcc", "-O0", "-w", "-fwrapv", "-DSAFETY", "-DNOREDUCE", vector, "-o", "pan", "pan.c"},
		{"./pan", "-c0", "-m2000000", "-w20"},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, command[0], command[1:]...)
		cmd.Dir = dir
		if out, err = cmd.CombinedOutput(); err != nil {
			return r, fmt.Errorf("%v: %w\n%s", command, err, out)
		}
	}
	return parseSpin(string(out))
}

func parseSpin(out string) (r spinResult, err error) {
	m := spinStates.FindStringSubmatch(out)
	if m == nil || strings.Contains(out, "Search not completed") || strings.Contains(out, "max search depth too small") {
		return r, fmt.Errorf("the search of SPIN did not come to its end:\n%s", out)
	}
	if r.states, err = strconv.ParseInt(m[1], 10, 64); err != nil {
		return r, err
	}
	for _, v := range spinViolation.FindAllStringSubmatch(out, -1) {
		m := spinProperty.FindStringSubmatch(v[1])
		if m == nil {
			return r, fmt.Errorf("%w: %s", errMisfit, v[1])
		}
		rank, err := strconv.Atoi(m[2])
		if err != nil {
			return r, err
		}
		r.properties = append(r.properties, spec.Properties[rank-1])
	}
	slices.SortFunc(r.properties, func(a, b spec.Property) int { return a.Rank() - b.Rank() })
	r.properties = slices.Compact(r.properties)
	return r, nil
}

// A secondOpinion holds one program against SPIN; it returns what differs.
func secondOpinion(dir string, p *spec.Prog, most int64) (states int64, err error) {
	ours, err := Check(context.Background(), p, Config{NoSymmetry: true, NoPOR: true, NoTrace: true, MaxStates: most, Workers: 1})
	if err != nil {
		return 0, err
	}
	if ours.StoppedBy != "" {
		return 0, errTooMany
	}
	text, err := Promela(p)
	if err != nil {
		return 0, err
	}
	spin, err := runSpin(dir, text)
	if err != nil {
		return 0, err
	}
	if spin.states != ours.States {
		return 0, fmt.Errorf("%d states, SPIN finds %d", ours.States, spin.states)
	}
	if want := endsJudged(p, ours, text); !slices.Equal(spin.properties, want) {
		return 0, fmt.Errorf("violated are %v, SPIN finds %v", want, spin.properties)
	}
	return ours.States, nil
}

var (
	errTooMany = errors.New("too many states")
	errMisfit  = errors.New("a value does not fit the numbers of Promela")
)

// endsJudged are the properties violated that SPIN has to find: not a hang that
// goes on for ever, and no end where the text says that ends are not judged.
func endsJudged(p *spec.Prog, r *Result, text string) []spec.Property {
	props := slices.Clone(r.Properties)
	if i := slices.Index(props, spec.Hang); i >= 0 && !stuckHang(p) {
		props = slices.Delete(props, i, i+1)
	}
	if strings.Contains(text, "how runs end is not judged") {
		props = slices.DeleteFunc(props, func(q spec.Property) bool {
			return q == spec.Deadlock || q == spec.Hang || q == spec.Leak
		})
	}
	return props
}

// stuckHang reports whether some run comes to a hang in which nothing can step.
func stuckHang(p *spec.Prog) bool {
	c := graphOf(p, rules{}, 0)
	for i := range c.graph.st.n {
		s := c.graph.state(uint32(i))
		if c.graph.m.terminal(s, c.graph.m.successors(s, func(Move, state) bool { return true })) == spec.Hang {
			return true
		}
	}
	return false
}

// TestSpinProperties: for every property, the smallest model that violates it and
// the nearest one that does not.
func TestSpinProperties(t *testing.T) {
	needSpin(t)
	files, err := filepath.Glob(filepath.Join(propertyDir, "*.c"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			m, err := spec.Load(os.DirFS(propertyDir), filepath.Base(file))
			if err != nil {
				t.Fatal(err)
			}
			p, err := m.Build(m.Scenarios()[0])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := secondOpinion(t.TempDir(), p, 0); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSpinStrategies: every sixth strategy, in one scenario each; with -long, all in
// every scenario. Those of more states than most are passed over.
func TestSpinStrategies(t *testing.T) {
	needSpin(t)
	most := int64(50_000)
	if *long {
		most = 2_000_000
	}
	for i, m := range strategies.All() {
		scenarios := m.Scenarios()
		for k, s := range scenarios {
			if !*long && (i%6 != 0 || k != i/6%len(scenarios) || strings.HasPrefix(m.Name, "brlock") || strings.HasPrefix(m.Name, "mount")) {
				continue // loops over CPUs that take long to be written out
			}
			t.Run(m.Name+"/"+s.Name, func(t *testing.T) {
				t.Parallel()
				p, err := m.Build(s)
				if err != nil {
					t.Fatal(err)
				}
				switch n, err := secondOpinion(t.TempDir(), p, most); {
				case err == errTooMany:
					t.Skipf("more than %d states", most)
				case errors.Is(err, errMisfit):
					t.Skip(err)
				case err != nil && strings.Contains(err.Error(), "cannot be exported"):
					t.Skip(err) // it says what it is that cannot be
				case err != nil && strings.Contains(err.Error(), "d_step sequence too long"):
					t.Skip("a step is longer than SPIN takes one")
				case err != nil:
					t.Error(err)
				default:
					t.Logf("%d states", n)
				}
			})
		}
	}
}

// TestSpinPrograms: random programs, threads that migrate and all. What SPIN finds
// does not depend on chance, so there are no false alarms.
func TestSpinPrograms(t *testing.T) {
	needSpin(t)
	dir := t.TempDir()
	if f := flag.Lookup("rapid.checks"); f != nil && !*long {
		was := f.Value.String()
		if err := f.Value.Set("6"); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Value.Set(was) }()
	}
	var compared, refused, misfits, large int
	rapid.Check(t, func(t *rapid.T) {
		text := specrapid.Programs().Draw(t, "program")
		m, err := loadText(text)
		if err != nil {
			t.Skip("the model is refused")
		}
		p, err := m.Build(spec.Scenario{Name: spec.ThreadsScenario})
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Threads {
			if th := p.Threads[i]; !th.Asleep && th.Class != spec.IRQ && rapid.IntRange(0, 7).Draw(t, "migrates") == 0 {
				p.Threads[i].Migrates = true
			}
		}
		switch _, err := secondOpinion(dir, p, 5000); {
		case err == errTooMany:
			large++
			t.Skip("too large")
		case errors.Is(err, errMisfit):
			misfits++
			t.Skip(err)
		case err != nil && strings.Contains(err.Error(), "cannot be exported"):
			refused++
			t.Skip(err)
		case err != nil:
			t.Fatalf("%v\n%s\n%s", err, text, p)
		}
		compared++
	})
	t.Logf("%d compared, %d not exported, %d with numbers too large, %d too large", compared, refused, misfits, large)
	if compared == 0 {
		t.Error("no program was compared")
	}
}
