package main

import (
	"errors"
	"fmt"

	"lastput/checker"
	"lastput/spec"
)

// This file is the only one that speaks of exit codes.

// A status is an exit code of mc. It does not depend on the output's format.
type status int

const (
	ok        status = 0 // nothing asked for is violated
	violated  status = 1 // a violation; with --expect, something differs from the file
	failed    status = 2 // usage, bad model or internal error
	undecided status = 3 // a search was stopped, or has no verdict
)

// and is the status of a call of which both s and t are true: the first of
// 2, 1, 3, 0.
func (s status) and(t status) status {
	for _, first := range []status{failed, violated, undecided} {
		if s == first || t == first {
			return first
		}
	}
	return ok
}

// statusOf is what a result makes of the exit code.
func statusOf(r *checker.Result) status {
	switch r.Verdict {
	case checker.Verified, checker.NotFound:
		return ok
	case checker.Violated:
		return violated
	}
	return undecided
}

// statusExpected is the same with --expect. A search that was stopped differs
// from nothing: it does not know.
func statusExpected(r *checker.Result, asExpected bool) status {
	switch {
	case asExpected:
		return ok
	case r.Stopped():
		return undecided
	}
	return violated
}

// A usageError is a mistake in the command line.
type usageError struct {
	command string // the command whose help may help, if any
	msg     string
}

func (e *usageError) Error() string { return e.msg }

// report prints an error and returns what it makes of the exit code.
func (c *call) report(err error) status {
	var list spec.ErrorList
	var use *usageError
	switch {
	case errors.As(err, &list):
		// Each line has its position in front, as editors want it.
		fmt.Fprintln(c.err, list)
	case errors.As(err, &use) && use.command != "":
		fmt.Fprintf(c.err, "mc %s: %v\n(mc help %s says more)\n", use.command, err, use.command)
	default:
		fmt.Fprintf(c.err, "mc: %v\n", err)
	}
	return failed
}
