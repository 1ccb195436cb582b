// Package strategies holds the built-in models: synchronization strategies for
// tearing an object down while somebody may still get a reference to it, right
// ones and broken ones. Each is a C file, a folder for each family; a broken
// one is a variant of the right one beside it.
package strategies

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"lastput/spec"
)

//go:embed */*.c
var files embed.FS

// paths lists the strategies in the order in which they are shown: a right one
// before the variants that break it.
var paths = []string{
	"module/stop_machine.c",
	"module/isolated_skip.c",
	"module/no_stop.c",
	"lookup/lookup_lock.c",
	"lookup/atomic_dec_and_lock.c",
	"lookup/dec_then_lock.c",
}

// models holds a function for each of paths that reads the model once, when it
// is first asked for.
var models = func() []func() *spec.Model {
	var out []func() *spec.Model
	for _, p := range paths {
		out = append(out, sync.OnceValue(func() *spec.Model {
			m, err := spec.Load(files, p)
			if err != nil {
				panic(fmt.Sprintf("strategies: internal error: %v", err))
			}
			return m
		}))
	}
	return out
}()

// All returns every strategy, in the order in which they are shown.
func All() []*spec.Model {
	var out []*spec.Model
	for _, load := range models {
		out = append(out, load())
	}
	return out
}

// Names returns the names of All.
func Names() []string {
	var names []string
	for _, p := range paths {
		names = append(names, strings.TrimSuffix(path.Base(p), ".c"))
	}
	return names
}

// Find returns the strategy of that name.
func Find(name string) (*spec.Model, bool) {
	i := slices.Index(Names(), name)
	if i < 0 {
		return nil, false
	}
	return models[i](), true
}
