package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// This file holds the transcripts of README.md and docs/*.md to what mc prints.
// A transcript is a block
//
//	```console
//	$ mc check my_model.c
//	what it prints, exactly
//	```
//
// of one or more commands, "go run ./cmd/mc" for mc included. Before the
// commands of a document are run, its C blocks that begin with "// NAME.c" are
// written to files; a diff block changes one of them at its place. With -update
// the transcripts are rewritten.

// mdBlock is a fenced block: its kind, its text.
var mdBlock = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

// documents are all texts for users, relative to the module.
func documents(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	list = append([]string{"../../README.md"}, list...)
	for i, name := range list {
		if list[i], err = filepath.Abs(name); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

func TestTranscripts(t *testing.T) {
	ran := 0
	for _, name := range documents(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			got, n := playDocument(t, string(data))
			ran += n
			if got == string(data) {
				return
			}
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("a transcript differs (go test ./cmd/mc -update rewrites it):\n%s", firstDifference(string(data), got))
		})
	}
	if ran == 0 {
		t.Error("no transcript was run")
	}
}

// playDocument runs the document's commands and returns it with their output,
// and how many there were.
func playDocument(t *testing.T, text string) (string, int) {
	t.Helper()
	var out strings.Builder
	at, n := 0, 0
	for _, m := range mdBlock.FindAllStringSubmatchIndex(text, -1) {
		kind, body := text[m[2]:m[3]], text[m[4]:m[5]]
		out.WriteString(text[at:m[4]])
		at = m[5]
		switch kind {
		case "c":
			writeModel(t, body)
		case "diff":
			patchModel(t, body)
		case "console":
			var k int
			body, k = playBlock(t, body)
			n += k
		}
		out.WriteString(body)
	}
	out.WriteString(text[at:])
	return out.String(), n
}

var modelName = regexp.MustCompile(`^// (\w+\.c)\n`)

// writeModel writes a C block that names its file.
func writeModel(t *testing.T, body string) {
	t.Helper()
	m := modelName.FindStringSubmatch(body)
	if m == nil {
		return
	}
	if err := os.WriteFile(m[1], []byte(body), 0o666); err != nil {
		t.Fatal(err)
	}
}

// patchModel applies a diff block to the file that its first line names: each
// run of "-" lines, which the file has once, becomes the "+" lines after it.
func patchModel(t *testing.T, body string) {
	t.Helper()
	lines := strings.SplitAfter(body, "\n")
	name := strings.TrimSpace(strings.TrimPrefix(lines[0], "--- "))
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	var before, after string
	replace := func() {
		if strings.Count(text, before) != 1 {
			t.Fatalf("diff of %s: the file does not have this once:\n%s", name, before)
		}
		text = strings.Replace(text, before, after, 1)
		before, after = "", ""
	}
	for _, line := range lines[2:] {
		switch {
		case strings.HasPrefix(line, "+"):
			after += line[1:]
		case strings.HasPrefix(line, "-"):
			if after != "" {
				replace()
			}
			before += line[1:]
		}
	}
	replace()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// playBlock runs the commands of a transcript.
func playBlock(t *testing.T, body string) (string, int) {
	t.Helper()
	var out strings.Builder
	n := 0
	for _, line := range strings.Split(body, "\n") {
		command, isCommand := strings.CutPrefix(line, "$ ")
		if !isCommand {
			continue // what it printed last time
		}
		n++
		fmt.Fprintf(&out, "$ %s\n%s", command, playCommand(t, command))
	}
	if n == 0 {
		t.Errorf("a console block without a command:\n%s", body)
	}
	return out.String(), n
}

// playCommand runs mc and returns all it prints.
func playCommand(t *testing.T, command string) string {
	t.Helper()
	words := strings.Fields(command)
	byGo := slices.Equal(words[:min(3, len(words))], []string{"go", "run", "./cmd/mc"})
	switch {
	case strings.ContainsAny(command, `'"\|;&<>$`):
		t.Fatalf("%s: only plain words, there is no shell", command)
	case byGo:
		words = words[3:]
	case words[0] == "mc":
		words = words[1:]
	default:
		t.Fatalf("%s: only mc and go run ./cmd/mc can be run", command)
	}
	var stdout, stderr bytes.Buffer
	code := run(words, strings.NewReader(""), &stdout, &stderr)
	out := stdout.String() + stderr.String()
	if byGo && code != 0 {
		out += fmt.Sprintf("exit status %d\n", code) // as go run says
	}
	return out
}

// firstDifference shows where two texts part, line by line.
func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	i := 0
	for i < len(w) && i < len(g) && w[i] == g[i] {
		i++
	}
	show := func(lines []string) string {
		return strings.Join(lines[min(i, len(lines)):min(i+5, len(lines))], "\n\t")
	}
	return fmt.Sprintf("line %d: the document says\n\t%s\nmc prints\n\t%s", i+1, show(w), show(g))
}
