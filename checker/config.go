package checker

import (
	"fmt"
	"io"
	"runtime"
	"time"

	"lastput/spec"
)

// A Config bounds and directs a check. Its zero value is a full check with the
// default limits.
type Config struct {
	// MaxStates stops the search at the end of the level in which more states
	// than this are stored; 0 means no limit.
	MaxStates int64
	// MaxMemory stops the search before its stores exceed this many bytes;
	// 0 means DefaultMaxMemory.
	MaxMemory int64
	// Timeout stops the search after this long; 0 means no limit. It spans
	// both the search for a verdict and the search for the simplest run.
	Timeout time.Duration
	// Ignore lists properties whose violations are looked past: the run goes
	// on where it can, and ends unjudged where it cannot.
	Ignore []spec.Property
	// Workers is how many goroutines search at once; 0 means one for each CPU.
	// What is found does not depend on it.
	Workers int
	// NoSymmetry tells CPUs apart that are alike; NoPOR takes steps in every
	// order, also where it cannot matter. The verdict does not depend on them,
	// the number of states does.
	NoSymmetry, NoPOR bool
	// Strict makes the properties that are only noted count as violations.
	Strict bool
	// NoTrace leaves out the search for the simplest run of a violation, for
	// whoever wants the verdict only: Result.Trace is nil.
	NoTrace bool
	// FirstViolation ends the search at the first level with a state that
	// violates something, for whoever wants to know no more than that. What is
	// counted is what was seen so far; Result.Depth is, with NoPOR, the length
	// of a shortest such run. How runs end (deadlock, hang, leak) ends no
	// search.
	FirstViolation bool
	// From, if set, is a run: what is searched is what can come after it, and a
	// Result's states are those. Its Trace begins with it, and is the simplest
	// from there. The search then looks at all orders of steps, and tells all
	// CPUs apart.
	From []Move
	// Progress, if set, gets a line overwritten in place a few times a second.
	// Label, if set, is what the line begins with.
	Progress io.Writer
	Label    string
}

// DefaultMaxMemory is the memory the stores may take where Config does not say.
const DefaultMaxMemory = 4 << 30

func (c *Config) validate() error {
	switch {
	case c.MaxStates < 0:
		return fmt.Errorf("max states %d: want 0 (no limit) or more", c.MaxStates)
	case c.MaxMemory < 0:
		return fmt.Errorf("max memory %d: want 0 (the default) or more bytes", c.MaxMemory)
	case c.Workers < 0 || c.Workers > MaxWorkers:
		return fmt.Errorf("workers %d: want 1 to %d, or 0 for one for each CPU", c.Workers, MaxWorkers)
	case c.Timeout < 0:
		return fmt.Errorf("timeout %v: want 0 (no limit) or more", c.Timeout)
	}
	for _, p := range c.Ignore {
		if !p.Valid() {
			return fmt.Errorf("unknown property %q", p)
		}
	}
	return nil
}

// MaxWorkers is how many workers a search has at most.
const MaxWorkers = 256

// playable reports why the run that the search begins after cannot be played.
func (c *Config) playable(p *spec.Prog) error {
	if len(c.From) == 0 {
		return nil
	}
	if err := newSession(p, rules{ignore: c.Ignore, strict: c.Strict}).takeAll(c.From); err != nil {
		return fmt.Errorf("the run to begin after: %w", err)
	}
	return nil
}

func (c *Config) workers() int {
	if c.Workers == 0 {
		return min(runtime.GOMAXPROCS(0), MaxWorkers)
	}
	return c.Workers
}

func (c *Config) maxMemory() int64 {
	if c.MaxMemory == 0 {
		return DefaultMaxMemory
	}
	return c.MaxMemory
}
