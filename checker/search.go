package checker

import (
	"cmp"
	"slices"
	"sync"

	"lastput/spec"
)

// This file is the exhaustive search: breadth-first over packed states, by
// several workers. Each owns the states whose hash is its: it alone stores and
// expands them. What it finds of the others' it hands over at the end of each
// round, so no lock is taken, and what is found, level by level, does not depend
// on how many workers there are. Most of what a level finds it finds several
// times, and the table is larger than any cache: so a round gathers what it finds
// by parts of the table, and looks up each state of a part once.

// A finding is what a search has found out.
type finding struct {
	states, transitions int64
	depth               int
	violated            [maxRank]bool
	stuck               threadSet // who must finish and is left unfinished at the end of some run
	notes               map[spec.Property]*noteCase
	executed, covered   []bool
	stopped             string
	// stuckHang: the hang, if there is one, is a state in which nothing can step.
	stuckHang bool
	// endless: that a run goes on for ever could not be ruled out.
	endless   bool
	symmetric bool // CPUs that are alike were not told apart
	// reduced: the order of steps was reduced; surprised: by what turned out not
	// to be true.
	reduced, surprised bool
	// ended: a violation was all that was looked for.
	ended bool
}

const maxRank = 32

// A searcher is one pass of the search.
type searcher interface {
	// run searches; nil if a value did not fit the packing, which now knows of it.
	run() *finding
	// runTo is a run to a state that violates a property.
	runTo(rank int) []Move
	// simplest is the simplest run; see the type simplest.
	simplest(g goal) (r simplestRun, ok bool)
}

// newSearcher makes a search on states of as many words as the packing needs.
func newSearcher(p *spec.Prog, r rules, pack *packing, lim *limits, workers int, order *futures) searcher {
	switch n := pack.words; {
	case n <= 1:
		return newSearch[[1]uint64](p, r, pack, lim, workers, order)
	case n <= 2:
		return newSearch[[2]uint64](p, r, pack, lim, workers, order)
	case n <= 3:
		return newSearch[[3]uint64](p, r, pack, lim, workers, order)
	case n <= 4:
		return newSearch[[4]uint64](p, r, pack, lim, workers, order)
	case n <= 5:
		return newSearch[[5]uint64](p, r, pack, lim, workers, order)
	case n <= 6:
		return newSearch[[6]uint64](p, r, pack, lim, workers, order)
	case n <= 8:
		return newSearch[[8]uint64](p, r, pack, lim, workers, order)
	case n <= 16:
		return newSearch[[16]uint64](p, r, pack, lim, workers, order)
	case n <= 64:
		return newSearch[[64]uint64](p, r, pack, lim, workers, order)
	}
	return newSearch[[maxWords]uint64](p, r, pack, lim, workers, order)
}

// A search is one pass.
type search[K words] struct {
	prog    *spec.Prog
	rules   rules
	pack    *packing
	lim     *limits
	workers []*worker[K] // one, until there are many states
	most    int          // workers that there may be
	order   *futures     // or nil
	races   bool         // are looked for
	unfit   bool         // a value did not fit the packing
	// levels, if not nil, keeps the states of each level.
	levels [][]K
	keep   bool
	// sought, with keep, is the rank of the property whose first violation ends
	// the search, target the state where that is.
	sought int
	target *K
}

// A worker stores and expands the states that are its own.
type worker[K words] struct {
	oracle[K]
	alike  reducer[K]
	order  preferrer[K]
	search *search[K]
	id     int
	table  *table[K]

	level, next list[K] // states to expand, of this level and of the next
	pool        pool[K]

	// Successors found and not yet stored: by the worker that owns them and the
	// part of its table that they belong to, so that the table is gone through from
	// part to part rather than all over.
	out     []list[K]
	outs    int
	uniques uniques[K]
	fresh   float64 // how many of them were new, in the last round
	// What the threads can do in the states that come next, by state and thread,
	// and in the state being expanded.
	ahead, leaves []*leaf[K]
	descent       descent
	to            K // where a move leads

	grew        bool // a state was added in this level
	transitions int64
	violated    [maxRank]bool
	stuck       threadSet
	noted       map[[2]*leaf[K]]bool // races of which there is a note
	stopped     string               // the limit that ended this worker's round
	calls       int
	sum         byte // keeps the touches in store from being optimised away
}

