package spec_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lastput/spec"
)

// hostileTime and hostileMemory bound what any text may cost, be it refused or
// taken.
const (
	hostileTime   = 10 * time.Second
	hostileMemory = 1 << 30
)

// body makes a model of a statement.
func body(statement string) string {
	return "\nmc_thread(0, MC_OTHER) void t(void) { " + statement + " }\n"
}

// number writes text for each number below n.
func number(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

// copies are macros of which the last stands for 10^levels copies of text.
func copies(text string, levels int) string {
	return "#define X0 " + text + "\n" + number(levels, func(i int) string {
		return fmt.Sprintf("#define X%d%s\n", i+1, strings.Repeat(fmt.Sprintf(" X%d", i), 10))
	})
}

// TestHostile: texts that are out to cost much are refused, with a reason that
// names a bound, or are taken; soon, and with little memory, either way.
func TestHostile(t *testing.T) {
	const head = "#include <linux/kernel.h>\n#include <mc.h>\nint x;\n"
	nested := func(open, inner, closing string, n int) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(closing, n)
	}
	for _, c := range []struct{ name, text, want string }{
		{"macro bomb", copies("x++;", 9) + body("X9"), "macros expand to more than"},
		{"macro bomb by arguments", "#define F(a) a a a a a a a a\n" + body(nested("F(", "x++;", ")", 30)), "macros expand to more than"},
		{"pasting bomb", "#define F(a) " + strings.Repeat("a##a##a##a ", 10) + "\n" + body("x = 1;"), "uses of # and ##"},
		{"parentheses", body("x = " + nested("(", "1", ")", 50000) + ";"), "nested more than"},
		{"parentheses of a type", "int " + nested("(*", "f", ")(void)", 10000) + ";" + body("x = 1;"), "nested more than"},
		{"typeof in typeof", body(nested("typeof(", "x", ")", 150) + " y; x = 1;"), "not understood as C"},
		{"blocks", body(nested("{", "", "}", 50000)), "nested more than"},
		{"structs", nested("struct {", "int y;", "} z;", 20000) + body("x = 1;"), "nested more than"},
		{"initializer", "int a[3] = " + nested("{", "1", "}", 50000) + ";" + body("x = 1;"), "nested more than"},
		{"#if", nested("#if 1\n", "", "#endif\n", 5000) + body("x = 1;"), ""},
		{"#if of an expression", "#if " + nested("(", "1", ")", 5000) + "\n#endif\n" + body("x = 1;"), "nested more than"},
		{"#if of a long expression", "#if " + strings.Repeat("!", 100000) + "1\n#endif\n" + body("x = 1;"), "a preprocessor line of more than"},
		{"unary operators", body("x = " + strings.Repeat("- ", 50000) + "1;"), "tokens"},
		{"conditionals", body(strings.Repeat("x = "+strings.Repeat("x?1:", 900)+"2;", 40)), "instructions"},
		{"pointers", "int " + strings.Repeat("*", 50000) + "p;" + body("x = 1;"), "tokens"},
		{"array", "int a[2000000000];" + body("x = a[5];"), "cells"},
		{"array of arrays", "int a[100000][100000][100000];" + body("x = a[5][5][5];"), "cells"},
		{"array by its initializer", "int a[] = { [1000000000] = 1 };" + body("x = a[5];"), "cells"},
		{"array of a range", "int a[] = { [0 ... 1000000000] = 1 };" + body("x = a[5];"), "cells"},
		{"local array", body("int a[100000000]; a[x] = 1;"), "cells"},
		{"struct of structs", "struct s0 { int y; };\n" + number(60, func(i int) string {
			return fmt.Sprintf("struct s%d { struct s%d a, b; };\n", i+1, i)
		}) + "struct s60 big;" + body("x = 1;"), "cells"},
		{"enum", "enum e { " + number(20000, func(i int) string { return fmt.Sprintf("E%d,", i) }) + " };" + body("x = E19999;"), ""},
		{"enum of large values", "enum e { A = 99999999999999999999999999 };" + body("x = A;"), "too large"},
		{"integer", body("x = " + strings.Repeat("9", 200000) + ";"), "too large"},
		{"functions", number(5000, func(i int) string { return fmt.Sprintf("void f%d(void) { }\n", i) }) + body("x = 1;"), ""},
		{"10^5 functions", number(100000, func(i int) string { return fmt.Sprintf("void f%d(void){}\n", i) }) + body("x = 1;"), "is larger than"},
		{"10^5 functions by macros", copies("void f(void) { }", 5) + "X5" + body("x = 1;"), "macros expand to more than"},
		{"calls", "void f0(void) { x++; }\n" + number(50, func(i int) string {
			return fmt.Sprintf("void f%d(void) { f%d(); f%d(); }\n", i+1, i, i)
		}) + body("f50();"), "instructions"},
		{"threads", number(2000, func(i int) string {
			return fmt.Sprintf("mc_thread(%d, MC_OTHER) void t%d(void) { x = 2; }\n", i%60, i)
		}), "threads"},
		{"line", body(strings.Repeat("x = 1; ", 30000)), "instructions"},
		{"name", "int " + strings.Repeat("a", 200000) + ";" + body("x = 1;"), ""},
		{"cases", body("switch (x) { case 0 ... 2000000000: x = 1; }"), ""},
		{"choice", body("x = mc_choose(2000000000);"), "mc_choose"},
		{"itself", "#include \"m.c\"\n", "includes itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			begin := time.Now()
			_, err := spec.Load(fstest.MapFS{"m.c": {Data: []byte(head + c.text)}}, "m.c")
			if took := time.Since(begin); took > hostileTime {
				t.Errorf("took %v", took)
			}
			if got := fmt.Sprint(err); c.want == "" && err != nil || !strings.Contains(got, c.want) {
				t.Errorf("%.300s\nwant %q in it", got, c.want)
			}
		})
	}
	if most := peakMemory(t); most > hostileMemory {
		t.Errorf("%d MB of memory were needed", most>>20)
	}
}

// peakMemory is the most memory that the process has had, where the system says.
func peakMemory(t *testing.T) int64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("needs /proc to know how much memory was used")
	}
	for _, line := range strings.Split(string(data), "\n") {
		var kib int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	t.Skip("/proc/self/status has no VmHWM")
	return 0
}

// TestHostileDirectives: of a file full of directives only what is wrong is
// told, and not all of it.
func TestHostileDirectives(t *testing.T) {
	for _, line := range []string{"// mc: learn x\n", "// mc: expect * verified\n", "// mc: nonsense\n", "// mc: title " + strings.Repeat("a", 1000) + "\n"} {
		text := strings.Repeat(line, min(10000, 200000/len(line))) + "#include <mc.h>\nint x;" + body("x = 1;")
		begin := time.Now()
		_, err := spec.Load(fstest.MapFS{"m.c": {Data: []byte(text)}}, "m.c")
		if took := time.Since(begin); took > hostileTime {
			t.Errorf("%.30s: took %v", line, took)
		}
		if err != nil && strings.Count(err.Error(), "\n") > 50 {
			t.Errorf("%.30s: %d lines of errors", line, strings.Count(err.Error(), "\n"))
		}
	}
}

// TestFuzzCorpus: what the fuzz targets begin with is stored.
func TestFuzzCorpus(t *testing.T) {
	for _, target := range []string{"FuzzLoad", "FuzzDirectives", "FuzzParseScenario"} {
		files, err := filepath.Glob(filepath.Join("testdata", "fuzz", target, "*"))
		if err != nil || len(files) == 0 {
			t.Errorf("no stored corpus for %s, %v", target, err)
		}
	}
}
