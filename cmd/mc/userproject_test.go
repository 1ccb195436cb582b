package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// userProject is a module of its own that uses this one.
const userProject = "../../testdata/userproject"

// TestUserProject runs the tests of a project that uses lastput, as its author
// would.
func TestUserProject(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command")
	}
	for _, args := range [][]string{{"vet", "."}, {"test", "-count=1", "."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = userProject
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go %v: %v\n%s", args, err, out)
		}
	}
}

// TestReadmeGoTest: the README shows that project, to the letter.
func TestReadmeGoTest(t *testing.T) {
	readme := readDocument(t, "README.md")
	_, section, found := strings.Cut(readme, "\n## In go test\n")
	if !found {
		t.Fatal("README.md has no section \"In go test\"")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	for _, block := range []struct{ kind, file string }{{"go", "my_refcount_test.go"}, {"c", "my_refcount_racy.c"}} {
		text, err := os.ReadFile(filepath.Join(userProject, block.file))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(section, "```"+block.kind+"\n"+string(text)+"```\n") {
			t.Errorf("README.md does not show %s as it is", block.file)
		}
	}
}