func newSearch[K words](p *spec.Prog, r rules, pack *packing, lim *limits, workers int, order *futures) *search[K] {
	s := &search[K]{prog: p, rules: r, pack: pack, lim: lim, most: workers, order: order}
	s.workers = []*worker[K]{s.newWorker(0)}
	s.equip()
	return s
}

func (s *search[K]) newWorker(id int) *worker[K] {
	w := &worker[K]{
		oracle: newOracle[K](newMachine(s.prog, s.rules), s.pack), search: s, id: id,
		alike: reducer[K]{pack: s.pack.clone()}, ahead: make([]*leaf[K], aheadStates*len(s.prog.Threads)), noted: map[[2]*leaf[K]]bool{},
	}
	if !s.pack.sym.none() {
		w.m.sym = s.pack.sym
	}
	if s.order != nil {
		w.futures = s.order.another()
		w.order = preferrer[K]{futures: w.futures, w: w, ways: make([]*touch, len(w.m.threads)), meanwhile: w.futures.empty().changes}
	}
	w.m.interrupted = w.interrupted
	return w
}

// equip gives the workers what depends on how many there are: a table, and a place
// for what each finds of each.
func (s *search[K]) equip() {
	for _, w := range s.workers {
		w.table = newTable[K](s.pack, s.lim.cfg.maxMemory()/int64(len(s.workers)))
		w.out = make([]list[K], len(s.workers)<<partBits)
	}
}

// share gives as many workers as there may be their parts of what one has stored,
// and of the states to expand.
func (s *search[K]) share() {
	first := s.workers[0]
	stored, next := first.table, first.next.appendTo(nil)
	first.next.drop(&first.pool)
	first.forget()
	for id := 1; id < s.most; id++ {
		w := s.newWorker(id)
		w.order.off = first.order.off
		s.workers = append(s.workers, w)
	}
	s.equip()
	for _, w := range s.workers {
		w.table.expect(stored.n / uint64(s.most))
	}
	stored.each(func(key *K) { s.owner(key).table.add(key) })
	stored.free()
	for i := range next {
		scrambled := next[i]
		scramble(&scrambled)
		w := s.owner(&scrambled)
		w.next.push(&w.pool, &next[i])
	}
}

// In what portions the work is done.
const (
	// partBits: a table is gone through in so many parts.
	partBits = 8
	// aheadStates: what the threads can do is asked for so many states together.
	aheadStates = 256
	// batchStates is how many states are added to the table together.
	batchStates = 128
)

// roundBytes: a round ends before the level does when the successors that a worker
// has found take so much memory, if that is more than a part of what its table
// takes.
var roundBytes = int64(1 << 26)

// run explores until all states are known or a limit is reached.
func (s *search[K]) run() *finding {
	f := &finding{}
	defer s.free()
	s.begin()
	for s.level(f) {
		if len(s.workers) < s.most && s.states() > smallStates {
			s.share()
		}
	}
	if s.misfit() {
		s.scout()
		return nil
	}
	s.collect(f)
	return f
}

// smallStates is how many states one worker finds alone, before it is worth
// while to share the work.
var smallStates = int64(1 << 17)

// scout goes on with a few of the states where a value did not fit, from level to
// level: it is likely to meet the other values that do not, each of which would
// otherwise end a pass of its own.
func (s *search[K]) scout() {
	var some []K
	for _, w := range s.workers {
		some = w.next.appendTo(w.level.appendTo(some))
	}
	w := s.workers[0]
	w.scouts, w.order.off = true, true
	few := min(max(int(s.states()/scoutShare/64), 16), 2048)
	for left := int(s.states() / scoutShare); left > 0 && len(some) > 0; left -= len(some) {
		some = sample(some, few)
		w.forget()
		for i := 0; i < len(some); i += aheadStates {
			w.expand(some[i:min(i+aheadStates, len(some))])
		}
		some = some[:0]
		for i := range w.out {
			some = w.out[i].appendTo(some)
		}
		f := &w.pack.fields[w.m.violated]
		for i := range some {
			unscramble(&some[i])
		}
		some = slices.DeleteFunc(some, func(key K) bool { return getField(&key, &f.field) != 0 })
		if s.misfit(); s.lim.now() != "" {
			return
		}
	}
}

