package spec_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lastput/spec"
)

// fuzzTime is how long a text may take to be refused or built.
const fuzzTime = time.Minute

// FuzzLoad feeds the front end texts that are nearly C: it says what is wrong
// with them, or makes a sane program, the same twice.
func FuzzLoad(f *testing.F) {
	for _, text := range modelTexts(f) {
		f.Add(text)
	}
	if flag.Lookup("test.fuzz").Value.String() != "" {
		// Only then: TestErrors has them all.
		for _, text := range errorTexts(f) {
			f.Add(text)
		}
	}
	header, err := os.ReadFile(filepath.Join("testdata", "golden", "strategy.h"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		start := time.Now()
		m, err := spec.Load(fstest.MapFS{"m.c": {Data: []byte(text)}, "strategy.h": {Data: header}}, "m.c")
		if took := time.Since(start); took > fuzzTime {
			t.Fatalf("took %v", took)
		}
		if err != nil {
			wantPositioned(t, err, text)
			return
		}
		s := anyScenario(m, text)
		p, err := m.Build(s)
		if err != nil {
			return
		}
		if err := spec.Sanity(p); err != nil {
			t.Fatal(err)
		}
		q, err := m.Build(s)
		if err != nil || p.String() != q.String() {
			t.Fatalf("two programs of one text, %v", err)
		}
	})
}

// anyScenario is one of the model's scenarios, always the same.
func anyScenario(m *spec.Model, text string) spec.Scenario {
	s := m.Scenarios()
	return s[len(text)%len(s)]
}

// errorTexts are the models of testdata/errors.txt.
func errorTexts(t testing.TB) []string {
	data, err := os.ReadFile(filepath.Join("testdata", "errors.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, c := range strings.Split(string(data), "\n== ")[1:] {
		_, body, _ := strings.Cut(c, "\n")
		text, _, _ := strings.Cut(body, "\n--\n")
		texts = append(texts, text+"\n")
	}
	return texts
}

// wantPositioned: an error of the text is in it.
func wantPositioned(t *testing.T, err error, text string) {
	t.Helper()
	if strings.Contains(err.Error(), "internal error") {
		t.Fatal(err)
	}
	var list spec.ErrorList
	if !errors.As(err, &list) || strings.Contains(text, "line") {
		return // a #line may say what it likes
	}
	last := strings.Count(text, "\n") + 1
	for _, e := range list {
		if e.File == "m.c" && (e.Line < 0 || e.Line > last || e.Col < 0) {
			t.Errorf("%v: the text has %d lines", e, last)
		}
	}
}

// FuzzDirectives feeds the directives of a model that is right otherwise.
func FuzzDirectives(f *testing.F) {
	for _, text := range append(modelTexts(f), errorTexts(f)...) {
		for _, line := range strings.Split(text, "\n") {
			if strings.Contains(line, "mc:") {
				f.Add(line)
			}
		}
	}
	const body = "\n#include <mc.h>\nint x;\nmc_thread(0, MC_OTHER) void t(void) { x = 1; }\n"
	f.Fuzz(func(t *testing.T, line string) {
		if strings.ContainsAny(line, "\n\x00\\") || !strings.HasPrefix(strings.TrimSpace(line), "//") {
			return
		}
		m, err := load(line + body)
		if err != nil {
			wantPositioned(t, err, line+body)
			return
		}
		for _, e := range m.Expect {
			if e.Property != "" && (e.Verdict != "violated" || !spec.Property(e.Property).Valid()) {
				t.Errorf("%q: expects %v", line, e)
			}
			if got := m.Expected(e.Scenario); got == nil {
				t.Errorf("%q: expects nothing of %s", line, e.Scenario)
			}
		}
	})
}

// FuzzParseScenario: what is parsed is valid, and printed it is parsed as the
// same scenario.
func FuzzParseScenario(f *testing.F) {
	for _, s := range spec.Battery() {
		f.Add(s.String())
		s.Name = "custom"
		f.Add(s.String())
	}
	for _, text := range []string{"threads", "", ",", "getters=3,gets=2,unloaders=2,isolated=1,same-cpu", "getters=1,gets=1,unloaders=0", "getters=-1", "getters=99999999999999999999", "getters=1,getters=2,gets=1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := spec.ParseScenario(text)
		if err != nil {
			return
		}
		if err := s.Validate(); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		again, err := spec.ParseScenario(s.String())
		if err != nil || again != s {
			t.Errorf("%q is %+v; %q is %+v, %v", text, s, s.String(), again, err)
		}
		if s.CPUs() < 1 && s.Name != spec.ThreadsScenario || s.About() == "" {
			t.Errorf("%q: %d CPUs, %q", text, s.CPUs(), s.About())
		}
	})
}
