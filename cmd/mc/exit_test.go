package main

import (
	"bufio"
	"bytes"
	"errors"
	"strings"
	"testing"

	"lastput/checker"
	"lastput/spec"
)

func TestStatusAnd(t *testing.T) {
	order := []status{failed, violated, undecided, ok}
	for i, first := range order {
		for _, other := range order[i:] {
			if first.and(other) != first || other.and(first) != first {
				t.Errorf("%d and %d: got %d and %d, want %d", first, other, first.and(other), other.and(first), first)
			}
		}
	}
}

func TestJudge(t *testing.T) {
	result := func(v checker.Verdict, p spec.Property, stoppedBy string) *checker.Result {
		r := &checker.Result{Verdict: v, Property: p, StoppedBy: stoppedBy, Prog: &spec.Prog{Scenario: spec.Scenario{Name: "basic"}}}
		if p != "" {
			r.Properties = []spec.Property{p, spec.Deadlock}
		}
		return r
	}
	verified := result(checker.Verified, "", "")
	broken := result(checker.Violated, spec.UseAfterRelease, "")
	limit := result(checker.Inconclusive, "", checker.StoppedByStates)
	witness := result(checker.Inconclusive, "", checker.StoppedByWitness)
	for _, c := range []struct {
		expect string // the file's, without the scenario
		r      *checker.Result
		plain  status
		held   status // with --expect
	}{
		{"", verified, ok, ok},
		{"", broken, violated, violated},
		{"", limit, undecided, undecided},
		{"", witness, undecided, violated},
		{"verified", verified, ok, ok},
		{"verified", broken, violated, violated},
		{"verified", limit, undecided, undecided},
		{"verified", witness, undecided, violated},
		{"violated", broken, violated, ok},
		{"violated use-after-release", broken, violated, ok},
		{"violated deadlock", broken, violated, ok},
		{"violated assertion", broken, violated, violated},
		{"violated", verified, ok, violated},
		{"violated", limit, undecided, undecided},
		{"inconclusive", witness, undecided, ok},
		{"inconclusive", limit, undecided, ok},
		{"inconclusive", verified, ok, violated},
	} {
		m := &spec.Model{}
		if f := strings.Fields(c.expect + " "); len(f) > 0 {
			e := spec.Expectation{Scenario: "*", Verdict: f[0]}
			if len(f) > 1 {
				e.Property = f[1]
			}
			m.Expect = []spec.Expectation{e}
		}
		j := job{target: target{Model: m}}
		out := j.outcome(c.r)
		if got := (&checkOptions{}).judge(out); got != c.plain {
			t.Errorf("expected %q, is %s %s: exit %d, want %d", c.expect, c.r.Verdict, c.r.StoppedBy, got, c.plain)
		}
		if got := (&checkOptions{expect: true}).judge(out); got != c.held {
			t.Errorf("expected %q, is %s %s: exit %d with --expect, want %d", c.expect, c.r.Verdict, c.r.StoppedBy, got, c.held)
		}
	}
}

func TestPanicIsAnInternalError(t *testing.T) {
	var stderr bytes.Buffer
	c := &call{out: bufio.NewWriter(&bytes.Buffer{}), err: &stderr}
	if got := c.guard(func() status { panic("no such state") }); got != failed {
		t.Errorf("exit code %d, want %d", got, failed)
	}
	if want := "mc: internal error: no such state; this is a bug in mc\n"; !strings.HasPrefix(stderr.String(), want) {
		t.Errorf("printed\n%s\nwant it to begin with\n%s", &stderr, want)
	}
}

// A brokenWriter takes nothing.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestWriteErrorIsReported(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"list"}, {"show", "no_stop"}} {
		var stderr bytes.Buffer
		if got := run(args, nil, brokenWriter{}, &stderr); got != int(failed) {
			t.Errorf("%v: exit code %d, want %d", args, got, failed)
		}
		if want := "mc: write: no room\n"; stderr.String() != want {
			t.Errorf("%v: printed %q, want %q", args, &stderr, want)
		}
	}
}
