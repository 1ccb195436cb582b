package checker

import (
	"math"

	"lastput/spec"
)

// This file is what a sampling says of what it has seen: lines, steps, orders of
// conflicting steps, and how much of the state space there may be besides.

// A Coverage is how much of a program schedules have seen.
type Coverage struct {
	// Lines of the model's own files that have code, and those executed.
	Lines, LinesSeen int
	// Steps are the instructions that a thread can rest at, and those taken.
	Steps, StepsSeen int
	// Pairs are the pairs of different steps that were seen to access the same
	// memory one after the other, by two threads, one of them writing;
	// PairsBoth are those that were seen in both orders.
	Pairs, PairsBoth int
	// States are the different states seen, an estimate where there are more
	// than maxVisited; AllStates estimates how many can be reached. It is the
	// estimator called Chao2: of m schedules, if Q1 states were seen in exactly
	// one and Q2 in exactly two, there are at least
	//
	//	States + (m-1)/m Q1 (Q1-1) / (2 (Q2+1))
	//
	// in expectation (Chao, "Estimating the population size for capture-recapture
	// data with unequal catchability", Biometrics 1987, in the bias-corrected
	// form). It is a lower bound: states that are hard to come to hide. So the
	// share of the states that was seen is at most States/AllStates.
	States, AllStates int64
}

// Share is the share of the states that was seen, at most.
func (c *Coverage) Share() float64 {
	if c.AllStates == 0 {
		return 1
	}
	return float64(c.States) / float64(c.AllStates)
}

// coverage puts together what all have seen.
func (s *sampler) coverage(w *walker) Coverage {
	var c Coverage
	missed := len(unreached(s.p, w.m.executed))
	c.Lines = len(unreached(s.p, make([]bool, len(s.p.Code))))
	c.LinesSeen = c.Lines - missed
	for pc := range s.p.Code {
		if in := &s.p.Code[pc]; in.Visible() && s.isThreads(pc) {
			c.Steps++
			c.StepsSeen += int(bit(w.m.executed[pc]))
		}
	}
	for pair := range w.conflicts.pairs {
		switch back := w.conflicts.pairs[pair.turned()]; {
		case !back:
			c.Pairs++
		case pair.first < pair.second:
			c.Pairs++
			c.PairsBoth++
		}
	}
	c.States, c.AllStates = s.visited.estimate(s.out.Schedules)
	return c
}

// isThreads reports whether the instruction belongs to a thread.
func (s *sampler) isThreads(pc int) bool {
	for _, t := range s.p.Threads {
		if proc := s.p.Procs[t.Proc]; proc.Entry <= pc && pc < proc.End {
			return true
		}
	}
	return false
}

// join takes in what another walker has seen.
func (w *walker) join(o *walker) {
	for i, e := range o.m.executed {
		w.m.executed[i] = w.m.executed[i] || e
	}
	for i, c := range o.m.covered {
		w.m.covered[i] = w.m.covered[i] || c
	}
	for p, n := range o.m.notes {
		if old := w.m.notes[p]; old == nil || compareNotes(n, old) < 0 {
			w.m.notes[p] = n
		}
	}
	for pair := range o.conflicts.pairs {
		w.conflicts.pairs[pair] = true
	}
}

// A conflict is two instructions that accessed the same memory in this order, by
// different threads.
type conflict struct{ first, second int32 }

func (c conflict) turned() conflict { return conflict{c.second, c.first} }

// An accessor is who accessed a cell, and where in the code.
type accessor struct{ thread, pc int32 }

// conflicts collects the pairs of conflicting accesses.
type conflicts struct {
	pairs map[conflict]bool
	// By cell, in this run: who wrote it last, and who has read it since.
	writer  []accessor
	readers [][]accessor
	touched []int // cells
	last    conflict
}

func newConflicts(p *spec.Prog) conflicts {
	return conflicts{pairs: map[conflict]bool{}, writer: make([]accessor, len(p.Cells)), readers: make([][]accessor, len(p.Cells))}
}

// begin begins a run.
func (c *conflicts) begin() {
	for _, cell := range c.touched {
		c.writer[cell].pc, c.readers[cell] = 0, c.readers[cell][:0]
	}
	c.touched = c.touched[:0]
}

