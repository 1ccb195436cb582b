package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"modernc.org/cc/v4"
)

// This file is the interface of mutations: a model with one of the things taken
// away that it does for safety, to see what breaks. Where there is something to
// take away is found while the model is lowered: mutate_tree.go finds what is a
// statement, a condition or a call in the syntax tree, mutate_code.go what is an
// instruction or a pair of them. Only the model's own text is mutated, not the
// library and not the harness.

// A MutationKind says what a mutation takes away.
type MutationKind string

// The kinds of mutation.
const (
	// A pair: what is taken, and given up again on every way from there.
	MutLock    MutationKind = "lock"    // a lock is not taken
	MutPreempt MutationKind = "preempt" // preemption stays on
	MutIRQ     MutationKind = "irq"     // interrupts stay on
	MutReader  MutationKind = "reader"  // there is no read-side section of RCU

	MutBarrier MutationKind = "barrier" // a fence is left out
	MutGrace   MutationKind = "grace"   // a grace period is not waited for
	MutWait    MutationKind = "wait"    // a sleep or a spin is left out
	MutAtOnce  MutationKind = "at-once" // what is handed to others to be run is called instead

	MutCheck MutationKind = "check" // a condition always has the same outcome
	MutRetry MutationKind = "retry" // a loop does not go round again
	MutSplit MutationKind = "split" // an atomic operation is a load and a store
	MutSwap  MutationKind = "swap"  // two accesses, one after the other, change places
)

// MutationKinds lists the kinds, in the order in which mutations of one place
// are listed.
var MutationKinds = []MutationKind{
	MutLock, MutPreempt, MutIRQ, MutReader, MutBarrier, MutGrace, MutWait, MutAtOnce, MutCheck, MutRetry, MutSplit, MutSwap,
}

// A Mutation takes one thing away from a model.
type Mutation struct {
	Kind MutationKind
	// ID names it among those of its model: "lock@97:2", with the file in
	// front where it is not the model's own, and a number behind for another
	// of the kind at the same place: "rcu.c:check@65:6#2". It stays the same
	// as long as the text does.
	ID string
	// File, Line and Col are where the text has it.
	File      string
	Line, Col int
	// Text says what is different, in words of the source: "without
	// mutex_lock(&m) ... mutex_unlock(&m)".
	Text string
	// Lines are all lines it touches, its own among them, in order.
	Lines []MutationLine
	// Note is what the text itself says of it, by "// mc: why" above its line.
	Note string

	sites  []site
	parses *parseCache // of the model's mutants
}

// A MutationLine is a line of the model's text.
type MutationLine struct {
	File string
	Line int
}

// Mutations lists what can be taken away from the model, in the order of the
// text. What is only part of the programs of some scenarios is found in those,
// so the ones that matter are named; without any, those of Scenarios are meant.
func (m *Model) Mutations(scenarios ...Scenario) ([]Mutation, error) {
	if len(scenarios) == 0 {
		scenarios = m.Scenarios()
	}
	f := newFinder()
	parses := &parseCache{asts: map[string]*cc.AST{}}
	same := m.Without(Mutation{parses: parses})
	for _, s := range scenarios {
		if err := m.validate(s); err != nil {
			return nil, err
		}
		b, err := same.lower(s)
		if err != nil {
			return nil, err
		}
		f.merge(b)
	}
	list := f.mutations(m.File)
	for i := range list {
		list[i].parses = parses
	}
	return list, nil
}

// Without is the model with the mutation, which is one of its own. It has the
// name, the text and the scenarios of the model. That a mutation leaves
// something that is no program shows when it is built.
func (m *Model) Without(mu Mutation) *Model {
	mutant := *m
	mutant.mutation, mutant.first = &mu, nil
	return &mutant
}

// progName is the name of the model's programs. That of a mutant says what it is
// without, so that a recorded run can be played again: see CutMutant.
func (m *Model) progName() string {
	if m.mutation == nil || m.mutation.ID == "" {
		return m.Name
	}
	return m.Name + mutantMark + m.mutation.ID
}

