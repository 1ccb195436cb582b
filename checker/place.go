package checker

import (
	"slices"

	"lastput/spec"
)

// This file says which line of a model to point to where there is room for one.

// Culprit is the line of the model's own files that a violating run is best
// known by: where the violation is; else where the first of those that wait for
// ever is stuck; else the last row of the run's diagram that is a line of the
// model, as Diagram marks it. If there is none, Line is 0.
func Culprit(p *spec.Prog, t *Trace) spec.Pos {
	v := t.Violation
	if v == nil {
		return spec.Pos{}
	}
	own := func(pos spec.Pos) bool { return pos.Line > 0 && !p.Files[pos.File].Library }
	if pos, _ := ModelPlace(p, v.Pos, v.Frame); own(pos) {
		return pos
	}
	for _, w := range v.Waiting {
		if pos, _ := ModelPlace(p, w.Pos, w.Frame); own(pos) {
			return pos
		}
	}
	d := &diagram{p: p, t: t}
	d.collect()
	for _, r := range slices.Backward(d.rows) {
		if !r.divider && own(r.place) {
			return r.place
		}
	}
	return spec.Pos{}
}