// step takes in the step that the thread takes from w.s to w.next.
func (c *conflicts) step(w *walker, t int) {
	if w.blind || !w.m.at(w.s, t).Op.Info().Access {
		return
	}
	cell, ok := w.m.restingCell(w.s, t)
	if !ok {
		return
	}
	// A pc of 0 stands for none.
	me := accessor{int32(t), 1 + int32(w.m.get(w.s, w.m.threads[t].pc))}
	if c.writer[cell].pc == 0 && len(c.readers[cell]) == 0 {
		c.touched = append(c.touched, cell)
	}
	c.meet(c.writer[cell], me)
	if !w.m.writes(w.s, t) {
		if n := len(c.readers[cell]); n == 0 || c.readers[cell][n-1] != me {
			c.readers[cell] = append(c.readers[cell], me)
		}
		return
	}
	for _, r := range c.readers[cell] {
		c.meet(r, me)
	}
	c.writer[cell], c.readers[cell] = me, c.readers[cell][:0]
}

func (c *conflicts) meet(before, now accessor) {
	pair := conflict{before.pc, now.pc}
	if before.pc == 0 || before.thread == now.thread || before.pc == now.pc || pair == c.last {
		return
	}
	c.last = pair
	c.pairs[pair] = true
}

// visits are the states that schedules of one round came to: their hashes, each
// once for each schedule. Of very many states only those are looked at whose
// hash ends in so many zeros, which is a sample of them in which each is as
// likely as another (Gibbons, "Distinct sampling for highly-accurate answers to
// distinct values queries and event reports", VLDB 2001). Two states of the same
// hash make the estimate wrong by one, and nothing else.
type visits struct {
	zeros int
	list  []uint64
	run   map[uint64]struct{} // those of the run being drawn
}

func (v *visits) begin() {
	if v.run == nil {
		v.run = map[uint64]struct{}{}
	}
	clear(v.run)
}

func (v *visits) see(s state) {
	h := uint64(len(s))
	for _, x := range s {
		h = (h ^ uint64(x)) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	if h = mix64(h); h&(1<<v.zeros-1) == 0 {
		v.run[h] = struct{}{}
	}
}

func (v *visits) end() {
	for h := range v.run {
		v.list = append(v.list, h)
	}
}

// visited counts for each state seen in how many schedules it was: once, twice,
// or more often.
type visited struct {
	zeros  int
	counts map[uint64]uint8
}

// maxVisited is how many states are counted, before only some are looked at.
const maxVisited = 1 << 20

// merge takes in the visits of a round. Which states are looked at depends on
// all that were seen and not on who saw them.
func (v *visited) merge(from *visits) {
	if v.counts == nil {
		v.counts = map[uint64]uint8{}
	}
	for _, h := range from.list {
		if n := v.counts[h]; h&(1<<v.zeros-1) == 0 && n < 3 {
			v.counts[h] = n + 1
		}
	}
	from.list = from.list[:0]
}

// thin looks at half of the states as long as there are too many.
func (v *visited) thin() {
	for len(v.counts) > maxVisited {
		v.zeros++
		for h := range v.counts {
			if h&(1<<v.zeros-1) != 0 {
				delete(v.counts, h)
			}
		}
	}
}

func (v *visited) memory() int64 { return int64(len(v.counts)) * 32 }

// estimate is how many states were seen in m schedules, and how many there are
// at least; see Coverage.
func (v *visited) estimate(m int) (seen, all int64) {
	var once, twice float64
	for _, n := range v.counts {
		switch n {
		case 1:
			once++
		case 2:
			twice++
		}
	}
	scale := math.Pow(2, float64(v.zeros))
	n := float64(len(v.counts))
	hidden := 0.0
	if m > 0 {
		hidden = float64(m-1) / float64(m) * once * (once - 1) / (2 * (twice + 1))
	}
	return int64(scale * n), int64(math.Round(scale * (n + hidden)))
}

// A Guarantee is what PCT promises of a bug of its depth that shows within the
// first Length steps: a schedule finds it with a chance of at least
// 1/(Threads Length^(Depth-1)).
type Guarantee struct {
	Threads int
	Length  int     // priorities fall within so many steps: those of a mean run
	Chance  float64 // of one schedule
	// All is the chance that at least one of the schedules done finds it.
	All float64
}

// guarantee is that of the schedules done; nil where there is none.
func (s *sampler) guarantee() *Guarantee {
	if s.cfg.Engine != PCT || s.length == 0 {
		return nil
	}
	g := &Guarantee{Threads: len(s.p.Threads), Length: s.length}
	g.Chance = 1 / (float64(g.Threads) * math.Pow(float64(g.Length), float64(s.cfg.Depth-1)))
	g.All = -math.Expm1(float64(s.out.Schedules) * math.Log1p(-g.Chance))
	return g
}
