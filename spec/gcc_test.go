package spec_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lastput/spec"
	"lastput/strategies"
)

// This file compares with gcc: what it accepts, and what it computes.

func needGCC(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("there is no gcc to compare with")
	}
}

// scenarioFlags are the macros that the front end defines for a scenario; see
// parse.go.
var scenarioFlags = []string{"-DNR_CPUS=3", "-DMC_ISOLATED_CPUS=0UL", "-DMC_GETS=2", "-DMC_NESTED=0", "-DMC_HANDOVER=0", "-DMC_IRQ=1", "-DMC_UNLOADERS=1", "-DMC_THREADS=3", "-D__MC__=1"}

// allowedWarnings are those that a model may give. Its attributes are ours; not all of a header
// is used; and -Wall does not know that a built-in's result may be ignored.
var allowedWarnings = []string{"-Wno-attributes", "-Wno-unused", "-Wno-unused-value", "-Wno-parentheses", "-Wno-missing-braces",
	"-Wno-overflow", "-Wno-bool-operation", "-Wno-logical-not-parentheses"}

func gcc(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command("gcc", args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("gcc %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// TestGCCSyntax: gcc accepts every strategy and every model of the tests, so
// what we call C is C, the headers included.
func TestGCCSyntax(t *testing.T) {
	t.Parallel()
	needGCC(t)
	files, err := filepath.Glob("testdata/*/*.c")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"../strategies/*/*.c", "../testdata/*.c", "../testdata/*/*.c", "../checker/testdata/*/*.c"} {
		more, err := filepath.Glob(dir)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	for _, f := range append(files, "lib/harness.c") {
		t.Run(filepath.Base(f), func(t *testing.T) { gccSyntax(t, f, scenarioFlags) })
	}
	t.Run("handover", func(t *testing.T) {
		gccSyntax(t, "lib/harness.c", strings.Fields(strings.Replace(strings.Join(scenarioFlags, " "), "HANDOVER=0", "HANDOVER=1", 1)))
	})
	t.Run("nested", func(t *testing.T) {
		gccSyntax(t, "lib/harness.c", strings.Fields(strings.Replace(strings.Join(scenarioFlags, " "), "NESTED=0", "NESTED=2", 1)))
	})
	if len(files) < len(strategies.All()) {
		t.Errorf("only %d files", len(files))
	}
}

func gccSyntax(t *testing.T, file string, flags []string) {
	t.Helper()
	args := append([]string{"-fsyntax-only", "-std=gnu11", "-Wall", "-Werror", "-Ilib"}, flags...)
	gcc(t, append(append(args, allowedWarnings...), file)...)
}

// TestGCCHeaders: each header stands on its own, and all of them together.
func TestGCCHeaders(t *testing.T) {
	t.Parallel()
	needGCC(t)
	headers, err := filepath.Glob("lib/linux/*.h")
	if err != nil || len(headers) == 0 {
		t.Fatal(headers, err)
	}
	dir := t.TempDir()
	all := ""
	for i, h := range headers {
		include := fmt.Sprintf("#include <%s>\n", strings.TrimPrefix(filepath.ToSlash(h), "lib/"))
		all += include
		file := filepath.Join(dir, fmt.Sprintf("%d.c", i))
		if err := os.WriteFile(file, []byte(include), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(h), func(t *testing.T) { gccSyntax(t, file, scenarioFlags) })
	}
	if _, err := load(all + "int x;\nmc_thread(0, MC_OTHER) void t(void) { x = 1; }\n"); err != nil {
		t.Error(err)
	}
}

// nativeHeader is mc.h for a program that runs by itself: a model with one
// thread, which asserts.
const nativeHeader = `#ifndef _MC_H
#define _MC_H
#include <stdio.h>
#include <stdlib.h>
#define MC_OTHER 0
#define mc_thread(cpu, prio)
#define mc_assert(c) ((c) ? (void)0 : (printf("%s:%d: %s\n", __FILE__, __LINE__, #c), exit(1)))
#define __mc_assert(c, text) ((c) ? (void)0 : (puts(text), exit(1)))
#define __mc_container(p, off) ((void *)((char *)(p) - (off)))
#endif
`

// runNative compiles a model whose thread is t() and runs it.
func runNative(t *testing.T, file string) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return p
	}
	write("mc.h", nativeHeader)
	abs, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	main := write("main.c", fmt.Sprintf("#include %q\nint main(void) { t(); return 0; }\n", abs))
	bin := filepath.Join(dir, "main")
	gcc(t, "-std=gnu11", "-w", "-O0", "-fwrapv", "-fno-strict-aliasing", "-I"+dir, "-Ilib", "-o", bin, main)
	out, err := exec.Command(bin).CombinedOutput()
	if err != nil {
		t.Errorf("%s, compiled by gcc: %v\n%s", file, err, out)
	}
	return string(out)
}

// TestExecIsC: what the models of testdata/exec assert is so if gcc compiles
// them, too.
func TestExecIsC(t *testing.T) {
	t.Parallel()
	needGCC(t)
	files, err := filepath.Glob("testdata/exec/*.c")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if filepath.Base(f) == "order.c" {
			continue // C leaves it open what we define
		}
		t.Run(filepath.Base(f), func(t *testing.T) { runNative(t, f) })
	}
}

