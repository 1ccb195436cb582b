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
// on how many workers there are.

// A finding is what a search has found out.
type finding struct {
	states, transitions int64
	depth               int
	violated            [maxRank]bool
	stuck               threadSet // who must finish and is left unfinished at the end of some run
	notes               map[spec.Property]*Note
	executed, covered   []bool
	stopped             string
	// stuckHang: the hang, if there is one, is a state in which nothing can step.
	stuckHang bool
	// endless: that a run goes on for ever could not be ruled out.
	endless bool
}

const maxRank = 32

// A searcher is one pass of the search.
type searcher interface {
	// run searches. most, if not 0, is how many states may be found before it
	// gives up.
	run(most int) (f *finding, end passEnd)
	// runTo is a shortest run to a state that violates a property.
	runTo(rank int) []Move
	// simplest is the simplest run; see the type simplest.
	simplest(g goal) (r simplestRun, ok bool)
}

// A passEnd says how a pass ended.
type passEnd int

const (
	passDone   passEnd = iota
	passMisfit         // a value did not fit the packing, which now knows of it
	passLarge          // there are more states than wanted
)

// newSearcher makes a search on states of as many words as the packing needs.
func newSearcher(p *spec.Prog, r rules, pack *packing, lim *limits, workers int) searcher {
	switch n := pack.words; {
	case n <= 1:
		return newSearch[[1]uint64](p, r, pack, lim, workers)
	case n <= 2:
		return newSearch[[2]uint64](p, r, pack, lim, workers)
	case n <= 3:
		return newSearch[[3]uint64](p, r, pack, lim, workers)
	case n <= 4:
		return newSearch[[4]uint64](p, r, pack, lim, workers)
	case n <= 5:
		return newSearch[[5]uint64](p, r, pack, lim, workers)
	case n <= 6:
		return newSearch[[6]uint64](p, r, pack, lim, workers)
	case n <= 8:
		return newSearch[[8]uint64](p, r, pack, lim, workers)
	case n <= 16:
		return newSearch[[16]uint64](p, r, pack, lim, workers)
	case n <= 64:
		return newSearch[[64]uint64](p, r, pack, lim, workers)
	}
	return newSearch[[maxWords]uint64](p, r, pack, lim, workers)
}

// A search is one pass.
type search[K words] struct {
	pack    *packing
	lim     *limits
	workers []*worker[K]
	// races are looked for: until one is noted, or always where they count.
	races bool
	// levels, if not nil, keeps the states of each level.
	levels [][]K
	keep   bool
	// sought, with keep, is the rank of the property whose first violation ends
	// the search.
	sought int
}

// A worker stores and expands the states that are its own.
type worker[K words] struct {
	oracle[K]
	search *search[K]
	id     int
	table  *table[K]

	level, next []K // states to expand, of this level and of the next
	done        int // of level

	own    []K   // successors found that are its own
	other  [][]K // and those of each worker
	hashes []uint64
	leaves []*leaf[K] // of the state being expanded, by thread

	grew        bool // a state was added in this level
	transitions int64
	violated    [maxRank]bool
	stuck       threadSet
	race        *Note
	stopped     string // the limit that ended this worker's round
	calls       int
	sum         byte // keeps the touches in flush from being optimised away
}

func newSearch[K words](p *spec.Prog, r rules, pack *packing, lim *limits, workers int) *search[K] {
	s := &search[K]{pack: pack, lim: lim}
	for id := range workers {
		w := &worker[K]{
			oracle: newOracle[K](newMachine(p, r), pack), search: s, id: id, table: newTable[K](pack),
			other: make([][]K, workers), leaves: make([]*leaf[K], len(p.Threads)),
		}
		w.m.interrupted = w.interrupted
		s.workers = append(s.workers, w)
	}
	return s
}

// roundStates is how many states each worker expands between two looks at the
// limits.
const roundStates = 1 << 12

// run explores until all states are known or a limit is reached.
func (s *search[K]) run(most int) (*finding, passEnd) {
	f := &finding{}
	s.begin()
	for s.level(f) {
		if most > 0 && s.states() > int64(most) {
			return nil, passLarge
		}
	}
	if s.misfit() {
		return nil, passMisfit
	}
	s.collect(f)
	return f, passDone
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
	for slot, v := range start {
		if !s.pack.fits(slot, v) {
			s.workers[0].misfits = append(s.workers[0].misfits, slotChange{slot: slot, to: v})
		}
	}
	if len(s.workers[0].misfits) > 0 {
		return
	}
	key := toWords[K](s.pack, start)
	first := s.workers[s.owner(hash(&key))]
	first.own = append(first.own, key)
	first.flush()
}

