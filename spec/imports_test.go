package spec_test

import (
	gobuild "go/build"
	"slices"
	"strings"
	"testing"
)

// mayImport says what each package may import besides the standard library.
// Imports only point down.
var mayImport = map[string][]string{
	"spec":        {"modernc.org/cc/v4"},
	"strategies":  {"lastput/spec"},
	"checker":     {"lastput/spec"},
	"cmd/mc/demo": {"lastput/spec", "lastput/strategies", "lastput/checker"},
	"cmd/mc":      {"lastput/spec", "lastput/strategies", "lastput/checker", "lastput/cmd/mc/demo", "golang.org/x/term"},
	// For tests only: mc links neither.
	"spec/specrapid":  {"lastput/spec", "pgregory.net/rapid"},
	"checker/mcrapid": {"lastput/spec", "lastput/spec/specrapid", "lastput/checker", "pgregory.net/rapid"},
}

// TestImports holds the packages to mayImport; their tests may import more.
func TestImports(t *testing.T) {
	for dir, allowed := range mayImport {
		t.Run(dir, func(t *testing.T) {
			p, err := gobuild.ImportDir("../"+dir, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, imp := range p.Imports {
				first, _, _ := strings.Cut(imp, "/")
				standard := !strings.Contains(first, ".") && first != "lastput"
				if !standard && !slices.Contains(allowed, imp) {
					t.Errorf("imports %s; it may import %v and the standard library", imp, allowed)
				}
			}
		})
	}
}
