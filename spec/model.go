package spec

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync/atomic"
)

// A Model is a C file that has been read and found to be within the language:
// a strategy, or any other small concurrent program. Build makes a Prog of it.
type Model struct {
	Name   string // the file's name without .c
	File   string // the file's name, without its folder
	Path   string // as it was given to Load; empty for a built-in strategy
	Title  string
	Source []string // where the scheme is from
	Learn  []string // what to learn from it
	Expect []Expectation
	Text   string

	dir      fs.FS // the folder of the file, for its own #include "x.h"
	hasRoles bool
	first    *firstProg // nil for a mutant
	mutation *Mutation  // what it is without, or nil
}

// A firstProg is the program that Load has built: the first who builds the same
// gets it.
type firstProg struct{ atomic.Pointer[Prog] }

// take is the program, if it is of the scenario and nobody has it yet.
func (f *firstProg) take(s Scenario) *Prog {
	if f == nil {
		return nil
	}
	if p := f.Load(); p != nil && p.Scenario == s && f.CompareAndSwap(p, nil) {
		return p
	}
	return nil
}

// An Expectation is a line "// mc: expect SCENARIO VERDICT [PROPERTY]".
type Expectation struct {
	Scenario string // "*" for all
	Verdict  string // "verified", "violated" or "inconclusive"
	Property string // with "violated", if named: one of those violated
	Line     int
}

func (e Expectation) String() string {
	if e.Property == "" {
		return e.Verdict
	}
	return e.Verdict + " " + e.Property
}

// maxSource is how large a model's file may be, in bytes.
const maxSource = 256 << 10

// Load reads the model in the named file of fsys. Local includes are looked up
// beside it. The error, if the text is at fault, is an ErrorList.
func Load(fsys fs.FS, name string) (*Model, error) {
	text, err := readSource(fsys, name)
	if err != nil {
		return nil, err
	}
	dir, err := fs.Sub(fsys, path.Dir(name))
	if err != nil {
		return nil, err
	}
	base := path.Base(name)
	m := &Model{Name: strings.TrimSuffix(base, ".c"), File: base, Path: name, Text: text, dir: dir}
	if err := m.parseDirectives(); err != nil {
		return nil, err
	}
	// Build it once, so that whoever holds a Model knows that it can be built: for
	// the smallest machine, too, if that may lack the CPU of one of its threads.
	b, err := m.lower(Battery()[0])
	if err != nil {
		return nil, err
	}
	m.hasRoles = len(b.roles) > 0
	if smallest := (Scenario{Name: "basic", Getters: 1, Gets: 1, Unloaders: 1}); m.hasRoles && b.cpusOfThreads() > smallest.CPUs() {
		if _, err := m.lower(smallest); err != nil {
			return nil, err
		}
	}
	m.first = &firstProg{}
	m.first.Store(b.p)
	return m, nil
}

// MustLoad is like Load but panics, for tests and package variables.
func MustLoad(fsys fs.FS, name string) *Model {
	m, err := Load(fsys, name)
	if err != nil {
		panic(err)
	}
	return m
}

func readSource(fsys fs.FS, name string) (string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return "", fmt.Errorf("%s: %w", name, err)
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.IsDir() {
		return "", fmt.Errorf("%s: is a folder: name a C file in it", name)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSource+1))
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > maxSource {
		return "", fmt.Errorf("%s: is larger than %d KiB: a model is a small program", name, maxSource>>10)
	}
	for i, c := range data {
		if c == 0 || c >= 0x80 && !validUTF8(data) {
			line := 1 + strings.Count(string(data[:i]), "\n")
			return "", fmt.Errorf("%s:%d: is not text: found the byte %#02x", name, line, c)
		}
	}
	if strings.TrimSpace(string(data)) == "" {
		return "", fmt.Errorf("%s: is empty", name)
	}
	return string(data), nil
}

// Scenarios returns the scenarios the model is checked in by default.
func (m *Model) Scenarios() []Scenario {
	if !m.hasRoles {
		return []Scenario{{Name: ThreadsScenario}}
	}
	return Battery()
}

// Build makes the program of the model for the scenario. A model without roles
// has the scenario ThreadsScenario only.
func (m *Model) Build(s Scenario) (*Prog, error) {
	if err := m.validate(s); err != nil {
		return nil, err
	}
	if p := m.first.take(s); p != nil {
		return p, nil
	}
	return m.build(s)
}

// validate refuses scenarios that are none of the model's.
func (m *Model) validate(s Scenario) error {
	if m.hasRoles == (s.Name == ThreadsScenario) {
		if m.hasRoles {
			return fmt.Errorf("%s has roles: its scenarios are %s", m.Name, strings.Join(ScenarioNames(), ", "))
		}
		return fmt.Errorf("%s has threads of its own and no roles: its only scenario is %q", m.Name, ThreadsScenario)
	}
	return s.Validate()
}

// Expected returns what the file expects of the scenario: the last of its
// expectations that applies, a named one before "*". Nil means it does not say.
func (m *Model) Expected(scenario string) *Expectation {
	var star, named *Expectation
	for i := range m.Expect {
		switch e := &m.Expect[i]; e.Scenario {
		case "*":
			star = e
		case scenario:
			named = e
		}
	}
	if named != nil {
		return named
	}
	return star
}
