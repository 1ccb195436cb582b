package checker

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lastput/spec"
)

// This file holds each primitive to the set of its outcomes, worked out by hand
// in the files of testdata/conformance. There, a line
//
//	// outcome a=0 b=1
//
// is what cells may hold when nothing can step any more, followed by the
// property if such a state, or the way to it, violates one; the lines are all
// the outcomes there are. "// migrates NAME" lets a thread migrate, and
// "// isolated CPU" isolates one.

func TestConformance(t *testing.T) {
	files, err := filepath.Glob("testdata/conformance/*.c")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".c"), func(t *testing.T) {
			t.Parallel()
			m, err := spec.Load(os.DirFS(filepath.Dir(f)), filepath.Base(f))
			if err != nil {
				t.Fatal(err)
			}
			p, err := m.Build(m.Scenarios()[0])
			if err != nil {
				t.Fatal(err)
			}
			set(t, p, remarks(m.Text, "migrates"), remarks(m.Text, "isolated"))
			wantOutcomes(t, p, remarks(m.Text, "outcome"))
		})
	}
}

// remarks are the comment lines that begin with the word.
func remarks(text, word string) (out []string) {
	for _, line := range strings.Split(text, "\n") {
		if rest, found := strings.CutPrefix(line, "// "+word+" "); found {
			out = append(out, rest)
		}
	}
	return out
}

func set(t *testing.T, p *spec.Prog, migrates, isolated []string) {
	for i := range p.Threads {
		p.Threads[i].Migrates = slices.Contains(migrates, p.Threads[i].Name)
	}
	for _, cpu := range isolated {
		n, err := strconv.Atoi(cpu)
		if err != nil {
			t.Fatal(err)
		}
		p.Isolated |= 1 << n
	}
}

// wantOutcomes compares the outcomes of the program with those wanted: one that
// is lost fails like one that is too many.
func wantOutcomes(t *testing.T, p *spec.Prog, want []string) {
	t.Helper()
	if len(want) == 0 {
		t.Fatal("no outcomes are wanted")
	}
	var cells []string
	for _, word := range strings.Fields(want[0]) {
		if name, _, is := strings.Cut(word, "="); is {
			cells = append(cells, name)
		}
	}
	got := outcomes(t, p, cells)
	if r := check(t, p); r.Verdict == Violated && !strings.Contains(strings.Join(want, " "), string(r.Property)) {
		t.Errorf("%s is violated", r.Property)
	}
	for _, o := range want {
		if !slices.Contains(got, o) {
			t.Errorf("lost: %s", o)
		}
	}
	for _, o := range got {
		if !slices.Contains(want, o) {
			t.Errorf("too many: %s", o)
		}
	}
}

// outcomes are the values of the cells in the states in which nothing can step.
func outcomes(t *testing.T, p *spec.Prog, cells []string) (out []string) {
	t.Helper()
	m := newMachine(p, rules{})
	start, pack := m.start(), newBytePacking(m.home)
	e := newExplorer(m, start, pack, &limits{ctx: context.Background(), cfg: &Config{}})
	for slot, v := e.run(); slot >= 0; slot, v = e.run() {
		pack.widen(slot, v)
		e = newExplorer(m, start, pack, e.lim)
	}
	s := make(state, m.size)
	for i := range e.st.n {
		e.st.unpack(s, e.st.key(i))
		info := m.successors(s, func(Move, state) bool { return true })
		if info.steps || info.pruned || info.migrates && m.stepsAfterMigration(s) {
			continue
		}
		text := values(t, m, s, cells)
		if prop := m.terminal(s, info); prop != "" {
			text += " " + string(prop)
		} else if v := s[m.violated]; v != 0 {
			text += " " + string(spec.Properties[v-1])
		}
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// values prints cells of a state, in the order wanted.
func values(t *testing.T, m *machine, s state, cells []string) string {
	t.Helper()
	var parts []string
	for _, name := range cells {
		i := slices.IndexFunc(m.p.Cells, func(c spec.Cell) bool { return c.Name == name })
		if i < 0 {
			t.Fatalf("there is no cell %s", name)
		}
		parts = append(parts, fmt.Sprintf("%s=%d", name, s[i]))
	}
	return strings.Join(parts, " ")
}

// TestIncrements: k threads each load x and store one more. The last store is
// of somebody who loaded at least 0, so x is at least 1, and nobody can load
// more than the k-1 increments of the others, so at most k. Each value between
// is reached: v-1 threads increment one after the other between the load and
// the store of nobody, the others all load 0 before and store before them, and
// the last of them goes on from there.
func TestIncrements(t *testing.T) {
	for k := 2; k <= 6; k++ {
		t.Run(strconv.Itoa(k), func(t *testing.T) {
			t.Parallel()
			text := "int x;\n"
			var want []string
			for i := range k {
				text += fmt.Sprintf("mc_thread(%d, MC_OTHER) void t%d(void) { x++; }\n", i, i)
				want = append(want, fmt.Sprintf("x=%d", i+1))
			}
			wantOutcomes(t, program(t, text), want)
		})
	}
}
