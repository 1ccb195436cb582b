package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what mc prints into the scripts' golden files")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mc": main})
}

// TestScripts runs the command as its users do: every command, exit code and
// error has a script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      cmdExits,
			"fill":       cmdFill,
			"closedpipe": cmdClosedPipe,
			"grab":       cmdGrab,
			"prepend":    cmdPrepend,
		},
	})
}

// cmdExits is "exits CODE COMMAND ...": runs it and looks at its exit code.
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ...")
	}
	err := ts.Exec(args[1], args[2:]...)
	if got := exitCode(ts, err); strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

func exitCode(ts *testscript.TestScript, err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	ts.Check(err)
	return 0
}

// cmdFill is "fill FILE COUNT BYTE": writes a file of COUNT times BYTE, a number.
func cmdFill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: fill FILE COUNT BYTE")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	b, err := strconv.ParseUint(args[2], 0, 8)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.Repeat([]byte{byte(b)}, n), 0o666))
}

// cmdClosedPipe is "closedpipe CODE ERROR COMMAND ...": runs it with a standard
// output that nobody reads, and looks at exit code and standard error.
func cmdClosedPipe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: closedpipe CODE ERROR COMMAND ...")
	}
	r, w, err := os.Pipe()
	ts.Check(err)
	defer w.Close()
	ts.Check(r.Close())
	path, err := lookPath(args[2], ts.Getenv("PATH"))
	ts.Check(err)
	var stderr bytes.Buffer
	cmd := exec.Command(path, args[3:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), w, &stderr
	if got := exitCode(ts, cmd.Run()); strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s; standard error: %s", got, args[0], &stderr)
	}
	if got := stderr.String(); got != args[1]+"\n" {
		ts.Fatalf("standard error %q, want %q", got, args[1])
	}
}

// cmdGrab is "grab VARIABLE FILE REGEXP": sets the variable to what the first
// group of REGEXP matches in FILE, which may be stdout.
func cmdGrab(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: grab VARIABLE FILE REGEXP")
	}
	re, err := regexp.Compile(args[2])
	ts.Check(err)
	m := re.FindStringSubmatch(ts.ReadFile(args[1]))
	if len(m) < 2 {
		ts.Fatalf("no match for %s", args[2])
	}
	ts.Setenv(args[0], m[1])
}

// lookPath is exec.LookPath in the script's own PATH.
func lookPath(name, path string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		if p, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return p, nil
		}
	}
	return "", exec.ErrNotFound
}
