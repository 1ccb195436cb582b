package main

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lastput/spec"
	"lastput/strategies"
)

// This file sees to it that the documents cannot fall behind: docs/language.md
// names every word of the language, docs/semantics.md every property, scenario
// and verdict, docs/strategies.md every strategy, and links lead somewhere.

func readDocument(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var (
	fence    = regexp.MustCompile("(?ms)^```.*?^```$")
	codeSpan = regexp.MustCompile("`([^`\n]+)`")
	heading  = regexp.MustCompile(`(?m)^#+ +(.*)$`)
	word     = regexp.MustCompile(`\w+`)
)

// documentWords is what a document speaks of: its headings, what it sets in
// code outside its blocks, and the words in that.
func documentWords(text string) map[string]bool {
	text = fence.ReplaceAllString(text, "")
	words := map[string]bool{}
	for _, m := range codeSpan.FindAllStringSubmatch(text, -1) {
		words[m[1]] = true
		for _, w := range word.FindAllString(m[1], -1) {
			words[w] = true
		}
	}
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		words[m[1]] = true
	}
	return words
}

func wantWords(t *testing.T, doc string, words []string) {
	t.Helper()
	has := documentWords(readDocument(t, doc))
	for _, w := range words {
		if !has[w] {
			t.Errorf("%s does not mention %s", doc, w)
		}
	}
}

func TestLanguageMentionsTheLibrary(t *testing.T) {
	wantWords(t, "docs/language.md", libraryWords(t))
}

