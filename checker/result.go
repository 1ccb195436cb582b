package checker

import (
	"time"

	"lastput/spec"
)

// A Verdict is what a check has found out.
type Verdict string

// The verdicts. A search that stopped early never says Verified.
const (
	Verified     Verdict = "verified"
	Violated     Verdict = "violated"
	Inconclusive Verdict = "inconclusive"
	// NotFound: schedules were sampled, and nothing seen. It proves nothing.
	NotFound Verdict = "not found"
)

// A Result is the outcome of checking one program.
type Result struct {
	Prog    *spec.Prog
	Engine  string // "exhaustive" or "sample"
	Verdict Verdict
	// Property is the first violated one in order of precedence, Properties
	// all that were seen, in that order.
	Property   spec.Property
	Properties []spec.Property
	// Notes are the first cases seen of properties that are only noted.
	Notes []Note
	// StoppedBy names what ended the search early: "max-states",
	// "max-memory", "timeout", "interrupt"; or what keeps a finished search
	// from a verdict: "witness". Reason says it in a sentence.
	StoppedBy string
	Reason    string

	States      int64 // distinct states stored, violating ones included
	Transitions int64 // steps and migrations taken between them
	Depth       int   // steps to the farthest state
	Elapsed     time.Duration

	// Reductions are those that States and Transitions are counted with, Dropped
	// those that were wanted but could not be had, or were given up, and why.
	Reductions []Reduction
	Dropped    []Dropped

	// Trace is the run to show: the simplest one that violates Property. Nil
	// where there is none.
	Trace *Trace
	// TraceBound says how simple the run is where the search for the
	// simplest one was stopped.
	TraceBound string

	// Stuck lists the threads that must finish and that some run leaves
	// unfinished, as it cannot go on or goes round for ever: a deadlock, or a
	// hang.
	Stuck []int

	// Executed tells for each instruction of Prog.Code whether any run
	// reached it; meaningful when the search was not stopped.
	Executed []bool
	// Covered tells which of Prog.Covers some run reached.
	Covered []bool

	// Sampling says more of the engine "sample".
	Sampling *Sampling
}

// Unreached lists the lines of the model's own files that have code and that
// no run reached, in order.
func (r *Result) Unreached() []spec.Pos {
	if r.Sampling != nil {
		return unreached(r.Sampling.Prog, r.Executed)
	}
	return unreached(r.Prog, r.Executed)
}

// Stopped reports whether the search ended before it had seen every state.
func (r *Result) Stopped() bool {
	switch r.StoppedBy {
	case "", StoppedByWitness:
		return false
	}
	return true
}

// Values of Result.StoppedBy.
const (
	StoppedByStates    = "max-states"
	StoppedByMemory    = "max-memory"
	StoppedByTime      = "timeout"
	StoppedByInterrupt = "interrupt"
	StoppedByWitness   = "witness"
)

// A Violation is what a step, or a state, did wrong.
type Violation struct {
	Property spec.Property
	Message  string // "mod was released twice"
	Thread   int    // who did it; -1 where nobody in particular did
	Pos      spec.Pos
	Frame    int
	// Waiting lists, for a deadlock or a hang, the threads that cannot go on
	// and those they wait for.
	Waiting []Waiting
}

// A Waiting is a thread that cannot go on, or never ends.
type Waiting struct {
	Thread int
	CPU    int
	Pos    spec.Pos
	Frame  int
	For    WaitKind
	Cell   int   // the memory it waits for, or -1
	Value  int64 // what that holds
	By     []int // the threads it waits for, as far as is known
}

// A WaitKind says what a thread waits for.
type WaitKind string

// The kinds of wait.
const (
	WaitCPU    WaitKind = "cpu"    // its CPU, which By keep
	WaitLock   WaitKind = "lock"   // the lock at Cell, which By hold
	WaitMemory WaitKind = "memory" // Cell to change
	WaitGrace  WaitKind = "grace"  // By to leave their read-side sections
	WaitStop   WaitKind = "stop"   // By to let CPUs go that it wants to stop
	WaitGets   WaitKind = "gets"   // the gets of By to end, before a release
	WaitCall   WaitKind = "call"   // a call of another thread to end
	WaitHog    WaitKind = "hog"    // nothing: it keeps its CPU for ever
	WaitRound  WaitKind = "round"  // nothing: it goes round and round
)

// A Trace is a run, as the reference interpreter played it.
type Trace struct {
	Steps     []Step
	Switches  int        // context switches: steps by another thread than the step before
	Violation *Violation // at its end, if any
	// CycleStart is the index of the first step of the cycle the run ends
	// in, or -1.
	CycleStart int
	Replay     string // what mc replay takes
}

// A Move is one choice of what happens next.
type Move struct {
	Thread int
	// Migrate moves the thread to CPU To; otherwise the thread steps.
	Migrate bool
	To      int
	// Choices are the outcomes of the step's nondeterministic choices, in order.
	Choices []int
}

// A Step is one step of a run with what it did.
type Step struct {
	Move Move
	CPU  int // where the thread ran
	// Pos and Frame are the place of the visible operation.
	Pos    spec.Pos
	Frame  int
	Events []Event
}

// An Event is something a step did that a reader may want to see.
type Event struct {
	Kind EventKind
	Pos  spec.Pos
	// Frame is the chain of inlined calls it happened in.
	Frame int
	// Cell was read (Old == New) or written.
	Cell     int
	Old, New int64
	// Object is the object a ghost event speaks of, or -1.
	Object int
}

// EventKind says what an Event is.
type EventKind string

// The kinds of event.
const (
	EventRead    EventKind = "read"
	EventWrite   EventKind = "write" // of a load-modify-store too, even if nothing changed
	EventGot     EventKind = "got"
	EventPutting EventKind = "putting"
	EventFinal   EventKind = "final_put"
	EventRelease EventKind = "release"
	EventRefused EventKind = "refused" // a get gave no reference
	EventUnload  EventKind = "unload"  // an unload attempt has ended, and succeeded if New is not 0
	EventReturn  EventKind = "return"  // a call of a role has ended; what came of a get follows
	EventLine    EventKind = "line"    // execution came to another line of the model
	EventMigrate EventKind = "migrate" // to CPU New
)

// A Reduction is a way to look at fewer states. The verdict does not depend on
// it.
type Reduction string

// The reductions.
const (
	Symmetry     Reduction = "symmetry"      // CPUs that are alike are not told apart
	PartialOrder Reduction = "partial-order" // steps are not taken in orders that cannot matter
)

// A Dropped is a reduction that was not used, and why.
type Dropped struct {
	Reduction Reduction
	Why       string
}
