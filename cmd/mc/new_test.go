package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdPrepend is "prepend FILE LINE": puts a line before the text of a file.
func cmdPrepend(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: prepend FILE LINE")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(args[1]+"\n"+ts.ReadFile(args[0])), 0o666))
}

// TestNewTest runs the test that mc new writes: in a folder of this module's,
// for it needs what the module needs, and no network.
func TestNewTest(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command")
	}
	dir, err := os.MkdirTemp(".", "testdata_new")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	dir, err = filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if code := run([]string{"new", "a_model"}, nil, io.Discard, os.Stderr); code != 0 {
		t.Fatalf("mc new: exit code %d", code)
	}
	for _, args := range [][]string{{"vet", "."}, {"test", "-count=1", "."}} {
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			t.Errorf("go %v: %v\n%s", args, err, out)
		}
	}
}
