package spec

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"modernc.org/cc/v4"
)

// This file runs the C parser: no host compiler, no file system but the
// embedded headers and the model's own folder.

//go:embed lib
var library embed.FS

// Library returns the embedded headers, "mc.h", "linux/atomic.h", …, as a
// model includes them.
func Library() fs.FS {
	sub, err := fs.Sub(library, "lib")
	if err != nil {
		panic(err) // the folder is embedded: it is there
	}
	return sub
}

// libDir is where the parser sees the embedded headers. No model's folder can
// hold it, for a file system has no such name.
const libDir = "<mc>"

// includeFS shows the parser the embedded headers below libDir and the model's
// folder everywhere else.
type includeFS struct {
	dir, lib fs.FS
	opens    int
	err      error // what was wrong with an included file that is there
}

func (f *includeFS) Open(name string) (fs.File, error) {
	if rest, ok := strings.CutPrefix(name, libDir+"/"); ok {
		return f.lib.Open(rest)
	}
	if f.dir == nil || !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if f.opens++; f.opens > maxIncludes {
		f.err = ErrorList{{File: name, Line: 1, Col: 1, Msg: fmt.Sprintf("more than %d files are included: does one include itself?", maxIncludes)}}
		return nil, f.err
	}
	text, err := readSource(f.dir, name)
	if err == nil {
		err = guardText(name, text)
	}
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) && f.err == nil {
			f.err = err
		}
		return nil, err
	}
	return f.dir.Open(name)
}

// maxIncludes bounds how many of the model's own files are included.
const maxIncludes = 100

// displayName is a file's name as the reader knows it.
func displayName(name string) string {
	return strings.TrimPrefix(path.Clean(name), libDir+"/")
}

// maxExpansion bounds the tokens that macros may expand to, so that no text of a
// few bytes can cost much. More such bounds are in guard.go.
const maxExpansion = 1 << 20

// preamble is what the parser itself needs to find declared.
const preamble = `int __predefined_declarator;
typedef unsigned long __predefined_size_t;
typedef int __predefined_wchar_t;
typedef long __predefined_ptrdiff_t;
#define __FUNCTION__ __func__
#define __builtin_offsetof(type, member) ((unsigned long)&(((type *)0)->member))
`

// scenarioMacros are what the headers and the harness know of the scenario.
func scenarioMacros(s Scenario, ncpu, threads int, isolated uint64) string {
	var b strings.Builder
	define := func(name string, v any) { fmt.Fprintf(&b, "#define %s %v\n", name, v) }
	define("__MC__", 1)
	define("NR_CPUS", ncpu)
	define("MC_ISOLATED_CPUS", fmt.Sprintf("%dUL", isolated))
	define("MC_GETS", s.Gets)
	define("MC_NESTED", s.Nested)
	define("MC_HANDOVER", truth(s.Handover))
	define("MC_IRQ", truth(s.IRQ))
	define("MC_UNLOADERS", s.Unloaders)
	if s.AbstractStop {
		define("MC_ABSTRACT_STOP", 1)
	}
	define("MC_THREADS", threads)
	return b.String()
}

// parseC parses the model for the scenario, with the harness behind it.
func (m *Model) parseC(s Scenario, ncpu, threads int, isolated uint64) (ast *cc.AST, err error) {
	abi, err := cc.NewABI("linux", "amd64")
	if err != nil {
		return nil, err
	}
	if err := guardText(m.File, m.Text); err != nil {
		return nil, err
	}
	files := &includeFS{dir: m.dir, lib: Library()}
	cfg := &cc.Config{
		ABI:             abi,
		FS:              files,
		FSOnly:          true,
		ExpansionLimit:  maxExpansion,
		IncludePaths:    []string{"", libDir},
		SysIncludePaths: []string{libDir},
	}
	harness, err := library.ReadFile("lib/harness.c")
	if err != nil {
		return nil, err
	}
	sources := []cc.Source{
		{Name: "<scenario>", Value: scenarioMacros(s, ncpu, threads, isolated)},
		{Name: "<preamble>", Value: preamble},
		{Name: m.File, Value: m.Text},
		{Name: libDir + "/harness.c", Value: harness},
	}
	defer func() {
		if recover() != nil {
			ast, err = nil, m.parseError(errGaveUp, cfg, sources)
		}
	}()
	guard := &tokenGuard{}
	if err := cc.Preprocess(cfg, sources, guard); err != nil {
		return nil, m.parseError(err, cfg, sources)
	}
	if tag := guard.structs.undefined(); tag != "" {
		e := structError{tag, fmt.Sprintf("struct %s is declared but not defined", tag)}
		return nil, e.placed(m.File, m.Text)
	}
	ast, err = translate(cfg, sources)
	if errors.Is(err, errEndless) {
		return nil, ErrorList{{File: m.File, Msg: err.Error()}}
	}
	if err != nil {
		return nil, m.parseError(err, cfg, sources)
	}
	return ast, nil
}

// parseTime is how long the parser may take; the largest texts take a second.
const parseTime = 10 * time.Second

var errEndless = errors.New("not understood as C: the parser does not come to an end; is there an initializer of an empty struct?")

// translate parses and checks the sources. There are texts over which the
// parser does not come to an end (an array of empty structs initialized by a
// number is one). It cannot be interrupted, so it is left to itself.
func translate(cfg *cc.Config, sources []cc.Source) (*cc.AST, error) {
	type result struct {
		ast *cc.AST
		err error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if recover() != nil {
				done <- result{nil, errGaveUp}
			}
		}()
		ast, err := cc.Translate(cfg, sources)
		done <- result{ast, err}
	}()
	select {
	case r := <-done:
		return r.ast, r.err
	case <-time.After(parseTime):
		return nil, errEndless
	}
}

var errGaveUp = errors.New("the parser gave up")

func headerNames() []string {
	names, err := fs.Glob(Library(), "linux/*.h")
	if err != nil {
		panic(err) // the pattern is well formed
	}
	return append([]string{"mc.h"}, names...)
}
