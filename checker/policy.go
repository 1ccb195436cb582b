package checker

// This file has the engines of Sample: who steps next.

// A policy picks who steps next of those that may. What it does depends on
// nothing but the source given to begin, and what it is asked.
type policy interface {
	// begin begins a schedule. length is how many steps one has, as far as is
	// known; 0 if it is not.
	begin(rnd *random, length int)
	// pick is the index in ready, which is not empty and in ascending order, of
	// the thread to try. If it turns out to wait, pick is asked again without it.
	pick(ready []int, step int) int
	// took says that the thread took the step.
	took(t, step int)
}

func newPolicy(cfg *SampleConfig, threads int) policy {
	switch cfg.Engine {
	case PCT:
		return &pct{depth: cfg.Depth, priority: make([]int, threads)}
	case PreemptionBounded:
		return &bounded{most: cfg.Preemptions}
	}
	return &uniform{}
}

// uniform takes any thread.
type uniform struct{ rnd *random }

func (u *uniform) begin(rnd *random, _ int) { u.rnd = rnd }

func (u *uniform) pick(ready []int, _ int) int { return u.rnd.intN(len(ready)) }

func (u *uniform) took(int, int) {}

// pct is probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi and
// Nagarakatte, "A randomized scheduler with probabilistic guarantees of finding
// bugs" (ASPLOS 2010). Threads have priorities in an order drawn at random; of
// those that can step the highest does. After depth-1 steps, drawn at random of
// the length of a run, whoever took the step falls below all that have not
// fallen. A bug of that depth, one that needs so many orders between steps, is found in a
// schedule with a chance of at least 1/(n k^(depth-1)), n threads, k steps.
//
// A thread that must wait cannot step, spin-waits included, and the machine's own
// scheduler only takes away from those that can: neither weakens the argument.
// Outcomes of choices and migrations are drawn beside, so the guarantee is for
// runs in which they come out as the bug needs them.
//
// In the paper k is the length of the longest run. Here it is that of a mean one,
// for with the longest most priorities would fall when the run is over; the
// guarantee is for bugs that show in the first k steps. What is longer may be a
// run in which the highest thread goes round for ever: from there on threads are
// taken at random.
type pct struct {
	depth    int
	rnd      *random
	priority []int // by thread, a higher one goes first
	order    []int
	changes  []int // steps after which a priority falls: after changes[i] to i
	length   int
}

func (p *pct) begin(rnd *random, length int) {
	p.rnd, p.length = rnd, max(length, 1)
	p.order = p.order[:0]
	for t := range p.priority {
		p.order = append(p.order, p.depth-1+t)
	}
	rnd.shuffle(p.order)
	copy(p.priority, p.order)
	p.changes = p.changes[:0]
	for range p.depth - 1 {
		p.changes = append(p.changes, rnd.intN(p.length))
	}
}

func (p *pct) pick(ready []int, step int) int {
	if step >= p.length {
		return p.rnd.intN(len(ready))
	}
	best := 0
	for i, t := range ready {
		if p.priority[t] > p.priority[ready[best]] {
			best = i
		}
	}
	return best
}

func (p *pct) took(t, step int) {
	for i, c := range p.changes {
		if c == step {
			p.priority[t] = i
		}
	}
}

// bounded draws from the schedules that have few preemptions: Musuvathi and
// Qadeer, "Iterative context bounding for systematic testing of multithreaded
// programs" (PLDI 2007), found that few suffice for most bugs. A thread goes on
// until it has to wait or has ended; then any other goes on. Up to most times,
// how often and where being drawn at random, it is another's turn before.
// Unlike theirs the search is not exhaustive.
type bounded struct {
	most int
	rnd  *random
	at   []int // steps before which the thread is preempted
	last int   // who took the last step
}

func (b *bounded) begin(rnd *random, length int) {
	b.rnd, b.last = rnd, nobody
	b.at = b.at[:0]
	for range rnd.intN(b.most + 1) {
		b.at = append(b.at, rnd.intN(max(length, 1)))
	}
}

func (b *bounded) pick(ready []int, step int) int {
	others, lastAt := len(ready), -1
	for i, t := range ready {
		if t == b.last {
			others, lastAt = others-1, i
		}
	}
	if lastAt < 0 || others == 0 {
		return b.rnd.intN(len(ready))
	}
	if !b.preempts(step) {
		return lastAt
	}
	i := b.rnd.intN(others)
	if i >= lastAt {
		i++
	}
	return i
}

func (b *bounded) preempts(step int) bool {
	for _, at := range b.at {
		if at == step {
			return true
		}
	}
	return false
}

func (b *bounded) took(t, _ int) { b.last = t }