// mutantMark stands between a model's name and what it is without.
const mutantMark = "~"

// CutMutant takes the name of a program apart: that of the model, and the ID of
// what it is without, if anything.
func CutMutant(name string) (model, id string) {
	model, id, _ = strings.Cut(name, mutantMark)
	return model, id
}

// A site is a place of the model's text where something can be taken away.
type site struct {
	kind      MutationKind
	file      string
	line, col int
	n         int // counts, from 0, those of the kind at the place
}

func (s site) compare(t site) int {
	return cmp.Or(cmp.Compare(s.line, t.line), cmp.Compare(s.col, t.col),
		cmp.Compare(slices.Index(MutationKinds, s.kind), slices.Index(MutationKinds, t.kind)), cmp.Compare(s.n, t.n), cmp.Compare(s.file, t.file))
}

// at reports whether the mutation is made at the site.
func (mu *Mutation) at(s site) bool { return mu != nil && slices.Contains(mu.sites, s) }

// is reports whether the mutation is of one of the kinds.
func (mu *Mutation) is(kinds ...MutationKind) bool {
	return mu != nil && slices.Contains(kinds, mu.Kind)
}

// A finder gathers what can be taken away.
type finder struct {
	found map[site]*candidate
	pairs map[pair]bool
	text  map[string][]string // lines of files
	nodes map[site][]any      // what the sites at one place stand for, in the order of n
}

// A candidate is what can be taken away at one site.
type candidate struct {
	text  string
	lines []MutationLine // besides that of the site
	// role is, for one end of a pair, whether it takes or gives up.
	role pairRole
	more bool // it does something else besides
}

// A pair is where something is taken, and a place that gives it up.
type pair struct{ take, give site }

// A pairRole is an end of a pair.
type pairRole uint8

const (
	noPair pairRole = iota
	takes
	gives
)

func newFinder() *finder {
	return &finder{found: map[site]*candidate{}, pairs: map[pair]bool{}, text: map[string][]string{}, nodes: map[site][]any{}}
}

// number gives what stands at the site its number among those of the kind at
// that place.
func (f *finder) number(s site, what any) site {
	list := f.nodes[s]
	i := slices.Index(list, what)
	if i < 0 {
		i = len(list)
		f.nodes[s] = append(list, what)
	}
	s.n = i
	return s
}

// merge adds what the builder has found.
func (f *finder) merge(b *builder) {
	g := b.found
	for _, file := range b.p.Files {
		f.text[file.Name] = file.Lines
	}
	for s, c := range g.found {
		f.found[s] = c
	}
	for p := range g.pairs {
		f.pairs[p] = true
	}
}

// mutations makes one mutation of each site, and one of all sites that pairs
// tie together: if either of two locks may be given up by the same unlock, none
// can go alone.
func (f *finder) mutations(file string) []Mutation {
	var out []Mutation
	for _, group := range f.groups() {
		slices.SortFunc(group, site.compare)
		first := group[0]
		for _, s := range group {
			if f.found[s].role == takes {
				first = s
				break
			}
		}
		mu := Mutation{Kind: first.kind, ID: first.id(file), File: first.file, Line: first.line, Col: first.col, sites: group}
		mu.Text = f.describe(group)
		mu.Note = first.noteAbove(f.text[first.file])
		for _, s := range group {
			mu.Lines = append(mu.Lines, MutationLine{s.file, s.line})
			mu.Lines = append(mu.Lines, f.found[s].lines...)
		}
		slices.SortFunc(mu.Lines, func(a, b MutationLine) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
		})
		mu.Lines = slices.Compact(mu.Lines)
		out = append(out, mu)
	}
	slices.SortFunc(out, func(a, b Mutation) int {
		if own := func(m Mutation) bool { return m.File == file }; own(a) != own(b) {
			return cmp.Compare(truth(own(b)), truth(own(a)))
		}
		return cmp.Or(cmp.Compare(a.File, b.File), sitesOf(a).compare(sitesOf(b)))
	})
	return out
}