// TestExpressionsAgree computes random expressions over integers of all widths
// by gcc and by the interpreter. The seed is fixed.
func TestExpressionsAgree(t *testing.T) {
	t.Parallel()
	needGCC(t)
	const programs = 12
	for seed := range uint64(programs) {
		g := &generator{rnd: rand.New(rand.NewPCG(seed, 2))}
		text := g.program()
		file := filepath.Join(t.TempDir(), "m.c")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		want := strings.Fields(runNative(t, file))
		if t.Failed() {
			t.Fatal(text)
		}
		// The same with what gcc computed as assertions.
		asserts := "#define result(n, e) mc_assert(want##n == (unsigned long)(long)(e))\n"
		for i, w := range want {
			asserts += fmt.Sprintf("#define want%d %sUL\n", i, w)
		}
		m, err := load(strings.Replace(text, nativeOnly, asserts, 1))
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		wantVerified(t, m)
		if t.Failed() {
			t.Fatalf("seed %d\n%s", seed, text)
		}
	}
}

// A generator makes programs without undefined behaviour, but for signed
// overflow, which wraps.
type generator struct {
	rnd *rand.Rand
	n   int // results so far
}

var intTypes = []string{"bool", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int", "long", "unsigned long", "enum u", "enum s"}

const nativeOnly = `#define result(n, e) printf("%lu\n", (unsigned long)(long)(e))
`

// Locals are named after their type, l3, and globals likewise, g3.
func (g *generator) program() string {
	var b strings.Builder
	b.WriteString("#include <mc.h>\n#include <linux/types.h>\n" + nativeOnly)
	b.WriteString("enum u { ZERO, TEN = 10 };\nenum s { MINUS = -1 };\n")
	for i, t := range intTypes {
		fmt.Fprintf(&b, "%s g%d = %s;\n", t, i, g.constant())
	}
	for i := range 3 {
		fmt.Fprintf(&b, "static %s f%d(%s a, %s b) { return %s; }\n", g.typ(), i, g.typ(), g.typ(), g.argument())
	}
	b.WriteString("mc_thread(0, MC_OTHER) void t(void)\n{\n")
	for i, t := range intTypes {
		fmt.Fprintf(&b, "\t%s l%d = %s;\n", t, i, g.constant())
	}
	for range 40 {
		g.statement(&b)
	}
	b.WriteString("}\n")
	return b.String()
}

func (g *generator) pick(s ...string) string { return s[g.rnd.IntN(len(s))] }
func (g *generator) typ() string             { return g.pick(intTypes...) }

func (g *generator) variable() string {
	return fmt.Sprintf("%s%d", g.pick("g", "l"), g.rnd.IntN(len(intTypes)))
}

func (g *generator) constant() string {
	return g.pick("0", "1", "-1", "2", "7", "-8", "100", "127", "128", "-129", "255", "256", "32768", "-65535", "65536u",
		"2147483647", "-2147483647", "2147483648", "4294967295", "4294967295u", "0x80000000", "0x7fffffffffffffff", "-0x7fffffffffffffff", "0xffffffffffffffff", "3UL", "-5L", "'a'", "TEN", "MINUS")
}

func (g *generator) argument() string {
	return fmt.Sprintf("a %s b", g.pick("+", "-", "*", "&", "|", "^", "<", "==", "&&"))
}

// expr has no side effects.
func (g *generator) expr(depth int) string {
	if depth == 0 {
		if g.rnd.IntN(3) == 0 {
			return g.constant()
		}
		return g.variable()
	}
	a, b := g.expr(depth-1), g.expr(g.rnd.IntN(depth))
	switch g.rnd.IntN(12) {
	case 0, 1, 2:
		return fmt.Sprintf("(%s %s %s)", a, g.pick("+", "-", "*", "&", "|", "^"), b)
	case 3:
		return fmt.Sprintf("(%s %s %s)", a, g.pick("<", "<=", ">", ">=", "==", "!="), b)
	case 4: // no division by zero, and none that overflows
		return fmt.Sprintf("(%s %s ((%s & 0x7f) + 1))", a, g.pick("/", "%"), b)
	case 5: // no shift by more than the type has
		return fmt.Sprintf("(%s %s (%s & 7))", a, g.pick("<<", ">>"), b)
	case 6:
		return fmt.Sprintf("(%s %s %s)", a, g.pick("&&", "||"), b)
	case 7:
		return fmt.Sprintf("(%s ? %s : %s)", g.expr(g.rnd.IntN(depth)), a, b)
	case 8:
		return fmt.Sprintf("(%s)%s", g.typ(), a)
	case 9:
		return g.pick("-", "~", "!", "+") + "(" + a + ")"
	case 10:
		return fmt.Sprintf("f%d(%s, %s)", g.rnd.IntN(3), a, b)
	}
	return "(" + a + ")"
}

func (g *generator) statement(b *strings.Builder) {
	v, e := g.variable(), g.expr(3)
	switch g.rnd.IntN(9) {
	case 0:
		fmt.Fprintf(b, "\t%s = %s;\n", v, e)
	case 1:
		fmt.Fprintf(b, "\t%s %s %s;\n", v, g.pick("+=", "-=", "*=", "&=", "|=", "^="), e)
	case 2:
		fmt.Fprintf(b, "\t%s %s (%s & 7);\n", v, g.pick("<<=", ">>="), e)
	case 3:
		fmt.Fprintf(b, "\t%s %s ((%s & 0x7f) + 1);\n", v, g.pick("/=", "%="), e)
	case 4:
		fmt.Fprintf(b, "\t%s%s;\n", v, g.pick("++", "--"))
	case 5:
		fmt.Fprintf(b, "\tif (%s)\n\t\t%s = %s;\n\telse\n\t\t%s--;\n", e, v, g.expr(2), g.variable())
	case 6:
		fmt.Fprintf(b, "\tswitch (%s) {\n\tcase %d ... 1:\n\t\t%s++;\n\tcase 2:\n\t\t%s = %s;\n\t\tbreak;\n\tdefault:\n\t\t%s = %s;\n\t}\n", e, -g.rnd.IntN(100), v, g.variable(), g.expr(1), g.variable(), g.expr(2))
	default:
		fmt.Fprintf(b, "\tresult(%d, %s);\n", g.n, e)
		g.n++
	}
}

// TestScenarioFlags keeps scenarioFlags in step with what models may rely on.
func TestScenarioFlags(t *testing.T) {
	m, err := load("#include <mc.h>\n#ifndef __MC__\n#error\n#endif\nlong x;\nmc_thread(0, 0) void t(void) { x = NR_CPUS + MC_ISOLATED_CPUS + MC_GETS + MC_NESTED + MC_HANDOVER + MC_IRQ + MC_UNLOADERS + MC_THREADS; }\n")
	if err != nil {
		t.Fatal(err)
	}
	build(t, m, spec.Scenario{Name: spec.ThreadsScenario})
}
