package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestInterrupt sends Ctrl-C once the search of the first model is over and
// that of the second, which is far too large to end, has begun.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no interrupt can be sent to another process")
	}
	dir := t.TempDir()
	small, large := filepath.Join(dir, "small.c"), filepath.Join(dir, "large.c")
	write(t, small, "#include <mc.h>\nint x;\nmc_thread(0, 0) void a(void) { x = 1; }\n")
	write(t, large, `#include <mc.h>
unsigned long x;
mc_thread(0, 0) void a(void) { for (;;) x += 3; }
mc_thread(1, 0) void b(void) { for (;;) x ^= x << 1; }
`)
	path, err := exec.LookPath("mc") // put there by testscript.Main
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "check", small, large)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); err != nil || !strings.Contains(line, "verified") {
		t.Fatalf("first line %q, error %v; standard error: %s", line, err, &stderr)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != int(undecided) {
		t.Errorf("exit code %d, want %d; standard error: %s", got, undecided, &stderr)
	}
	if !strings.Contains(string(rest), "inconclusive") || !strings.Contains(string(rest), "interrupt") {
		t.Errorf("after the interrupt it printed:\n%s", rest)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
