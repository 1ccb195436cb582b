// Package checker explores programs: the reference interpreter, which is the
// meaning of a program; the exhaustive engine over stored states; the search
// for the simplest run that violates a property; and the traces, diagrams and
// recordings of runs.
package checker
