package spec_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// load reads a model from C text.
func load(text string) (*spec.Model, error) {
	return spec.Load(fstest.MapFS{"m.c": {Data: []byte(text)}}, "m.c")
}

// build makes the program of a model, which has to be sane.
func build(t testing.TB, m *spec.Model, s spec.Scenario) *spec.Prog {
	t.Helper()
	p, err := m.Build(s)
	if err != nil {
		t.Fatalf("%s, %s: %v", m.Name, s, err)
	}
	if err := spec.Sanity(p); err != nil {
		t.Fatalf("%s, %s: %v\n%s", m.Name, s, err, p)
	}
	return p
}

// check runs every interleaving of a model's own threads.
func check(t testing.TB, m *spec.Model) *checker.Result {
	t.Helper()
	p := build(t, m, m.Scenarios()[0])
	r, err := checker.Check(context.Background(), p, checker.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wantVerified checks the model and shows what went wrong.
func wantVerified(t testing.TB, m *spec.Model) {
	t.Helper()
	r := check(t, m)
	if r.Verdict == checker.Verified {
		return
	}
	t.Errorf("%s: %s %v", m.Name, r.Verdict, r.Properties)
	if r.Trace != nil && r.Trace.Violation != nil {
		v := r.Trace.Violation
		t.Errorf("%s: %s\n\t%s", r.Prog.Place(v.Pos), v.Message, r.Prog.Source(v.Pos))
	}
	if testing.Verbose() {
		t.Log(r.Prog)
	}
}

// goldenModels are the models of testdata/golden and testdata/exec, by path.
func goldenModels(t testing.TB) map[string]*spec.Model {
	t.Helper()
	models := map[string]*spec.Model{}
	for _, dir := range []string{"golden", "exec"} {
		files, err := filepath.Glob(filepath.Join("testdata", dir, "*.c"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no models in testdata/%s: %v", dir, err)
		}
		for _, f := range files {
			m, err := spec.Load(os.DirFS(filepath.Dir(f)), filepath.Base(f))
			if err != nil {
				t.Errorf("%v", err)
				continue
			}
			models[filepath.ToSlash(f)] = m
		}
	}
	return models
}

// allModels are those and the strategies.
func allModels(t testing.TB) map[string]*spec.Model {
	models := goldenModels(t)
	for _, m := range strategies.All() {
		models[m.Name] = m
	}
	return models
}

// modelTexts are the texts of all models, as seeds, with those that show how the
// library is used.
func modelTexts(t testing.TB) []string {
	files, err := filepath.Glob("../checker/testdata/library/*.c")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var texts []string
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	for _, m := range allModels(t) {
		texts = append(texts, m.Text)
	}
	return texts
}

// lines are those of a text, which may end with a newline.
func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}
