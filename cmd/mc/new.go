package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// This file is mc new: a model and its test, to start from.

//go:embed template/model.c.txt
var modelTemplate string

//go:embed template/model_test.go.txt
var testTemplate string

// newModel writes the model NAME.c and NAME_test.go into the current folder.
func newModel(c *call, args []string) (status, error) {
	f := newFlagSet("new")
	operands, err := f.parse(args)
	if err != nil {
		return failed, err
	}
	if len(operands) != 1 {
		return failed, f.usage("give one name: mc new my_refcount writes my_refcount.c and my_refcount_test.go")
	}
	name := operands[0]
	if err := checkModelName(name); err != nil {
		return failed, f.usage("%v", err)
	}
	pkg, err := packageHere(name)
	if err != nil {
		return failed, err
	}
	words := strings.NewReplacer("{{name}}", name, "{{Name}}", goName(name), "{{package}}", pkg)
	model, test := name+".c", name+"_test.go"
	if err := writeNew(map[string]string{model: words.Replace(modelTemplate), test: words.Replace(testTemplate)}); err != nil {
		return failed, err
	}
	c.printf("%-*s  a model that is right; a comment in it says how to break it\n", len(test), model)
	c.printf("%s  its test\n\n", test)
	c.printf("next      mc check %s\n          go test -run '^Test%s' .\n", model, goName(name))
	return ok, nil
}

var modelIdentifier = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// maxModelName bounds a model's name: it is part of every recorded run.
const maxModelName = 60

// checkModelName says what is wrong with the name of a model to be: it has to
// begin names of C and of Go, and of files that go takes for every machine.
func checkModelName(name string) error {
	switch {
	case strings.HasSuffix(name, ".c"):
		return fmt.Errorf("%s: give the name without .c", quote(name))
	case !modelIdentifier.MatchString(name):
		return fmt.Errorf("%s: want letters, digits and _, a letter first, as in my_refcount", quote(name))
	case len(name) > maxModelName:
		return fmt.Errorf("%s...: want %d letters at most", name[:20], maxModelName)
	}
	last := name[strings.LastIndexByte(name, '_')+1:]
	if last != name && slices.Contains(goTargets, last) {
		return fmt.Errorf("%s: go takes a file whose name ends in _%s for one of that system only", name, last)
	}
	return nil
}

// goTargets are the systems and processors after which go looks in the names of
// files.
var goTargets = strings.Fields(`aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris
	wasip1 windows 386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm`)

// goName is the name as the names of Go's tests have it: my_refcount is
// MyRefcount.
func goName(name string) string {
	var b strings.Builder
	for _, part := range strings.Split(name, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

var packageClause = regexp.MustCompile(`(?m)^package (\w+)`)

// packageHere is the package that a test in the current folder belongs to: that
// of the Go files which are there, or one of the model's own.
func packageHere(name string) (string, error) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		return "", err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		if m := packageClause.FindSubmatch(data); m != nil {
			return string(m[1]), nil
		}
	}
	return strings.ToLower(name) + "_test", nil
}

// writeNew writes files that are not there yet, or none of them.
func writeNew(files map[string]string) error {
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		if _, err := os.Lstat(name); err == nil {
			return fmt.Errorf("%s: is there already: mc new overwrites nothing; give another name", name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for i, name := range names {
		if err := writeExclusive(name, files[name]); err != nil {
			for _, done := range names[:i] {
				os.Remove(done)
			}
			return err
		}
	}
	return nil
}

func writeExclusive(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(name)
	}
	return err
}