// runTo keeps all states by level until one violates the property, and then
// goes back from it: in each level there is a state that leads on. It is asked
// only of a search that has seen the violation, with one worker.
func (s *search[K]) runTo(rank int) []Move {
	w := s.workers[0]
	f := &finding{}
	s.keep, s.sought = true, rank
	s.begin()
	for !w.violated[rank] && s.level(f) {
	}
	var moves []Move
	var to K // the state sought
	ends := func(st state) bool {
		if st[w.m.violated] != 0 {
			return int(st[w.m.violated]-1) == rank
		}
		info := w.m.successors(st, func(Move, state) bool { return true })
		prop := w.m.terminal(st, info)
		return prop != "" && prop.Rank() == rank || rank == raceRank && w.m.checkRaces(st) != nil
	}
	st := make(state, w.m.size)
	// What led to it is the state that was being expanded, or is in the same
	// batch of successors.
	s.levels = append(s.levels, w.level[:min(w.done+1, len(w.level))])
	known := false
	for _, level := range slices.Backward(s.levels) {
		for i := len(level) - 1; i >= 0; i-- {
			fromWords(s.pack, &level[i], st)
			if !known {
				if ends(st) {
					known, to = true, level[i]
					break
				}
			}
			var move *Move
			end := false
			w.m.successors(st, func(mv Move, next state) bool {
				if !known && next[w.m.violated] != 0 && int(next[w.m.violated]-1) == rank || known && toWords[K](s.pack, next) == to {
					move, end = &mv, true
				}
				return !end
			})
			if move != nil {
				moves = append(moves, *move)
				known, to = true, level[i]
				break
			}
		}
	}
	slices.Reverse(moves)
	return moves
}

func (s *search[K]) owner(h uint64) int {
	return int(h & 0xffff % uint64(len(s.workers)))
}

