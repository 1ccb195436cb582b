package checker_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lastput/checker"
	"lastput/spec"
)

// A printer stands for a test: it prints failures.
type printer struct {
	name     string
	log      func(string)
	ctx      context.Context
	deadline time.Time
	failed   bool
}

func newPrinter(name string) *printer {
	return &printer{name: name, log: func(s string) { fmt.Print(s) }, ctx: context.Background()}
}

func (p *printer) Helper()             {}
func (p *printer) Logf(string, ...any) {}
func (p *printer) Parallel()           {}
func (p *printer) Errorf(format string, args ...any) {
	p.failed = true
	p.log(fmt.Sprintf("%s: FAIL:\n%s\n", p.name, fmt.Sprintf(format, args...)))
}

func (p *printer) Fatalf(format string, args ...any) {
	p.Errorf(format, args...)
	runtime.Goexit()
}

func (p *printer) Run(name string, f func(*printer)) bool {
	sub := *p
	sub.name += "/" + name
	done := make(chan bool)
	go func() {
		defer close(done)
		f(&sub)
	}()
	<-done
	p.failed = p.failed || sub.failed
	return !sub.failed
}

func (p *printer) Context() context.Context    { return p.ctx }
func (p *printer) Deadline() (time.Time, bool) { return p.deadline, !p.deadline.IsZero() }

// said is what the test that f makes of p says.
func said(p *printer, f func(*printer)) string {
	var b strings.Builder
	p.log = func(s string) { b.WriteString(s) }
	done := make(chan bool)
	go func() {
		defer close(done)
		f(p)
	}()
	<-done
	return b.String()
}

const examples = "testdata/examples"

func basic() spec.Scenario { return spec.Battery()[0] }

func modelText(t *testing.T, text string) *spec.Model {
	t.Helper()
	m, err := spec.Load(fstest.MapFS{"m.c": {Data: []byte(text)}}, "m.c")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestVerify runs it as tests do, in parallel subtests.
func TestVerify(t *testing.T) {
	m := spec.MustLoad(os.DirFS(examples), "my_refcount.c")
	right := slices.DeleteFunc(spec.Battery(), func(s spec.Scenario) bool { return s.IRQ })
	checker.Verify(t, m, right...)
	checker.Refute(t, m, basicWith(func(s *spec.Scenario) { s.IRQ = true }), spec.Deadlock)
}

func basicWith(change func(*spec.Scenario)) spec.Scenario {
	s := spec.Scenario{Getters: 1, Gets: 1, Unloaders: 1}
	change(&s)
	return s
}

// TestVerifyStopped: what a deadline or a context stops is inconclusive, and
// never passes, neither as verified nor as refuted.
func TestVerifyStopped(t *testing.T) {
	m := spec.MustLoad(os.DirFS(examples), "my_refcount.c")
	large := spec.Scenario{Getters: 12, Gets: 40, Nested: 4, Migrate: true}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	late := newPrinter("late")
	late.deadline = time.Now().Add(50 * time.Millisecond)
	early := newPrinter("early")
	early.deadline = time.Now().Add(time.Hour)
	over := newPrinter("over")
	over.deadline = time.Now().Add(-time.Second)
	gone := newPrinter("gone")
	gone.ctx = ended
	for _, c := range []struct {
		p    *printer
		cfg  checker.Config
		want string
	}{
		{late, checker.Config{}, "the test's deadline leaves no more time"},
		{over, checker.Config{}, "the test's deadline leaves no more time"},
		{early, checker.Config{Timeout: time.Millisecond}, "--timeout"},
		{gone, checker.Config{}, "the test's context has ended"},
		{newPrinter("small"), checker.Config{MaxStates: 10}, "--max-states"},
	} {
		for name, f := range map[string]func(*printer){
			"verify": func(p *printer) { checker.VerifyWith(p, c.cfg, m, large) },
			"refute": func(p *printer) { checker.RefuteWith(p, c.cfg, m, large, spec.Deadlock) },
		} {
			if got := said(c.p, f); !c.p.failed || !strings.Contains(got, "inconclusive") || !strings.Contains(got, c.want) {
				t.Errorf("%s %s: failed %v, says %q, want it inconclusive: %s", c.p.name, name, c.p.failed, got, c.want)
			}
			c.p.failed = false
		}
	}
}

// TestVerifyFails: what is no verdict on the model fails the test, and says why.
func TestVerifyFails(t *testing.T) {
	racy := spec.MustLoad(os.DirFS(examples), "my_refcount_racy.c")
	right := spec.MustLoad(os.DirFS(examples), "my_refcount.c")
	witness := modelText(t, "#include <mc.h>\nint x;\nmc_thread(0, MC_OTHER) void t(void) { x = 1; mc_cover(x == 2); }\n")
	for name, c := range map[string]struct {
		f    func(*printer)
		want []string
	}{
		"violated": {func(p *printer) { checker.Verify(p, racy, basic()) }, []string{"/my_refcount_racy/basic", "use-after-release", "CPU1 getter0", "replay: mc replay my_refcount_racy.c lp1/"}},
		"another":  {func(p *printer) { checker.Refute(p, racy, basic(), spec.Leak) }, []string{"want a violation of leak", "CPU1 getter0"}},
		"nothing":  {func(p *printer) { checker.Refute(p, right, basic(), spec.Leak) }, []string{"want a violation of leak", "verified"}},
		"property": {func(p *printer) { checker.Refute(p, right, basic(), "leek") }, []string{`unknown property "leek"`, "leak"}},
		"scenario": {func(p *printer) { checker.Verify(p, right, spec.Scenario{Getters: 1}) }, []string{"--gets 0"}},
		"config":   {func(p *printer) { checker.VerifyWith(p, checker.Config{Workers: -1}, right, basic()) }, []string{"workers -1"}},
		"witness":  {func(p *printer) { checker.Verify(p, witness) }, []string{"no run reaches the witness"}},
	} {
		p := newPrinter(name)
		got := said(p, c.f)
		for _, want := range c.want {
			if !p.failed || !strings.Contains(got, want) {
				t.Errorf("%s: failed %v, says:\n%s\nwant %q in it", name, p.failed, got, want)
			}
		}
	}
}

// TestLinks: the command links nothing that only tests need.
func TestLinks(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "../cmd/mc").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range strings.Fields(string(out)) {
		if dep == "testing" || strings.HasPrefix(dep, "pgregory.net/rapid") || strings.HasSuffix(dep, "/mcrapid") {
			t.Errorf("mc links %s", dep)
		}
	}
}
