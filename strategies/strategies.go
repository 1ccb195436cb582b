// Package strategies holds the built-in models: synchronization strategies for
// tearing an object down while somebody may still get a reference to it, right
// ones and broken ones. Each is a C file, a folder for each family; a broken
// one is a variant of the right one beside it.
package strategies

import (
	"embed"
	"fmt"
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

// load reads all models once, when the first is asked for.
var load = sync.OnceValue(func() []*spec.Model {
	models := make([]*spec.Model, len(paths))
	for i, p := range paths {
		m, err := spec.Load(files, p)
		if err != nil {
			panic(fmt.Sprintf("strategies: internal error: %v", err))
		}
		models[i] = m
	}
	return models
})

// All returns every strategy, in the order in which they are shown.
func All() []*spec.Model { return append([]*spec.Model(nil), load()...) }

// Names returns the names of All.
func Names() []string {
	var names []string
	for _, m := range load() {
		names = append(names, m.Name)
	}
	return names
}

// Find returns the strategy of that name.
func Find(name string) (*spec.Model, bool) {
	for _, m := range load() {
		if m.Name == name {
			return m, true
		}
	}
	return nil, false
}
