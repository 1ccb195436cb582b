package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lastput/spec"
	"lastput/strategies"
)

// A target is a model that the command line names: a strategy or a file.
type target struct {
	*spec.Model
	file string // as the user wrote it; empty for a strategy
}

// isFile tells a file's name from a strategy's.
func isFile(operand string) bool {
	return strings.HasSuffix(operand, ".c") || strings.ContainsRune(operand, '/') ||
		strings.ContainsRune(operand, filepath.Separator)
}

// findTarget loads what an operand names.
func findTarget(operand string) (target, error) {
	if isFile(operand) {
		m, err := loadFile(operand)
		return target{m, operand}, err
	}
	m, found := strategies.Find(operand)
	if !found {
		return target{}, unknownStrategy(operand)
	}
	return target{m, ""}, nil
}

// loadFile loads a user's file; what it includes is looked up beside it.
func loadFile(name string) (*spec.Model, error) {
	dir, base := filepath.Dir(filepath.Clean(name)), filepath.Base(name)
	if !fs.ValidPath(base) || base == "." {
		return nil, fmt.Errorf("%s: is a folder: name a C file in it", name)
	}
	m, err := spec.Load(newOnceFS(os.DirFS(dir)), base)
	return m, atPath(err, name)
}

// atPath puts the path that the user gave in the place of the file's name in an
// error about it, so that an editor finds the position.
func atPath(err error, name string) error {
	base := filepath.Base(name)
	var list spec.ErrorList
	switch {
	case err == nil || name == "" || name == base:
		return err
	case errors.As(err, &list):
		for _, e := range list {
			if e.File == base {
				e.File = name
			}
		}
		return list
	}
	if rest, found := strings.CutPrefix(err.Error(), base+":"); found {
		return errors.New(name + ":" + rest)
	}
	return err
}

// unknownStrategy says what is wrong with a strategy's name. A file's name
// without its .c is a likely mistake.
func unknownStrategy(name string) error {
	for _, file := range []string{name, name + ".c"} {
		if st, err := os.Stat(file); name != "" && err == nil && !st.IsDir() {
			return &usageError{msg: fmt.Sprintf("unknown strategy %q: did you mean the file ./%s?", name, file)}
		}
	}
	return &usageError{msg: unknown("strategy", name, strategies.Names(), "mc list shows them all; a file's name ends in .c")}
}
