package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lastput/spec"
)

// TestFileChanges edits a model and the file it includes while it is in use: what was
// loaded stays what it was, for scenarios that are built later as well.
func TestFileChanges(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	parent, err := os.ReadFile("../../strategies/lookup/lookup_lock.c")
	if err != nil {
		t.Fatal(err)
	}
	write("parent.c", string(parent))
	write("child.c", "#define FAULT_PLAIN_LOCK\n#include \"parent.c\"\n")
	child := filepath.Join(dir, "child.c")
	before, err := loadFile(child)
	if err != nil {
		t.Fatal(err)
	}
	irq, _ := spec.FindScenario("irq")
	write("parent.c", "int y = ;\n")
	if err := os.Remove(child); err != nil {
		t.Fatal(err)
	}
	p, err := before.Build(irq)
	if err != nil {
		t.Fatalf("what was loaded is not whole any more: %v", err)
	}
	if p.Files[0].Lines[0] != "#define FAULT_PLAIN_LOCK" {
		t.Errorf("%q", p.Files[0].Lines)
	}
	// Whoever starts anew gets what is there now.
	write("child.c", "#include \"parent.c\"\n")
	if _, err := loadFile(child); err == nil || !strings.Contains(err.Error(), "parent.c:1:9") {
		t.Errorf("%v", err)
	}
}
