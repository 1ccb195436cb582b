// Command mc checks models of object teardown: it runs every interleaving of a
// synchronization strategy written in kernel-style C, and either says for which
// bounds the strategy is right or draws the simplest run that breaks it.
//
// "mc help" lists its commands.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	// Writing to a closed pipe must come back as an error and end in our own
	// exit code, not in a signal's.
	signal.Ignore(syscall.SIGPIPE)
	// What there is much of lies outside of the collected heap, and most calls are
	// over before it is worth collecting.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is one call of mc; it returns the exit code. No command reads the
// standard input yet.
func run(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	c := &call{out: bufio.NewWriter(stdout), err: stderr, look: lookOf(stdout)}
	return int(c.guard(func() status { return c.dispatch(args) }))
}

// A call is one call of mc: where its output goes, and how it looks.
type call struct {
	out  *bufio.Writer // keeps the first error of a write; see flush
	err  io.Writer
	look look
}

// guard runs f and turns a panic into a message: whatever the input, mc does
// not crash.
func (c *call) guard(f func() status) (s status) {
	defer func() {
		if v := recover(); v != nil {
			fmt.Fprintf(c.err, "mc: internal error: %v; this is a bug in mc\n\n%s", v, debug.Stack())
			s = failed
		}
	}()
	return f()
}

// dispatch runs the command that args name, and reports its error.
func (c *call) dispatch(args []string) status {
	if len(args) == 0 {
		fmt.Fprint(c.err, usage())
		return failed
	}
	cmd, err := findCommand(args[0])
	s := ok
	if err == nil {
		s, err = cmd.run(c, args[1:])
	}
	if errors.Is(err, flag.ErrHelp) {
		c.printf("%s", cmd.page())
		s, err = ok, nil
	}
	if err != nil {
		s = s.and(c.report(err))
	}
	var reported *writeError
	if werr := c.flush(); werr != nil && !errors.As(err, &reported) {
		s = s.and(c.report(werr))
	}
	return s
}

// printf writes to the standard output.
func (c *call) printf(format string, args ...any) {
	fmt.Fprintf(c.out, format, args...)
}

// flush brings out what was printed. Its error is that of the first write that
// failed.
func (c *call) flush() error {
	err := c.out.Flush()
	if err == nil {
		return nil
	}
	// The file's name is of no interest: it is the standard output.
	if inner := errors.Unwrap(err); inner != nil {
		err = inner
	}
	return &writeError{err}
}

// A writeError is the standard output's: nobody reads it any more, or the disk
// is full.
type writeError struct{ err error }

func (e *writeError) Error() string { return "write: " + e.err.Error() }
