package spec_test

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"lastput/spec"
)

// TestErrors holds the messages of the front end to testdata/errors.txt: after
// a line "== name" a model, after "--" what Load says of it. The headers it may
// include are those of errorHeaders. With -update the messages are rewritten.
func TestErrors(t *testing.T) {
	t.Parallel()
	const file = "testdata/errors.txt"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	preamble, rest, _ := strings.Cut(string(data), "\n== ")
	out := preamble + "\n"
	for _, c := range strings.Split(rest, "\n== ") {
		name, body, _ := strings.Cut(c, "\n")
		text, want, ok := strings.Cut(body, "\n--\n")
		if !ok {
			t.Fatalf("%s: %s has no line --", file, name)
		}
		files := errorHeaders()
		files["m.c"] = &fstest.MapFile{Data: []byte(text + "\n")}
		_, err := spec.Load(files, "m.c")
		got := ""
		if err != nil {
			got = err.Error()
		}
		out += "== " + name + "\n" + text + "\n--\n" + got + "\n"
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(lines(strings.TrimSuffix(want, "\n")), lines(got)); diff != "" && !*update {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, line := range lines(got) {
				wantStyle(t, line)
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func errorHeaders() fstest.MapFS {
	return fstest.MapFS{
		"binary.h": {Data: []byte("int\x00a;\n")},
		"self.h":   {Data: []byte("#include \"self.h\"\n")},
		"bad.h":    {Data: []byte("int y;\nint z z;\n")},
		"deep.h":   {Data: []byte("int z = " + strings.Repeat("(", 1000) + "1;\n")},
		"folder":   {Mode: os.ModeDir},
	}
}

var errorLine = regexp.MustCompile(`^[\w./]+(:\d+)?(:\d+)?: (.+)$`)

// wantStyle holds a message to what style asks of all: a place, lower case, no
// final stop, nothing of the parser's inside.
func wantStyle(t *testing.T, line string) {
	t.Helper()
	m := errorLine.FindStringSubmatch(line)
	if m == nil {
		t.Errorf("not FILE:LINE:COL: MESSAGE: %s", line)
		return
	}
	msg := m[3]
	if regexp.MustCompile(`^[A-Z][a-z]`).MatchString(msg) || strings.HasSuffix(msg, ".") && !strings.HasSuffix(msg, " .") {
		t.Errorf("a capital or a full stop: %s", line)
	}
	for _, inside := range []string{".go:", "strconv", "cc.", "runtime", "TODO", "internal error", "invalid type", "lvalue", "harness.c"} {
		if strings.Contains(line, inside) {
			t.Errorf("says %q: %s", inside, line)
		}
	}
}

// TestBadFiles: files that are no text.
func TestBadFiles(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "m.c: is empty"},
		{"blank", " \n\t\n", "m.c: is empty"},
		{"binary", "int a;\n\x00", "m.c:2: is not text: found the byte 0x00"},
		{"latin1", "/* \xe9 */", "m.c:1: is not text: found the byte 0xe9"},
		{"10 MB", strings.Repeat("int a;\n", 10<<20/7), "m.c: is larger than 256 KiB: a model is a small program"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := load(c.text); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	for _, c := range []struct{ name, file, want string }{
		{"missing", "nosuch.c", "nosuch.c: file does not exist"},
		{"folder", "folder", "folder: is a folder: name a C file in it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := spec.Load(errorHeaders(), c.file); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestErrorsAreSorted: by position, whatever order they were found in.
func TestErrorsAreSorted(t *testing.T) {
	_, err := load("#include <mc.h>\nint x;\nmc_thread(0, 0) void t(void) { f(); }\nunion { int a; } u;\nfloat g;\n")
	var list spec.ErrorList
	if !errors.As(err, &list) || len(list) != 3 {
		t.Fatalf("got %v, want three errors", err)
	}
	for i, e := range list[1:] {
		if list[i].Line > e.Line {
			t.Errorf("%v before %v", list[i], e)
		}
	}
}

const (
	bombTime   = time.Minute // what takes longer hangs, however busy the machine is
	bombMemory = 1 << 30     // bytes allocated in all
)

// TestBombs: small texts that would cost much. What they get as an answer is
// one thing, and often an error; that they get it soon is the test.
func TestBombs(t *testing.T) {
	for name, text := range bombs() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := load(text)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if err != nil {
				for _, line := range lines(err.Error()) {
					if !strings.HasPrefix(line, "and ") {
						wantStyle(t, line)
					}
				}
			}
			if took > bombTime {
				t.Errorf("took %v", took)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > bombMemory {
				t.Errorf("allocated %d MiB", n>>20)
			}
		})
	}
}

// bombs are texts of up to 256 KiB, each with one thing too many of.
func bombs() map[string]string {
	r := strings.Repeat
	// many is n lines made from their number and the one before.
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.NewReplacer("NEXT", fmt.Sprint(i+1), "THIS", fmt.Sprint(i)).Replace(format))
		}
		return b.String()
	}
	file := func(before, body string) string {
		return "#include <mc.h>\nint x, a, b;\n" + before + "mc_thread(0, 0) void t(void) {\n" + body + "\n}\n"
	}
	out := map[string]string{
		"pastings":          many(40, "#define PNEXT(x) PTHIS(x##x)\n") + file("#define P0(x) x\n", "P40(a);"),
		"pastings below":    many(15, "#define PNEXT(x) PTHIS(x##x)\n") + file("#define P0(x) x\n", "P15(a);"),
		"strings":           many(40, "#define SNEXT(x) STHIS(#x)\n") + file("#define S0(x) x\n", "S40(a);"),
		"parentheses":       file("", "x = "+r("(", 50000)+"1"+r(")", 50000)+";"),
		"minus":             file("", "x = "+r("- ", 60000)+"1;"),
		"minus below":       file("", "x = "+r("- ", 2500)+"a;"),
		"not":               file("", "x = "+r("!", 200000)+"1;"),
		"dereferences":      file("", "x = "+r("*", 200000)+"a;"),
		"casts":             file("", "x = "+r("(int)", 30000)+"1;"),
		"casts below":       file("", "x = "+r("(int)", 1300)+"a;"),
		"sizeofs":           file("", "x = "+r("sizeof ", 30000)+"a;"),
		"assignments":       file("", "x"+r("=a", 60000)+";"),
		"assignments below": file("", "x"+r("=a", 1900)+";"),
		"additions":         file("", "x = a"+r("+a", 60000)+";"),
		"additions below":   file("", "x = a"+r("+a", 1900)+";"),
		"ands":              file("", "x = a"+r("&&a", 40000)+";"),
		"conditions":        file("", "x = "+r("a?a:", 40000)+"a;"),
		"conditions below":  file("", "x = "+r("a?a:", 700)+"a;"),
		"commas":            file("", "x = a"+r(",a", 25000)+";"),
		"indices":           file("", "x = a"+r("[0]", 60000)+";"),
		"dimensions":        file("int p"+r("[1]", 1000)+";\n", "p"+r("[0]", 1000)+" = 1;"),
		"dimensions below":  file("int p"+r("[1]", 90)+";\n", "p"+r("[0]", 90)+" = 1;"),
		"calls":             file("", "x = a"+r("()", 60000)+";"),
		"pointers":          file("int "+r("*", 100000)+"p;\n", "x = 1;"),
		"declarators":       file("int "+r("(*", 190)+"p"+r(")(void)", 190)+";\n", "x = 1;"),
		"else if":           file("", "if (x) a = 1;"+r(" else if (x) a = 1;", 8000)),
		"else if below":     file("", "if (x) a = 1;"+r(" else if (x) a = 1;", 990)),
		"if in if":          file("", r("if (x) ", 20000)+"a = 1;"),
		"while in while":    file("", r("while (x) ", 20000)+"a = 1;"),
		"do in do":          file("", r("do ", 10000)+"a = 1;"+r(" while (x);", 10000)),
		"for in for":        file("", r("for (;x;) ", 10000)+"a = 1;"),
		"for in for below":  file("", r("for (;x;) ", 1900)+"a = 1;"),
		"blocks":            file("", r("{", 50000)+r("}", 50000)),
		"labels":            file("", many(20000, "lTHIS: ")+"a = 1;"),
		"cases":             file("", "switch (x) {"+many(15000, "case THIS: ")+"a = 1; }"),
		"cases below":       file("", "switch (x) {"+many(1300, "case THIS: ")+"a = 1; }"),
		"large switch":      file("", "switch (x) {"+many(4000, "case THIS: a = 1; break; ")+"}"),
		"loops":             file("", r("for (;x;) a = 1;\n", 1900)),
		"conditionals":      file("", r("x = a ? b : x;\n", 1500)),
		"logicals":          file("", r("x = a && b || x && a;\n", 1500)),
		"registers":         file("", many(1500, "int rTHIS = x;\n")+many(1500, "x = rTHIS;\n")),
		"chain":             file("", "int r = x;\n"+r("r = r * 3 + 1;\n", 4000)+"x = r;"),
		"dead chain":        file("", "int r = x;\n"+r("r = r * 3 + 1;\n", 4000)),
		"locals":            file("", many(1000, "int vTHIS[100]; vTHIS[x] = 1;\n")),
		"braces":            file("int v = "+r("{", 190)+"1"+r("}", 190)+";\n", "x = v;"),
		"initializers":      file("int v[16000] = {"+r("1,", 16000)+"};\n", "v[x] = 1;"),
		"initializer range": file("int v[2000000000] = { [0 ... 1999999999] = 3 };\n", "v[x] = 1;"),
		"array":             file("int v[1000000000];\n", "v[1] = 1;"),
		"arrays of arrays":  file("int v[10000][10000][10000];\n", "v[1][2][3] = 1;"),
		"overflowing array": file("int v[0x7fffffffffffffff][0x7fffffffffffffff];\n", "v[1][1] = 1;"),
		"arrays of nothing": file("struct e {}; struct e v[16000][16000][16000];\n", "a = &v[1] != 0;"),
		"structs":           file("struct s0 { int a; };\n"+many(30, "struct sNEXT { struct sTHIS a, b; };\n"), "struct s30 v, *p = &v; a = p != 0;"),
		"empty structs":     file("struct s0 { };\n"+many(30, "struct sNEXT { struct sTHIS a, b; };\n"), "struct s30 v, *p = &v; a = p != 0;"),
		"structs in one":    file("struct s "+r("{ struct ", 20000)+"{ int x; }"+r("q; }", 20000)+";\n", "x = 1;"),
		"typedefs":          file("typedef int n0;\n"+many(9000, "typedef nTHIS nNEXT[1];\n"), "n9000 v; (void)&v;"),
		"typedefs below":    file("typedef int n0;\n"+many(1900, "typedef nTHIS *nNEXT;\n"), "n1900 v; a = &v != 0;"),
		"statics":           file(many(1000, "int vTHIS[1000];\n"), many(1000, "vTHIS[0] = 1;\n")),
		"enumerators":       file("enum e { "+many(20000, "eTHIS, ")+"};\nenum e ee;\n", "ee = e5;"),
		"functions":         file(many(4000, "void fTHIS(void){}\n"), "x = 1;"),
		"parameters":        file("int f("+many(10000, "int aTHIS, ")+"int b) { return 0; }\n", "x = 1;"),
		"attributes":        file("int "+r("__attribute__((a)) ", 8000)+"q;\n", "x = 1;"),
		"string":            file("char s[] = \""+r("a", 200000)+"\";\n", "x = 1;"),
		"name":              file("int "+r("a", 200000)+";\n", "x = 1;"),
		"number":            file("", "x = "+r("1", 200000)+";"),
		"macro sum":         file("#define B0 a+a\n"+many(30, "#define BNEXT BTHIS+BTHIS\n"), "x = B30;"),
		"macro statements":  file("#define B0 a=1;\n"+many(30, "#define BNEXT BTHIS BTHIS\n"), "B30"),
		"macro nested":      file("#define F(x) ((x)+(x))\n", "x = "+r("F(", 150)+"1"+r(")", 150)+";"),
		"macro deep":        file("#define F(x) x\n", "x = "+r("F(", 19000)+"1"+r(")", 19000)+";"),
		"macro chain":       file("#define M0 1\n"+many(9000, "#define MNEXT (MTHIS)\n"), "x = M9000;"),
		"if expression":     file("#if "+r("(", 7000)+"1\n#endif\n", "x = 1;"),
		"if not":            file("#if "+r("!", 7000)+"1\n#endif\n", "x = 1;"),
		"if long":           file("#if "+r("!", 70000)+"1\n#endif\n", "x = 1;"),
		"if nested":         file(r("#if 1\n", 15000)+r("#endif\n", 15000), "x = 1;"),
		"include itself":    "#include \"m.c\"\n",
		"calls doubled":     file("static void f0(void) { x++; }\n"+many(40, "static void fNEXT(void) { fTHIS(); fTHIS(); }\n"), "f40();"),
		"empty doubled":     file("static void f0(void) { }\n"+many(40, "static void fNEXT(void) { fTHIS(); fTHIS(); }\n"), "f40();"),
		"arguments doubled": file("static int f0(int q) { return q; }\n"+many(40, "static int fNEXT(int q) { return fTHIS(fTHIS(q)); }\n"), "x = f40(1);"),
		"calls deep":        file("static void f0(void) { x++; }\n"+many(1000, "static void fNEXT(void) { fTHIS(); }\n"), "f1000();"),
	}
	return out
}