var (
	defined  = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*define[ \t]+(\w+)`)
	function = regexp.MustCompile(`(?m)^(?:mc_\w+(?:\([^)]*\))?[ \t]+)*static\b[^=;{(]*?\b(\w+)\(`)
)

// libraryWords lists what a model can use of the headers: their names, macros
// and functions. What begins with __ is between themselves, and what
// begins with _ keeps them from being included twice.
func libraryWords(t *testing.T) []string {
	t.Helper()
	var words []string
	err := fs.WalkDir(spec.Library(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".h") {
			return err
		}
		words = append(words, name)
		data, err := fs.ReadFile(spec.Library(), name)
		if err != nil {
			return err
		}
		for _, m := range defined.FindAllStringSubmatch(string(data), -1) {
			words = append(words, m[1])
		}
		for _, m := range function.FindAllStringSubmatch(string(data), -1) {
			words = append(words, m[1])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, w := range words {
		if !strings.HasPrefix(w, "_") && !internal[w] {
			out = append(out, w)
		}
	}
	if len(out) < 100 {
		t.Fatalf("only %d words found in the headers: %v", len(out), out)
	}
	return out
}

// internal lists what the headers define and no model has a use for.
var internal = map[string]bool{
	"cpu_stopper_thread": true, // seen as cpu_stopper/N
}

func TestLanguageMentionsItsWords(t *testing.T) {
	words := []string{
		"mc_get", "mc_pinned", "mc_dup", "mc_put", "mc_unload", "mc_init", "mc_invariant",
		"mc_thread", "mc_kthread", "mc_percpu_thread", "mc_irq",
		"// mc: title TEXT", "// mc: source TEXT", "// mc: learn TEXT",
		"// mc: expect SCENARIO VERDICT [PROPERTY]", "// mc: why KIND TEXT",
		"verified", "violated", "inconclusive", spec.ThreadsScenario,
		"NR_CPUS", "MC_ISOLATED_CPUS", "MC_GETS", "MC_NESTED", "MC_HANDOVER", "MC_IRQ", "MC_UNLOADERS", "MC_THREADS", "__MC__",
	}
	words = append(words, texts(spec.Properties)...)
	wantWords(t, "docs/language.md", append(words, spec.ScenarioNames()...))
}

// TestUnknownDirectiveNamesAll: the directives above are those there are.
func TestUnknownDirectiveNamesAll(t *testing.T) {
	text := "// mc: nonsense x\n"
	name := filepath.Join(t.TempDir(), "x.c")
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := loadFile(name)
	if err == nil || !strings.Contains(err.Error(), "want title, source, learn, expect or why") {
		t.Errorf("the directives are not those that docs/language.md describes: %v", err)
	}
}

func TestSemanticsMentionsItsWords(t *testing.T) {
	words := append(texts(spec.Properties), spec.ScenarioNames()...)
	words = append(words, spec.ThreadsScenario, "verified", "violated", "inconclusive")
	wantWords(t, "docs/semantics.md", words)
}

// TestSemanticsOrdersProperties: the order of the sections is that of
// precedence.
func TestSemanticsOrdersProperties(t *testing.T) {
	text := readDocument(t, "docs/semantics.md")
	last := -1
	for _, p := range spec.Properties {
		at := strings.Index(text, "\n### "+string(p)+"\n")
		if at <= last {
			t.Errorf("docs/semantics.md: the section on %s is not in its place", p)
		}
		last = at
	}
}

// TestReadmeStrategies holds the table of README.md to what the strategies
// expect of themselves, which other tests hold them to.
func TestReadmeStrategies(t *testing.T) {
	rows := regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| .* \\| (.*) \\|$").FindAllStringSubmatch(readDocument(t, "README.md"), -1)
	if len(rows) < 5 {
		t.Fatalf("README.md: %d strategies in the table", len(rows))
	}
	for _, row := range rows {
		m, found := strategies.Find(row[1])
		if !found {
			t.Errorf("README.md: %s is no strategy", row[1])
			continue
		}
		if want := expectedInWords(m); row[2] != want {
			t.Errorf("README.md says of %s: %s; its file expects: %s", m.Name, row[2], want)
		}
	}
}

const strategiesHead = `# The strategies

What comes with mc, a family after the other, and in each the right ones before
what goes wrong with them. ` + "`mc list NAME`" + ` says where one is from and what to learn
from it; ` + "`mc show NAME`" + ` prints it. The verdicts are what each file expects of
itself, and a test holds it to that in every scenario.

`

// TestStrategiesPage: docs/strategies.md lists all of them.
func TestStrategiesPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(strategiesHead)
	b.WriteString("| strategy | what | verdict |\n|---|---|---|\n")
	for _, m := range strategies.All() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", m.Name, m.Title, expectedInWords(m))
	}
	const name = "../../docs/strategies.md"
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if d := firstDifference(readDocument(t, "docs/strategies.md"), b.String()); readDocument(t, "docs/strategies.md") != b.String() {
		t.Errorf("docs/strategies.md differs (go test ./cmd/mc -update rewrites it): %s", d)
	}
}

// expectedInWords is "verified", "violated" where every scenario is expected to
// be, or "violated in" those.
func expectedInWords(m *spec.Model) string {
	var in []string
	for _, s := range spec.ScenarioNames() {
		if e := m.Expected(s); e != nil && e.Verdict == "violated" {
			in = append(in, "`"+s+"`")
		}
	}
	switch len(in) {
	case 0:
		return "verified"
	case len(spec.ScenarioNames()):
		return "violated"
	}
	return "violated in " + strings.Join(in, ", ")
}

var longFlag = regexp.MustCompile(`--[a-z][a-z-]*`)

// TestDocumentsNameFlags: the flags that the documents speak of are there.
func TestDocumentsNameFlags(t *testing.T) {
	known := map[string]bool{}
	for name, define := range commandFlags {
		f := newFlagSet(name)
		define(f)
		f.VisitAll(func(g *flag.Flag) { known["--"+g.Name] = true })
	}
	for _, doc := range documents(t) {
		data, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, span := range codeSpan.FindAllStringSubmatch(fence.ReplaceAllString(string(data), ""), -1) {
			if !strings.HasPrefix(span[1], "mc ") && !strings.HasPrefix(span[1], "-") {
				continue // of another program
			}
			for _, name := range longFlag.FindAllString(span[1], -1) {
				if !known[name] {
					t.Errorf("%s speaks of %s: no command has it", filepath.Base(doc), name)
				}
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestLinks(t *testing.T) {
	for _, name := range documents(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(data), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			target := name
			if file != "" {
				target = filepath.Join(filepath.Dir(name), file)
			}
			if !leads(target, anchor) {
				t.Errorf("%s: the link to %s leads nowhere", filepath.Base(name), m[1])
			}
		}
	}
}

// leads reports whether the file exists and has the heading.
func leads(file, anchor string) bool {
	if anchor == "" {
		_, err := os.Stat(file)
		return err == nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	for _, line := range strings.Split(string(data), "\n") {
		if strings.HasPrefix(line, "#") && headingAnchor(line) == anchor {
			return true
		}
	}
	return false
}

var notInAnchor = regexp.MustCompile(`[^\w\- ]`)

// headingAnchor is the name by which a heading is linked to.
func headingAnchor(line string) string {
	text := strings.ToLower(strings.TrimSpace(strings.TrimLeft(line, "#")))
	return strings.ReplaceAll(notInAnchor.ReplaceAllString(text, ""), " ", "-")
}

// TestTestdataHasOrigins: testdata/README.md names every folder of test data.
func TestTestdataHasOrigins(t *testing.T) {
	has := documentWords(readDocument(t, "testdata/README.md"))
	err := fs.WalkDir(os.DirFS("../.."), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasSuffix(name, "/testdata") && !has[name] {
			t.Errorf("testdata/README.md does not say where the files in %s are from", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