// scoutShare: scouts expand so many times less states than the pass had.
const scoutShare = 8

// sample is every so many-th element of the list, n in all, or the list.
func sample[E any](list []E, n int) []E {
	if len(list) <= n {
		return list
	}
	out := make([]E, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}

// states is how many are stored.
func (s *search[K]) states() (n int64) {
	for _, w := range s.workers {
		n += int64(w.table.n)
	}
	return n
}

// begin stores the first state.
func (s *search[K]) begin() {
	m := s.workers[0].m
	start := m.start()
	s.races = m.anyPlain && !m.ignored[raceRank]
	w := s.workers[0]
	key := toWords[K](w.pack, start, &w.misfits)
	if len(w.misfits) > 0 {
		return
	}
	w.found(&key)
	for _, w := range s.workers {
		w.receive()
	}
	w.forget()
}

// runTo keeps all states by level until one violates the property, and then goes
// back from it: in each level there is a state that leads on. The states on the
// way are those of the reduced graph; the run is found by looking, from the
// start, for moves to states that are reduced to them. It is asked only of a
// search that has seen the violation, with one worker.
func (s *search[K]) runTo(rank int) []Move {
	w := s.workers[0]
	defer s.free()
	s.sought, s.target = rank, nil
	s.keep = true
	s.begin()
	for f := (&finding{}); s.target == nil && s.level(f); {
	}
	if s.target == nil {
		return nil // a value did not fit
	}
	way, levels := []K{*s.target}, s.levels
	s.keep, s.target = false, nil
	if n := len(levels); n > 0 && slices.Contains(levels[n-1], way[0]) {
		levels = levels[:n-1] // a run ends in the target, and not with a step to it
	}
	for _, level := range slices.Backward(levels) {
		for i := range level {
			if w.leadsTo(&level[i], &way[len(way)-1]) {
				way = append(way, level[i])
				break
			}
		}
	}
	slices.Reverse(way)
	return w.movesAlong(way[1:])
}

// leadsTo reports whether a state is among the successors of another.
func (w *worker[K]) leadsTo(from, to *K) (found bool) {
	w.forget()
	w.expand([]K{*from})
	sought := *to
	scramble(&sought)
	for i := range w.out {
		w.out[i].each(func(some []K) { found = found || slices.Contains(some, sought) })
	}
	return found
}

// movesAlong are the moves of a run, from the start, through states that are
// reduced to those of the way.
func (w *worker[K]) movesAlong(way []K) []Move {
	moves := []Move{}
	s := w.m.start()
	for i := range way {
		found := false
		w.m.successors(slices.Clone(s), func(mv Move, next state) bool {
			key := toWords[K](w.pack, next, &w.misfits)
			if w.alike.reduce(&key, &w.misfits); key == way[i] {
				found = true
				moves = append(moves, mv)
				copy(s, next)
			}
			return !found
		})
		if !found {
			panic("checker: internal error: a state that was found has lost its way back")
		}
	}
	return moves
}

// owner is the worker that stores the scrambled state.
func (s *search[K]) owner(key *K) *worker[K] {
	return s.workers[(*key)[0]>>1&0xffff*uint64(len(s.workers))>>16]
}

// level expands all states of a level; false if it was the last or the search
// is over.
func (s *search[K]) level(f *finding) bool {
	left := 0
	for _, w := range s.workers {
		if w.level, w.next, w.grew = w.next, w.level, false; s.keep {
			s.levels = append(s.levels, w.level.appendTo(nil))
		}
		left += w.level.len()
	}
	if left == 0 {
		return false
	}
	for left > 0 {
		s.parallel((*worker[K]).round)
		s.parallel((*worker[K]).receive)
		if s.target != nil || s.misfit() {
			return false
		}
		left = 0
		var memory int64
		ahead := 0
		for _, w := range s.workers {
			left += w.level.len()
			ahead += w.next.len()
			memory += w.memory()
		}
		f.stopped = cmp.Or(s.lim.stop(0, memory), s.lim.now())
		for _, w := range s.workers {
			f.stopped = cmp.Or(f.stopped, w.stopped)
		}
		if f.stopped != "" {
			return false
		}
		s.lim.progress("exploring", int(s.states()), left+ahead, f.depth, memory)
	}
	more, grew := false, false
	for _, w := range s.workers {
		more = more || w.next.len() > 0
		grew = grew || w.grew
	}
	if grew {
		f.depth++
	}
	s.reconsiderOrder()
	if f.ended = s.lim.cfg.FirstViolation && s.stepViolates(); f.ended {
		return false
	}
	if most := s.lim.cfg.MaxStates; more && most > 0 && s.states() > most {
		f.stopped = StoppedByStates
		return false
	}
	return more
}

// enoughTries is in how many states somebody is looked for to go first before it
// is judged what that is worth: if that is in less than two of five, about as many
// states are found without, and sooner.
const enoughTries = 1 << 14

// reconsiderOrder ends the reduction of orders where it is not worth its time.
// Levels are the same for any number of workers, so this comes at the same level.
func (s *search[K]) reconsiderOrder() {
	var tried, found int64
	for _, w := range s.workers {
		tried, found = tried+w.order.tried, found+w.order.found
	}
	if tried >= enoughTries && 5*found < 2*tried {
		for _, w := range s.workers {
			w.order.off = true
		}
	}
}

// parallel runs f for each worker at once.
func (s *search[K]) parallel(f func(*worker[K])) {
	if len(s.workers) == 1 {
		f(s.workers[0])
		return
	}
	var wg sync.WaitGroup
	for _, w := range s.workers {
		wg.Go(func() { f(w) })
	}
	wg.Wait()
}

// misfit tells the packing of the values that did not fit it, and whether there
// were any.
func (s *search[K]) misfit() bool {
	for _, w := range s.workers {
		for _, c := range w.misfits {
			s.pack.learnMisfit(c)
			s.unfit = true
		}
		w.misfits = w.misfits[:0]
	}
	return s.unfit
}

// collect puts together what the workers have found.
func (s *search[K]) collect(f *finding) {
	m := s.workers[0].m
	f.states, f.executed, f.covered, f.notes = s.states(), m.executed, m.covered, m.notes
	for _, w := range s.workers {
		f.transitions += w.transitions
		f.stuck.union(w.stuck)
		for i, v := range w.violated {
			f.violated[i] = f.violated[i] || v
		}
		for i, e := range w.m.executed {
			f.executed[i] = f.executed[i] || e
		}
		for i, c := range w.m.covered {
			f.covered[i] = f.covered[i] || c
		}
		for p, n := range w.m.notes {
			if f.notes[p] == nil || compareNotes(n, f.notes[p]) < 0 {
				f.notes[p] = n
			}
		}
	}
	s.pack.sym.spread(&f.stuck)
	f.stuckHang = f.violated[spec.Hang.Rank()]
	f.endless = f.stopped == "" && !f.ended && s.mayCycle()
	f.reduced = s.workers[0].futures != nil
	for _, w := range s.workers {
		f.surprised = f.surprised || w.surprised
	}
}

// stepViolates reports whether a step has violated something, which the end of a
// run does not.
func (s *search[K]) stepViolates() bool {
	for _, w := range s.workers {
		for rank, v := range w.violated {
			if v && !liveness(spec.Properties[rank]) {
				return true
			}
		}
	}
	return false
}

func (w *worker[K]) memory() int64 {
	sum := w.table.memory() + w.pool.bytes + int64(8*len(w.to)*cap(w.uniques.keys))
	for t := range w.trees {
		sum += w.trees[t].memory()
	}
	return sum
}

// free gives the tables back.
func (s *search[K]) free() {
	for _, w := range s.workers {
		w.table.free()
	}
}

// interrupted is asked while one state is expanded, which can have very many
// successors.
func (w *worker[K]) interrupted() bool {
	if w.search.target != nil {
		w.stopped = StoppedByInterrupt
		return true
	}
	if w.calls++; w.calls%256 == 0 && w.stopped == "" {
		n := int64(len(w.search.workers))
		switch cfg := w.search.lim.cfg; {
		case cfg.MaxStates > 0 && n*int64(w.table.n) > cfg.MaxStates+farTooMany:
			w.stopped = StoppedByStates
		case n*w.memory() > cfg.maxMemory():
			w.stopped = StoppedByMemory
		default:
			w.stopped = w.search.lim.now()
		}
	}
	return w.stopped != ""
}

// farTooMany is by how many states a level may go beyond the limit before even
// it is not brought to its end.
const farTooMany = 1 << 16

// round expands some states.
func (w *worker[K]) round() {
	w.forget()
	s := w.search
	most := min(max(roundBytes, w.table.memory()/8), s.lim.cfg.maxMemory()/int64(8*len(s.workers)))
	for int64(w.outs)*int64(8*len(w.to)) <= most {
		some := w.level.pop()
		if len(some) == 0 {
			return
		}
		if !w.expand(some) || s.target != nil {
			w.level.full = append(w.level.full, some)
			return
		}
		w.pool.put(some)
	}
}

// forget drops the successors that have been stored.
func (w *worker[K]) forget() {
	for i := range w.out {
		w.out[i].drop(&w.pool)
	}
	w.outs = 0
}

// receive stores what is its own of what all workers have found. It goes from part
// to part of the table, which must not grow too full where it begins: so room is
// made before, for as many as are likely to be new.
func (w *worker[K]) receive() {
	own := w.id << partBits
	all, stored := 0, w.table.n
	for _, o := range w.search.workers {
		for part := range 1 << partBits {
			all += o.out[own|part].len()
		}
	}
	if all == 0 {
		return
	}
	w.table.expect(uint64(w.fresh * float64(all)))
	u := &w.uniques
	for part := range 1 << partBits {
		most := 0
		for _, o := range w.search.workers {
			most += o.out[own|part].len()
		}
		if most == 0 {
			continue
		}
		u.reset(most)
		for _, o := range w.search.workers {
			o.out[own|part].each(u.add)
		}
		for i := 0; i < len(u.keys); i += batchStates {
			w.store(u.keys[i:min(i+batchStates, len(u.keys))])
		}
	}
	w.fresh = float64(w.table.n-stored) / float64(all)
}

// expand finds the successors of some states; false if a value does not fit, or
// the machine was interrupted. Thread by thread it is looked up what can be done in
// all of them, so that a tree stays near while it is used.
func (w *worker[K]) expand(some []K) bool {
	n := len(w.trees)
	for t := range w.trees {
		tree := &w.trees[t]
		tree.walkAll(&w.pack.blocks[t].field, some, &w.descent)
		for i, k := range w.descent.links[:len(some)] {
			lf := tree.leaf(k)
			if lf == nil {
				if lf = w.ask(t, &some[i]); lf == nil {
					if !w.scouts {
						return false
					}
					lf = &leaf[K]{access: -1, stateInfo: stateInfo{pruned: true}}
				}
			}
			w.ahead[i*n+t] = lf
		}
	}
	for i := range some {
		w.leaves = w.ahead[i*n : (i+1)*n]
		w.alike.from(&some[i])
		if !w.expandOne(&some[i]) {
			return false
		}
	}
	return true
}

// expandOne finds the successors of a state, with what the threads can do there,
// and judges it.
func (w *worker[K]) expandOne(key *K) bool {
	var info stateInfo
	access := false
	for _, lf := range w.leaves {
		info.steps = info.steps || lf.steps
		info.pruned = info.pruned || lf.pruned
		info.migrates = info.migrates || lf.migrates
		access = access || lf.plain
	}
	if access && w.search.races && w.isRace(key) {
		return true
	}
	first := nobody
	if w.futures != nil {
		first = w.order.prefer(key)
	}
	for t, lf := range w.leaves {
		if first != nobody && t != first {
			continue
		}
		if lf.direct {
			if !w.interpret(t, key) {
				return false
			}
			continue
		}
		w.transitions += int64(len(lf.moves))
		for i := range lf.moves {
			if w.apply(&lf.moves[i], key, &w.to) {
				w.found(&w.to)
			} else if !w.scouts {
				return false
			}
		}
	}
	if !info.steps && !info.pruned {
		w.terminal(key, info)
	}
	return true
}

// found hands a successor to its owner; key is overwritten.
func (w *worker[K]) found(key *K) {
	n := len(w.misfits)
	if w.alike.reduce(key, &w.misfits); len(w.misfits) > n {
		return
	}
	scramble(key)
	w.out[w.search.owner(key).id<<partBits|int((*key)[0]>>(64-partBits))].push(&w.pool, key)
	w.outs++
}

// terminal judges a state in which nothing can step.
func (w *worker[K]) terminal(key *K, info stateInfo) {
	fromWords(w.pack, key, w.s)
	prop := w.m.terminal(w.s, info)
	if prop == "" {
		return
	}
	w.violate(prop.Rank(), key)
	if prop != spec.Leak {
		for _, t := range w.m.stuckThreads(w.s) {
			w.stuck.add(t)
		}
	}
}

// violate records a violation, and where one was that is sought.
func (w *worker[K]) violate(rank int, key *K) {
	w.violated[rank] = true
	if s := w.search; s.keep && rank == s.sought && s.target == nil {
		target := *key
		s.target = &target
	}
}

// isRace notes the plain races of the state; true if they count as violations and
// there is one.
func (w *worker[K]) isRace(key *K) (violation bool) {
	races(w.leaves, func(t, u int) {
		pair := [2]*leaf[K]{w.leaves[t], w.leaves[u]}
		if violation = w.m.strict; violation || w.noted[pair] {
			return
		}
		w.noted[pair] = true
		fromWords(w.pack, key, w.s)
		w.noteRace(w.m.raceNote(w.s, t, u))
		if y := w.pack.sym; !y.none() && y.of[t].rep == y.of[u].rep && y.of[t].class >= 0 {
			w.noteRace(w.m.raceNote(w.s, u, t)) // they could have changed places
		}
	})
	if violation {
		w.violate(raceRank, key)
	}
	return violation
}

func (w *worker[K]) noteRace(n *noteCase) {
	if old := w.m.notes[spec.PlainRace]; old == nil || compareNotes(n, old) < 0 {
		w.m.notes[spec.PlainRace] = n
	}
}

// races finds threads that are about to access the same memory, one of them by
// plain C and one of them writing.
func races[K words](leaves []*leaf[K], found func(t, u int)) {
	for t, a := range leaves {
		if a.access < 0 {
			continue
		}
		for u := t + 1; u < len(leaves); u++ {
			if b := leaves[u]; a.access == b.access && (a.plain || b.plain) && (a.writes || b.writes) {
				found(t, u)
			}
		}
	}
}

// store adds some states to the table. A first touch of where they belong comes
// before all else, and the touches without anything between them, so that the
// memory they need is fetched for all of them at once.
func (w *worker[K]) store(found []K) {
	w.sum += w.table.touch(found)
	f := &w.pack.fields[w.m.violated]
	for i := range found {
		key := &found[i]
		if !w.table.add(key) {
			continue
		}
		w.grew = true
		unscramble(key)
		if v := f.decode(getField(key, &f.field)); v != 0 {
			w.violate(int(v-1), key)
			continue
		}
		w.next.push(&w.pool, key)
	}
}

// interpret takes the moves of a thread that are too many to keep.
func (w *worker[K]) interpret(t int, key *K) bool {
	return w.each(t, key, func(_ Move, to *K) bool {
		w.found(to)
		w.transitions++
		return !w.interrupted()
	})
}

// uniques drops what has been found before, among the few states of a part.
type uniques[K words] struct {
	keys []K
	at   []uint32 // by a few bits of the first word, and on from there: 1 + where in keys
	mask uint64
}

// reset drops all, and makes room for so many.
func (u *uniques[K]) reset(most int) {
	u.keys = slices.Grow(u.keys[:0], most)
	size := 64
	for size < 2*most {
		size *= 2
	}
	if size > cap(u.at) {
		u.at = make([]uint32, size)
	}
	u.at = u.at[:size]
	u.mask = uint64(size - 1)
	clear(u.at)
}

// add adds those that are new.
func (u *uniques[K]) add(some []K) {
	for i := range some {
		u.addOne(&some[i])
	}
}

func (u *uniques[K]) addOne(key *K) {
	for i := (*key)[0] >> 16; ; i++ {
		at := &u.at[i&u.mask]
		if *at == 0 {
			u.keys = push(u.keys, key)
			*at = uint32(len(u.keys))
			return
		}
		if u.keys[*at-1] == *key {
			return
		}
	}
}
