package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"lastput/checker"
)

// TestLook: colours and the width of the window are for terminals, and no colours
// for those who do not want or know them.
func TestLook(t *testing.T) {
	if l := lookOf(&bytes.Buffer{}); l != (look{}) {
		t.Errorf("in a buffer %+v", l)
	}
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("there is no terminal to be had: %v", err)
	}
	defer tty.Close()
	for _, c := range []struct {
		noColor, term string
		want          bool
	}{{"", "xterm", true}, {"1", "xterm", false}, {"", "dumb", false}} {
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("TERM", c.term)
		if got := lookOf(tty).color; got != c.want {
			t.Errorf("NO_COLOR=%s TERM=%s: colours %v", c.noColor, c.term, got)
		}
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// TestPaint: colours change nothing else, and nothing is as wide as it must not be.
func TestPaint(t *testing.T) {
	mc := func(args ...string) string {
		var out, errs bytes.Buffer
		if code := run(append([]string{"check", "--scenario", "isolated", "isolated_skip"}, args...), nil, &out, &errs); code != 1 {
			t.Fatalf("%v: exit %d\n%s", args, code, errs.String())
		}
		return out.String()
	}
	bare := mc()
	painted := mc("--color", "always")
	if escapes.ReplaceAllString(painted, "") != bare {
		t.Errorf("without its colours\n%s\nis not\n%s", painted, bare)
	}
	for _, want := range []string{red + "VIOLATED", red + "<- get after the final put", dim + "// LIVE", bold + "CPU2"} {
		if !strings.Contains(painted, want) {
			t.Errorf("%q is not in\n%s", want, painted)
		}
	}
	if l := (look{color: true}); l.verdict(checker.Verified, "ok") != green+"ok"+reset || l.verdict(checker.Inconclusive, "?") != yellow+"?"+reset {
		t.Error("the other verdicts have other colours")
	}
	for _, line := range strings.Split(mc("--width", "44"), "\n") {
		if len(line) > 44 && !strings.Contains(line, "replay:") && !strings.HasPrefix(line, "isolated_skip") {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
	for _, bad := range [][]string{{"--color", "red"}, {"--width", "3"}, {"--width", "x"}} {
		var out, errs bytes.Buffer
		if code := run(append([]string{"check", "no_stop"}, bad...), nil, &out, &errs); code != 2 || !strings.Contains(errs.String(), "want") {
			t.Errorf("%v: exit %d, %s", bad, code, errs.String())
		}
	}
}