// level expands all states of a level; false if it was the last or the search
// is over.
func (s *search[K]) level(f *finding) bool {
	left := 0
	for _, w := range s.workers {
		if s.keep {
			s.levels = append(s.levels, w.level)
			w.level = nil
		}
		w.level, w.next, w.done, w.grew = w.next, w.level[:0], 0, false
		left += len(w.level)
	}
	if left == 0 {
		return false
	}
	for left > 0 {
		s.parallel((*worker[K]).round)
		s.parallel((*worker[K]).receive)
		if s.misfit() {
			return false
		}
		left = 0
		var memory int64
		ahead := 0
		for _, w := range s.workers {
			left += len(w.level) - w.done
			ahead += len(w.next)
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
	s.noteRace(f)
	more, grew := false, false
	for _, w := range s.workers {
		more = more || len(w.next) > 0
		grew = grew || w.grew
	}
	if grew {
		f.depth++
	}
	if most := s.lim.cfg.MaxStates; more && most > 0 && s.states() > most {
		f.stopped = StoppedByStates
		return false
	}
	return more
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

// misfit tells the packing of the values that did not fit it, if there are any.
func (s *search[K]) misfit() bool {
	found := false
	for _, w := range s.workers {
		for _, c := range w.misfits {
			s.pack.see(c.slot, c.to)
			found = true
		}
	}
	return found
}

// noteRace keeps, of the plain races of the first level that has one, the first
// in order.
func (s *search[K]) noteRace(f *finding) {
	for _, w := range s.workers {
		if w.race == nil {
			continue
		}
		s.races = false
		if n := s.workers[0].m.notes; n[spec.PlainRace] == nil || compareNotes(w.race, n[spec.PlainRace]) < 0 {
			n[spec.PlainRace] = w.race
		}
	}
}

// compareNotes orders notes of one property.
func compareNotes(a, b *Note) int {
	return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col), cmp.Compare(a.Message, b.Message))
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
	f.stuckHang = f.violated[spec.Hang.Rank()]
	f.endless = f.stopped == "" && s.mayCycle()
}

func (w *worker[K]) memory() int64 {
	words := int64(len(*new(K))) * 8
	n := cap(w.level) + cap(w.next) + cap(w.own)
	for i := range w.other {
		n += cap(w.other[i])
	}
	return w.table.memory() + words*int64(n)
}

// interrupted is asked while one state is expanded, which can have very many
// successors.
func (w *worker[K]) interrupted() bool {
	if w.search.keep && w.violated[w.search.sought] {
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
	for i := range w.other {
		w.other[i] = w.other[i][:0]
	}
	end := min(w.done+roundStates, len(w.level))
	for ; w.done < end; w.done++ {
		if !w.expand(&w.level[w.done]) || w.search.keep && w.violated[w.search.sought] {
			return
		}
		if len(w.own) >= batchStates {
			w.flush()
		}
	}
	w.flush()
}

// receive takes what other workers have found.
func (w *worker[K]) receive() {
	for _, o := range w.search.workers {
		for i := range o.other[w.id] {
			w.own = append(w.own, o.other[w.id][i])
			if len(w.own) >= batchStates {
				w.flush()
			}
		}
	}
	w.flush()
}

// expand finds the successors of a state; false if a value does not fit.
func (w *worker[K]) expand(key *K) bool {
	var info stateInfo
	access := false
	for t := range w.trees {
		lf := w.ask(t, key)
		if lf == nil {
			return false
		}
		w.leaves[t] = lf
		info.steps = info.steps || lf.steps
		info.pruned = info.pruned || lf.pruned
		info.migrates = info.migrates || lf.migrates
		access = access || lf.plain
	}
	if access && w.search.races && w.isRace(key) {
		return true
	}
	for t, lf := range w.leaves {
		if lf.direct {
			if !w.interpret(t, key) {
				return false
			}
			continue
		}
		for i := range lf.moves {
			to := lf.moves[i].apply(key)
			w.found(&to)
		}
		w.transitions += int64(len(lf.moves))
	}
	if !info.steps && !info.pruned {
		w.terminal(key, info)
	}
	return true
}

// found hands a successor to its owner.
func (w *worker[K]) found(key *K) {
	if len(w.search.workers) > 1 {
		if o := w.search.owner(hash(key)); o != w.id {
			w.other[o] = append(w.other[o], *key)
			return
		}
	}
	w.own = append(w.own, *key)
}

// terminal judges a state in which nothing can step.
func (w *worker[K]) terminal(key *K, info stateInfo) {
	fromWords(w.pack, key, w.s)
	prop := w.m.terminal(w.s, info)
	if prop == "" {
		return
	}
	w.violated[prop.Rank()] = true
	if prop != spec.Leak {
		for _, t := range w.m.stuckThreads(w.s) {
			w.stuck.add(t)
		}
	}
}

// isRace reports whether the state is one of a plain race that counts as a
// violation; otherwise a race is only noted.
func (w *worker[K]) isRace(key *K) bool {
	if !isRace(w.leaves) {
		return false
	}
	if w.m.strict {
		w.violated[raceRank] = true
		return true
	}
	fromWords(w.pack, key, w.s)
	if n := w.m.raceNote(w.s); w.race == nil || compareNotes(n, w.race) < 0 {
		w.race = n
	}
	return false
}

// isRace reports whether two threads are about to access the same memory, one of
// them by plain C and one of them writing.
func isRace[K words](leaves []*leaf[K]) bool {
	for t, a := range leaves {
		for u, b := range leaves {
			if t != u && a.plain && a.access == b.access && (a.writes || b.writes) {
				return true
			}
		}
	}
	return false
}

// batchStates is how many successors are added to the table together.
const batchStates = 64

// flush adds the successors found to the table. Their hashes, and a first touch
// of where they belong, come before all else, so that the memory they need is
// fetched for all of them at once.
func (w *worker[K]) flush() {
	w.hashes = w.hashes[:0]
	for i := range w.own {
		h := hash(&w.own[i])
		w.hashes = append(w.hashes, h)
		w.sum += w.table.touch(h)
	}
	f := &w.pack.fields[w.m.violated]
	for i := range w.own {
		key := &w.own[i]
		if !w.table.add(key, w.hashes[i]) {
			continue
		}
		w.grew = true
		if v := f.decode((*key)[f.word] >> f.shift & f.mask); v != 0 {
			w.violated[v-1] = true
			continue
		}
		w.next = append(w.next, *key)
	}
	w.own = w.own[:0]
}

// interpret takes the moves of a thread that are too many to keep.
func (w *worker[K]) interpret(t int, key *K) bool {
	return w.each(t, key, func(_ Move, to *K) bool {
		w.found(to)
		w.transitions++
		if len(w.own) >= batchStates {
			w.flush()
		}
		return !w.interrupted()
	})
}
