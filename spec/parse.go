package spec

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

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
type includeFS struct{ dir, lib fs.FS }

func (f includeFS) Open(name string) (fs.File, error) {
	if rest, ok := strings.CutPrefix(name, libDir+"/"); ok {
		return f.lib.Open(rest)
	}
	if f.dir == nil || !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	file, err := f.dir.Open(name)
	if err != nil {
		return nil, err
	}
	st, err := file.Stat()
	if err == nil && st.Size() > maxSource {
		file.Close()
		return nil, fmt.Errorf("%s is larger than %d KiB", name, maxSource>>10)
	}
	return file, err
}

// displayName is a file's name as the reader knows it.
func displayName(name string) string {
	return strings.TrimPrefix(path.Clean(name), libDir+"/")
}

// Bounds on what the parser is given, so that no text of a few bytes can cost
// much: tokens that macros may expand to, text after preprocessing, and nesting.
const (
	maxExpansion = 1 << 20
	maxExpanded  = 4 << 20
	maxNesting   = 200
)

// preamble is what the parser itself needs to find declared.
const preamble = `int __predefined_declarator;
typedef unsigned long __predefined_size_t;
typedef int __predefined_wchar_t;
typedef long __predefined_ptrdiff_t;
#define __FUNCTION__ __func__
#define __builtin_offsetof(type, member) ((unsigned long)&(((type *)0)->member))
`

// scenarioMacros are what the headers and the harness know of the scenario.
func scenarioMacros(s Scenario, ncpu int, isolated uint64) string {
	var b strings.Builder
	define := func(name string, v any) { fmt.Fprintf(&b, "#define %s %v\n", name, v) }
	define("__MC__", 1)
	define("NR_CPUS", ncpu)
	define("MC_ISOLATED_CPUS", fmt.Sprintf("%dUL", isolated))
	define("MC_GETS", s.Gets)
	define("MC_NESTED", s.Nested)
	return b.String()
}

// parseC parses the model for the scenario, with the harness behind it.
func (m *Model) parseC(s Scenario, ncpu int, isolated uint64) (ast *cc.AST, err error) {
	defer func() {
		if e := recover(); e != nil {
			ast, err = nil, ErrorList{{File: m.File, Msg: fmt.Sprintf("not understood as C: %v", e)}}
		}
	}()
	abi, err := cc.NewABI("linux", "amd64")
	if err != nil {
		return nil, err
	}
	cfg := &cc.Config{
		ABI:             abi,
		FS:              includeFS{m.dir, Library()},
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
		{Name: "<scenario>", Value: scenarioMacros(s, ncpu, isolated)},
		{Name: "<preamble>", Value: preamble},
		{Name: m.File, Value: m.Text},
		{Name: libDir + "/harness.c", Value: harness},
	}
	w := &nestingWriter{}
	if err := cc.Preprocess(cfg, sources, w); err != nil {
		return nil, m.parseError(err)
	}
	ast, err = cc.Translate(cfg, sources)
	if err != nil {
		return nil, m.parseError(err)
	}
	return ast, nil
}

func (m *Model) parseError(err error) error {
	if errors.Is(err, errTooDeep) || errors.Is(err, errTooMuch) {
		return ErrorList{{File: m.File, Msg: err.Error()}}
	}
	list := parseCCErrors(err, m.File, displayName)
	for _, e := range list {
		if name, ok := strings.CutPrefix(e.Msg, "include file not found: "); ok {
			e.Msg = fmt.Sprintf("unknown header %s: the embedded ones are %s; others are looked up beside the model", name, strings.Join(headerNames(), ", "))
		}
	}
	return list.err()
}

func headerNames() []string {
	names, err := fs.Glob(Library(), "linux/*.h")
	if err != nil {
		panic(err) // the pattern is well formed
	}
	return append([]string{"mc.h"}, names...)
}

var (
	errTooDeep = fmt.Errorf("brackets are nested more than %d deep", maxNesting)
	errTooMuch = fmt.Errorf("is larger than %d MiB after preprocessing", maxExpanded>>20)
)

// A nestingWriter takes the preprocessed text and refuses what the parser,
// which is recursive, should not be given.
type nestingWriter struct{ depth, size int }

func (w *nestingWriter) Write(p []byte) (int, error) {
	if w.size += len(p); w.size > maxExpanded {
		return 0, errTooMuch
	}
	w.depth += bytes.Count(p, []byte("(")) + bytes.Count(p, []byte("[")) + bytes.Count(p, []byte("{"))
	w.depth -= bytes.Count(p, []byte(")")) + bytes.Count(p, []byte("]")) + bytes.Count(p, []byte("}"))
	if w.depth > maxNesting {
		return 0, errTooDeep
	}
	return len(p), nil
}
