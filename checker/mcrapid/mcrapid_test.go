package mcrapid_test

import (
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"lastput/checker"
	"lastput/checker/mcrapid"
	"lastput/spec"
	"lastput/spec/specrapid"
)

// broken makes the tests fail that are there to fail: others run them, in a
// process of their own.
var broken = flag.Bool("broken", false, "run the tests of a broken model")

// models is the folder of the models, wherever the tests run.
var models = func() string {
	dir, err := filepath.Abs("../testdata/examples")
	if err != nil {
		panic(err)
	}
	return dir
}()

func load(name string) *spec.Model { return spec.MustLoad(os.DirFS(models), name) }

// noHandler: the example deadlocks where a handler comes into its pinned get.
var noHandler = mcrapid.Options{
	Scenarios: specrapid.Scenarios(specrapid.Bounds{}).Filter(func(s spec.Scenario) bool { return !s.IRQ }),
}

func TestSafe(t *testing.T) {
	rapid.Check(t, mcrapid.SafeWith(noHandler, load("my_refcount.c")))
}

func FuzzSafe(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(randomBytes(seed, 2048))
	}
	f.Fuzz(rapid.MakeFuzz(mcrapid.SafeWith(noHandler, load("my_refcount.c"))))
}

func randomBytes(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// TestBroken fails; TestShrinks runs it.
func TestBroken(t *testing.T) {
	if !*broken {
		t.Skip("only with -broken")
	}
	m := spec.MustLoad(os.DirFS("."), "my_refcount_racy.c")
	rapid.Check(t, mcrapid.SafeWith(noHandler, m))
}

// FuzzBroken fails; TestFuzz runs it.
func FuzzBroken(f *testing.F) {
	if !*broken {
		f.Skip("only with -broken")
	}
	for seed := range uint64(50) {
		f.Add(randomBytes(seed, 2048))
	}
	m := spec.MustLoad(os.DirFS("."), "my_refcount_racy.c")
	f.Fuzz(rapid.MakeFuzz(mcrapid.SafeWith(noHandler, m)))
}

// runBroken runs a test that fails in the folder and returns what it says.
func runBroken(t *testing.T, dir string, args ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(models, "my_refcount_racy.c"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "my_refcount_racy.c"), data, 0o666); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, append(args, "-broken")...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("%v, want the test to fail:\n%s", err, out)
	}
	return string(out)
}

var replayLine = regexp.MustCompile(`replay: mc replay my_refcount_racy\.c (\S+)`)

// replayed plays the run again that the output of a test gives last.
func replayed(t *testing.T, out string) *checker.Trace {
	t.Helper()
	found := replayLine.FindAllStringSubmatch(out, -1)
	if len(found) == 0 {
		t.Fatalf("no command that plays the run again:\n%s", out)
	}
	rec, err := checker.ParseReplay(found[len(found)-1][1])
	if err != nil {
		t.Fatal(err)
	}
	p, err := load("my_refcount_racy.c").Build(rec.Scenario)
	if err != nil {
		t.Fatal(err)
	}
	trace, err := rec.Run(p)
	if err != nil {
		t.Fatal(err)
	}
	if trace.Violation == nil {
		t.Fatalf("played again, %s violates nothing", trace.Replay)
	}
	return trace
}

// TestShrinks: rapid finds the bug, shrinks scenario and schedule, and says how
// to play the run again; its failure file leads to the same run. About every
// tenth draw fails, so that all 100 pass once in 10^4 to 10^5 tests; with 500
// that does not happen.
func TestShrinks(t *testing.T) {
	dir := t.TempDir()
	first := runBroken(t, dir, "-test.run=^TestBroken$", "-rapid.checks=500")
	trace := replayed(t, first)
	if !strings.Contains(first, "CPU1 getter0") && !strings.Contains(first, "CPU0 getter0") {
		t.Errorf("no diagram:\n%s", first)
	}
	// The simplest run there is has 2 switches and 7 steps, the start of
	// each thread among them. A run that rapid is done with may have a
	// little more.
	if trace.Switches > 4 || len(trace.Steps) > 12 {
		t.Errorf("%d switches and %d steps are left: %s", trace.Switches, len(trace.Steps), trace.Replay)
	}
	files, err := filepath.Glob(filepath.Join(dir, "testdata/rapid/TestBroken/*.fail"))
	if err != nil || len(files) != 1 {
		t.Fatalf("failure files %v, %v", files, err)
	}
	again := runBroken(t, dir, "-test.run=^TestBroken$", "-rapid.failfile="+files[0])
	if got := replayed(t, again).Replay; got != trace.Replay {
		t.Errorf("the failure file leads to %s, want %s", got, trace.Replay)
	}
	if !strings.Contains(again, "failed after 0 tests") {
		t.Errorf("the failure file is not what failed:\n%s", again)
	}
}

// TestFuzz: the same property finds the bug as a native fuzz target.
func TestFuzz(t *testing.T) {
	out := runBroken(t, t.TempDir(), "-test.run=^FuzzBroken$")
	replayed(t, out)
}

// TestOwnThreads: a model without roles runs in its only scenario.
func TestOwnThreads(t *testing.T) {
	m := spec.MustLoad(os.DirFS("../testdata/properties"), "deadlock_good.c")
	rapid.Check(t, mcrapid.Safe(m))
}

// TestMaxSteps: a run that does not end is cut short, unjudged.
func TestMaxSteps(t *testing.T) {
	const text = "#include <linux/compiler.h>\nint x;\nmc_thread(0, MC_OTHER) void t(void) { for (;;) { x = 1; x = 0; } }\n"
	m, err := spec.Load(fstest.MapFS{"m.c": {Data: []byte(text)}}, "m.c")
	if err != nil {
		t.Fatal(err)
	}
	runs := mcrapid.Runs(mcrapid.Options{MaxSteps: 30}, m)
	rapid.Check(t, func(t *rapid.T) {
		r := runs.Draw(t, "run")
		if len(r.Steps()) != 30 || r.Violation() != nil {
			t.Fatalf("%d steps, %+v", len(r.Steps()), r.Violation())
		}
	})
}