// sitesOf is the site that a mutation is named after.
func sitesOf(mu Mutation) site {
	for _, s := range mu.sites {
		if s.file == mu.File && s.line == mu.Line && s.col == mu.Col {
			return s
		}
	}
	return site{}
}

func (s site) id(file string) string {
	id := fmt.Sprintf("%s@%d:%d", s.kind, s.line, s.col)
	if s.file != file {
		id = s.file + ":" + id
	}
	if s.n > 0 {
		id += fmt.Sprintf("#%d", s.n+1)
	}
	return id
}

// groups lists the sites that go together. A pair of which both ends are one
// call is that call's own affair.
func (f *finder) groups() [][]site {
	with := map[site]site{} // another of its group
	var root func(s site) site
	root = func(s site) site {
		if t, ok := with[s]; ok && t != s {
			return root(t)
		}
		return s
	}
	outside := map[site]bool{} // ends of a pair that is no single call's
	for p := range f.pairs {
		if p.take != p.give {
			outside[p.take], outside[p.give] = true, true
			if a, b := root(p.take), root(p.give); a != b {
				with[a] = b
			}
		}
	}
	inside := map[site]bool{}
	for p := range f.pairs {
		inside[p.take] = inside[p.take] || p.take == p.give
	}
	members := map[site][]site{}
	for s, c := range f.found {
		if c.role == noPair || outside[s] || c.role == takes && !inside[s] {
			members[root(s)] = append(members[root(s)], s)
		}
	}
	var out [][]site
	for _, group := range members {
		out = append(out, group)
	}
	return out
}

// describe says what a mutation at the sites does.
func (f *finder) describe(group []site) string {
	if f.found[group[0]].role == noPair {
		return f.found[group[0]].text
	}
	var take, give []string
	for _, s := range group {
		list := &take
		if f.found[s].role == gives {
			list = &give
		}
		if text := f.found[s].text; !slices.Contains(*list, text) {
			*list = append(*list, text)
		}
	}
	text := "without "
	if slices.ContainsFunc(group, f.doesMore) {
		text = partText[group[0].kind]
	}
	return text + strings.Join(append(take, give...), " ... ")
}

// partText begins the text of a pair that is not all its calls are.
var partText = map[MutationKind]string{
	MutLock:    "without the lock of ",
	MutPreempt: "with preemption left on in ",
	MutIRQ:     "with interrupts left on in ",
	MutReader:  "without the read-side section of ",
}

// doesMore reports whether one end of a pair is an end of another, too, or has a
// part that is none.
func (f *finder) doesMore(s site) bool {
	if c := f.found[s]; c.more {
		return true
	}
	for _, kind := range []MutationKind{MutLock, MutPreempt, MutIRQ, MutReader} {
		t := s
		if t.kind = kind; kind != s.kind && f.found[t] != nil {
			return true
		}
	}
	return false
}

// A parseCache keeps the syntax trees of a model whose mutants are built: they
// all have the same text.
type parseCache struct {
	mu   sync.Mutex
	asts map[string]*cc.AST // by what the text knows of the scenario
}

// parse is parseC, remembered for mutants.
func (m *Model) parse(s Scenario, ncpu, threads int, isolated uint64) (*cc.AST, error) {
	if m.mutation == nil || m.mutation.parses == nil {
		return m.parseC(s, ncpu, threads, isolated)
	}
	c := m.mutation.parses
	c.mu.Lock()
	defer c.mu.Unlock()
	key := scenarioMacros(s, ncpu, threads, isolated)
	if ast := c.asts[key]; ast != nil {
		return ast, nil
	}
	ast, err := m.parseC(s, ncpu, threads, isolated)
	if err == nil {
		c.asts[key] = ast
	}
	return ast, err
}
