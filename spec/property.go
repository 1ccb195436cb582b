package spec

import "slices"

// This file names what can be wrong with a run.

// A Property is something that must hold of every run; its value is the word
// used in directives, reports and flags.
type Property string

// The properties, in the order of precedence: where one scenario violates
// several, the run shown is for the first.
const (
	// GetAfterFinalPut: a get succeeded although the final put was decided.
	GetAfterFinalPut Property = "get-after-final-put"
	// FinalPutWhileHeld: the final put was decided while a reference
	// existed, or before any unload attempt began.
	FinalPutWhileHeld Property = "final-put-while-held"
	// UseAfterRelease: the memory of a released object was accessed, or was
	// released while another thread waited on it.
	UseAfterRelease Property = "use-after-release"
	// DoubleRelease: an object was released twice.
	DoubleRelease Property = "double-release"
	// Assertion: an assertion of the model or the library failed.
	Assertion Property = "assertion"
	// Invariant: an mc_invariant did not hold.
	Invariant Property = "invariant"
	// InvalidAccess: NULL or an index out of range was used, or an operation
	// C leaves undefined, such as a division by zero.
	InvalidAccess Property = "invalid-access"
	// SleepInAtomic: a call that may sleep was made with preemption off.
	SleepInAtomic Property = "sleep-in-atomic"
	// Unbalanced: a thread ended, or a role returned, with the preemption
	// count or the number of locks held not as it found them.
	Unbalanced Property = "unbalanced"
	// Deadlock: nothing can step and a thread that must finish has not.
	Deadlock Property = "deadlock"
	// Hang: the same, where some thread waits for a CPU that another, which
	// need not finish, never gives up; or a fair run without end in which a
	// thread that must finish never does.
	Hang Property = "hang"
	// Leak: all threads have finished, and the object is still there though
	// nobody can come to release it.
	Leak Property = "leak"

	// SpuriousFailure, a note: a get failed, and no unload attempt that it
	// overlapped, or any before, had succeeded.
	SpuriousFailure Property = "spurious-failure"
	// EarlyFailure, a note: a get failed although the final put had not been
	// decided.
	EarlyFailure Property = "early-failure"
	// PlainRace, a note: two threads could access the same memory next, in
	// either order, one of them writing and one of them by plain C.
	PlainRace Property = "plain-race"
)

// Properties lists all properties in order of precedence. The notes come last.
var Properties = []Property{
	GetAfterFinalPut, FinalPutWhileHeld, UseAfterRelease, DoubleRelease,
	Assertion, Invariant, InvalidAccess, SleepInAtomic, Unbalanced, Deadlock, Hang,
	Leak, SpuriousFailure, EarlyFailure, PlainRace,
}

// IsNote reports whether a violation of the property is reported beside the
// verdict and only counts on demand: it is what some strategies cost, not what
// makes them wrong.
func (p Property) IsNote() bool { return p.Rank() >= SpuriousFailure.Rank() }

// Rank is the property's place in Properties, or -1.
func (p Property) Rank() int { return slices.Index(Properties, p) }

// Valid reports whether p is one of Properties.
func (p Property) Valid() bool { return p.Rank() >= 0 }

var explanations = map[Property]string{
	GetAfterFinalPut:  "the new reference is to an object that is being torn down",
	FinalPutWhileHeld: "it was not the last put",
	UseAfterRelease:   "memory of a released object was used",
	DoubleRelease:     "the object was released twice",
	Assertion:         "an assertion failed",
	Invariant:         "an invariant does not hold",
	InvalidAccess:     "an access that C does not define",
	SleepInAtomic:     "a call that may sleep was made where sleeping is not allowed",
	Unbalanced:        "the preemption count or the locks held are not as they were found",
	Deadlock:          "nothing can step any more, and a thread that must finish has not",
	Hang:              "a thread that must finish never can",
	Leak:              "everybody has finished, and the object is still there",
	SpuriousFailure:   "a get failed, and no unload succeeded",
	EarlyFailure:      "a get failed before the final put",
	PlainRace:         "conflicting accesses, one of them plain, are not ordered by anything",
}

// Explain says in one sentence what the property's violation means.
func (p Property) Explain() string { return explanations[p] }
