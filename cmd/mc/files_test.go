package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chromedp/chromedp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// written runs mc check with a report in a file, and returns that.
func written(t *testing.T, flag string, want int, args ...string) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "report")
	var out, errs bytes.Buffer
	if code := run(append([]string{"check", flag, name}, args...), nil, &out, &errs); code != want {
		t.Fatalf("%v: exit %d, want %d\n%s", args, code, want, errs.String())
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestSARIF: reports are what the published schema allows, each violation is at a
// line of a file, and the threads' steps together are the run.
func TestSARIF(t *testing.T) {
	for _, c := range []struct {
		args []string
		line string // what the first violation points to, if it is the same for ever
	}{
		{[]string{"isolated_skip"}, "return ret;"},
		{[]string{"--strict", "rcu", "--scenario", "basic"}, ""},
		{[]string{"stop_machine_fifo", "--scenario", "rt-hog"}, "ret = stop_machine(try_stop_module, NULL, NULL);"},
		{[]string{"nonatomic_last", "--scenario", "basic"}, "return;"},
		{[]string{"refcache_no_dirty"}, "mc_release(&obj);"},
		{[]string{"lookup_lock_plain", "--scenario", "irq"}, "spin_lock_irqsave(&table_lock, flags);"},
	} {
		args := c.args
		rep, _ := sarifOf(t, 1, args...)
		found := 0
		for _, r := range rep.Runs[0].Results {
			if r.Level != "error" {
				continue
			}
			found++
			at := r.Locations[0].Physical
			if uri := at.Artifact.URI; !strings.HasPrefix(uri, "strategies/") || at.Region.Line < 1 {
				t.Errorf("%v: a violation in %s, line %d", args, uri, at.Region.Line)
			} else if got := lineOf(t, "../../"+uri, at.Region.Line); found == 1 && c.line != "" && got != c.line {
				t.Errorf("%v: the violation points to %q, want %q", args, got, c.line)
			}
			var order []int
			for _, f := range r.CodeFlows[0].Threads {
				last := 0
				for _, st := range f.Locations {
					order = append(order, st.Order)
					if st.Order <= last {
						t.Errorf("%v: step %d of a thread after step %d", args, st.Order, last)
					}
					last = st.Order
				}
			}
			slices.Sort(order)
			for i, n := range order {
				if n != i+1 {
					t.Fatalf("%v: the run has the steps %v", args, order)
				}
			}
		}
		if found == 0 {
			t.Errorf("%v: no result", args)
		}
	}
}

// sarifOf runs mc check with a report in SARIF, which has to be what the published
// schema allows, and each of its results somewhere and known by a fingerprint of its
// own.
func sarifOf(t *testing.T, want int, args ...string) (sarifLog, any) {
	t.Helper()
	schema, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("sarif.json", parsed); err != nil {
		t.Fatal(err)
	}
	data := written(t, "--sarif", want, args...)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	if err := c.MustCompile("sarif.json").Validate(doc); err != nil {
		t.Errorf("%v: %v", args, err)
	}
	var rep sarifLog
	if err := json.Unmarshal(data, &rep); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range rep.Runs[0].Results {
		mark := r.Fingerprints["lastput/v1"]
		if mark == "" || known[mark] {
			t.Errorf("%v: two results, or none, are known as %q", args, mark)
		}
		known[mark] = true
		if len(r.Locations) != 1 || r.Locations[0].Physical == nil || r.Locations[0].Physical.Region.Line < 1 {
			t.Errorf("%v: %s is nowhere: %+v", args, mark, r.Locations)
		}
	}
	return rep, doc
}

// schemaFile is the published schema, wherever a test goes.
var schemaFile, _ = filepath.Abs("testdata/sarif-schema-2.1.0.json")

// constructs adds to set where a document has what: "runs[].results[].level".
func constructs(set map[string]bool, at string, v any) {
	set[at] = true
	switch v := v.(type) {
	case map[string]any:
		for name, e := range v {
			if strings.HasSuffix(at, ".state") {
				name = "*"
			}
			constructs(set, strings.TrimPrefix(at+"."+name, "."), e)
		}
	case []any:
		for _, e := range v {
			constructs(set, at+"[]", e)
		}
	}
}

// TestSARIFConstructs: everything that a report can have was before the schema.
func TestSARIFConstructs(t *testing.T) {
	set := map[string]bool{}
	for _, c := range []struct {
		want int
		args []string
	}{
		{1, []string{"--scenario", "isolated", "isolated_skip"}},
		{1, []string{"--max-states", "3k", "--scenario", "basic,rt-hog", "stop_machine_fifo"}},
	} {
		_, doc := sarifOf(t, c.want, c.args...)
		constructs(set, "", doc)
	}
	const at, flow = "runs[].results[].", "runs[].results[].codeFlows[].threadFlows[].locations[]."
	for _, want := range []string{
		"$schema", "version", "runs[].columnKind", "runs[].tool.driver.rules[].help.text", "runs[].tool.driver.rules[].defaultConfiguration.level",
		"runs[].invocations[].toolExecutionNotifications[].message.text",
		at + "ruleId", at + "ruleIndex", at + "level", at + "message.text", at + "partialFingerprints.lastput/v1", at + "properties.replay",
		at + "locations[].physicalLocation.artifactLocation.uri", at + "locations[].physicalLocation.region.startColumn",
		at + "codeFlows[].message.text", flow + "executionOrder", flow + "state.*.text", flow + "location.message.text",
		flow + "location.physicalLocation.region.startLine",
	} {
		if !set[want] {
			t.Errorf("no report had %s", want)
		}
	}
}

// lineOf is a line of a file, without the blanks around it.
func lineOf(t *testing.T, file string, n int) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(strings.Split(string(data), "\n")[n-1])
}

// TestSARIFOfAFile: a file of the user's is named as it was given; a search that
// was stopped is no result, but is said.
func TestSARIFOfAFile(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.MkdirAll("my models", 0o777); err != nil {
		t.Fatal(err)
	}
	const text = "#include <mc.h>\nint x;\nmc_thread(0, 0) void a(void) { x = 1; }\nmc_thread(1, 0) void b(void) { mc_assert(x == 0); }\n"
	if err := os.WriteFile("my models/m.c", []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("a:b.c", []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("my models", "link"); err != nil {
		t.Fatal(err)
	}
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "m.c"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, filepath.Join(outside, "here")); err != nil {
		t.Fatal(err)
	}
	up, err := filepath.Rel(dir, outside)
	if err != nil {
		t.Fatal(err)
	}
	absolute := (&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(outside, "m.c"))}).String()
	marks := map[string]bool{}
	for file, uri := range map[string]string{
		"my models/m.c":                                 "my%20models/m.c",
		"./my models/m.c":                               "my%20models/m.c",
		"my models/../my models/m.c":                    "my%20models/m.c",
		filepath.Join(dir, "my models", "m.c"):          "my%20models/m.c",
		filepath.Join(outside, "here/my models", "m.c"): "my%20models/m.c",
		"link/m.c":                    "link/m.c",
		"./a:b.c":                     "./a:b.c", // else a would be a scheme
		filepath.Join(outside, "m.c"): absolute,
		filepath.Join(up, "m.c"):      absolute,
	} {
		rep, _ := sarifOf(t, 1, file)
		r := rep.Runs[0].Results[0]
		if at := r.Locations[0].Physical; at.Artifact.URI != uri || at.Region.Line != 4 {
			t.Errorf("%s: %+v, want %s, line 4", file, at, uri)
		}
		if strings.HasSuffix(file, "m.c") {
			marks[r.Fingerprints["lastput/v1"]] = true
		}
	}
	if len(marks) != 1 {
		t.Errorf("the same finding is known as %v", slices.Sorted(maps.Keys(marks)))
	}
	rep, _ := sarifOf(t, 3, "--max-states", "10", "stop_machine", "--scenario", "basic")
	if n := rep.Runs[0].Invocations[0].Notifications; len(rep.Runs[0].Results) != 0 || len(n) != 1 || !strings.Contains(n[0].Message.Text, "inconclusive") {
		t.Errorf("%+v", rep.Runs[0])
	}
}

// TestSARIFColumns: columns are of characters, as the report says, not of bytes;
// and a finding that moves to another line is the same finding.
func TestSARIFColumns(t *testing.T) {
	t.Chdir(t.TempDir())
	const head = "#include <mc.h>\nint x;\nmc_thread(0, 0) void a(void) { x = 1; }\n"
	const line = "mc_thread(1, 0) void b(void) { /* \u00e9\u00e9\u00e9 */ mc_assert(x == 0); }\n"
	var marks []string
	for i, text := range []string{head + line, head + "\n\n" + line} {
		if err := os.WriteFile("m.c", []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		rep, _ := sarifOf(t, 1, "m.c")
		r := rep.Runs[0].Results[0]
		want := utf8.RuneCountInString(line[:strings.Index(line, "mc_assert")]) + 1
		if at := r.Locations[0].Physical.Region; at.Line != 4+2*i || at.Column != want {
			t.Errorf("%+v, want line %d, column %d", at, 4+2*i, want)
		}
		marks = append(marks, r.Fingerprints["lastput/v1"])
	}
	if marks[0] != marks[1] {
		t.Errorf("moved down, %s is %s", marks[0], marks[1])
	}
}

// TestSVG: pictures are XML, and what is text in a model is text in them.
func TestSVG(t *testing.T) {
	t.Chdir(t.TempDir())
	const text = "#include <mc.h>\nint x;\nmc_thread(0, 0) void a(void) { x = 1; }\nmc_thread(1, 0) void b(void) { mc_assert(x == 0); /* </text><script>alert(1)</script> */ x = 3; }\n"
	if err := os.WriteFile("m.c", []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"m.c"}, {"stop_machine_low_priority", "--scenario", "rt-hog"}} {
		data := written(t, "--svg", 1, args...)
		wantXML(t, data)
		if bytes.Contains(data, []byte("<script")) {
			t.Errorf("%v: the text of the model is not text\n%s", args, data)
		}
	}
	// The same picture comes from the recording.
	var out, errs bytes.Buffer
	run([]string{"check", "--json", "--scenario", "isolated", "isolated_skip"}, nil, &out, &errs)
	var doc struct {
		Results []struct{ Replay string }
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if code := run([]string{"replay", "--svg", doc.Results[0].Replay}, nil, &out, &errs); code != 1 || out.String() != string(written(t, "--svg", 1, "--scenario", "isolated", "isolated_skip")) {
		t.Errorf("exit %d; the picture of the replay is another\n%s", code, errs.String())
	}
	out.Reset()
	if code := run([]string{"check", "--svg", "none.svg", "--scenario", "basic", "lookup_lock"}, nil, &out, &errs); code != 0 || !strings.Contains(errs.String(), "no run to draw") {
		t.Errorf("exit %d, %s", code, errs.String())
	}
	if _, err := os.Stat("none.svg"); err == nil {
		t.Error("a picture of no run is written")
	}
}

func wantXML(t *testing.T, data []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
	}
}

// TestHTML: the page has the run, the source with the lines that never ran, and
// the graph where it is small; the model's text is text.
func TestHTML(t *testing.T) {
	t.Chdir(t.TempDir())
	const text = "#include <mc.h>\nint x;\nmc_thread(0, 0) void a(void) {\n\tif (x == 5)\n\t\tx = 2; /* <b>never</b> */\n}\nmc_thread(1, 0) void b(void) { x = 1; }\n"
	if err := os.WriteFile("m.c", []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	page := string(written(t, "--html", 0, "m.c"))
	for _, want := range []string{`data-line="m m.c:5" class="never"`, "&lt;b&gt;never", `<svg class="graph"`, `class="verified"`} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not in the page\n%s", want, page)
		}
	}
	for _, not := range []string{"http://www.w3.org/1999", "src=", "href=\"http", "<b>never", "preamble"} {
		if strings.Contains(page, not) {
			t.Errorf("%s is in the page", not)
		}
	}
	if page := string(written(t, "--html", 1, "--scenario", "isolated", "isolated_skip")); !strings.Contains(page, "Step by step") || !strings.Contains(page, "get after the final put") {
		t.Error("the run is not in the page")
	}
	var out, errs bytes.Buffer
	if code := run([]string{"check", "--html", "a", "--sarif", "a", "m.c"}, nil, &out, &errs); code != 2 || !strings.Contains(errs.String(), "the same file") {
		t.Errorf("two reports in one file: exit %d, %s", code, errs.String())
	}
	if code := run([]string{"check", "--html", "no/such/folder/a", "m.c"}, nil, &out, &errs); code != 2 {
		t.Errorf("a file that cannot be written: exit %d", code)
	}
}

// TestHTMLStopped: a line that only a stopped search could have come to is not
// said to be out of reach.
func TestHTMLStopped(t *testing.T) {
	data, err := os.ReadFile("../../strategies/lookup/lookup_lock.c")
	if err != nil {
		t.Fatal(err)
	}
	const end = "\tif (last)\n\t\tmc_release(o);\n"
	text := strings.Replace(string(data), end, end+"#if MC_GETS == 2\n\tif (!o)\n\t\towned = true; /* never */\n#endif\n", 1)
	t.Chdir(t.TempDir())
	if err := os.WriteFile("m.c", []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	marked := func(want int, args ...string) bool {
		page := string(written(t, "--html", want, append(args, "--scenario", "basic,handover", "m.c")...))
		for _, l := range strings.Split(page, "<span ") {
			if strings.Contains(l, "/* never */") {
				return strings.Contains(l, `class="never"`)
			}
		}
		t.Fatalf("the line is not in the page\n%s", page)
		return false
	}
	if !marked(0) {
		t.Error("a line that no run comes to is not marked")
	}
	if marked(3, "--max-states", "500") {
		t.Error("a line that a stopped search had not come to yet is marked")
	}
}

// TestDOT: graphs of states and of threads.
func TestDOT(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("m.c", []byte("#include <mc.h>\nint x;\nmc_thread(0, 0) void a(void) { x = 1; }\nmc_thread(1, 0) void b(void) { mc_assert(x == 0); }\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	show := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(append([]string{"show"}, args...), nil, &out, &errs); code != want {
			t.Fatalf("%v: exit %d\n%s", args, code, errs.String())
		}
		return out.String() + errs.String()
	}
	// Start, at the store or the load, end: three places each, but the thread
	// that finds x = 1 ends the run.
	if got := show(0, "--dot", "m.c"); strings.Count(got, "[label=\"a ")+strings.Count(got, "[label=\"b ")+strings.Count(got, "[label=\"x ")+strings.Count(got, `[label=""`) < 8 || !strings.Contains(got, `VIOLATED assertion`) {
		t.Error(got)
	}
	if got := show(0, "--dot", "--thread", "a", "m.c"); strings.Count(got, "->") != 2 || !strings.Contains(got, "end") {
		t.Error(got)
	}
	for _, bad := range [][]string{{"--dot", "stop_machine"}, {"--dot", "--program", "m.c"}, {"--thread", "a", "m.c"}, {"--dot", "--thread", "c", "m.c"}} {
		show(2, bad...)
	}
}

// A viewer looks at a page in a browser.
type viewer struct {
	*testing.T
	ctx context.Context
}

// view opens a page that a report wrote. It needs a browser.
func view(t *testing.T, page []byte) *viewer {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium: install it to test the page")
	}
	name := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(name, page, 0o666); err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, stopTab := chromedp.NewContext(ctx)
	t.Cleanup(stopTab)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	if _, err := chromedp.Run(ctx, chromedp.Navigate("file://"+name)); err != nil {
		t.Fatal(err)
	}
	return &viewer{t, ctx}
}

func (v *viewer) eval(script string) string {
	v.Helper()
	got, err := chromedp.Run(v.ctx, chromedp.Evaluate[string]("String("+script+")"))
	if err != nil {
		v.Fatalf("%s: %v", script, err)
	}
	return got
}

// TestHTMLHostile: a model that is full of HTML and of names without end is text, and
// the page is no wider than a phone.
func TestHTMLHostile(t *testing.T) {
	t.Chdir(t.TempDir())
	long := strings.Repeat("very_long_", 40)
	text := "#include <mc.h>\nint " + long + "; /* </pre></main><script>window.pwned = 1</script> */\n" +
		"mc_thread(0, MC_OTHER) void a(void) { " + long + " = 1; /* <img src=x onerror=\"window.pwned = 2\"> ${window.pwned = 3} */ }\n" +
		"mc_thread(1, 0) void b(void) { mc_assert(" + long + " == 0); } // </script><script>window.pwned = 4</script>\n"
	if err := os.WriteFile("m.c", []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	v := view(t, written(t, "--html", 1, "m.c"))
	if _, err := chromedp.Run(v.ctx, chromedp.EmulateViewport(390, 844)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ script, want string }{
		{"(document.querySelectorAll('details').forEach(d => { d.open = true }), innerWidth)", "390"},
		{"(s => { s.value = s.max; s.dispatchEvent(new Event('input')); return s.value > 1; })(document.querySelector('.run input'))", "true"},
		{"document.documentElement.scrollWidth", "390"},
		{"window.pwned", "undefined"},
		{"document.querySelectorAll('img, script').length", "1"}, // the page's own
		{"document.querySelector('.source').textContent.includes('<script>window.pwned = 1</script>')", "true"},
	} {
		if got := v.eval(c.script); got != c.want {
			t.Errorf("%s is %q, want %q", c.script, got, c.want)
		}
	}
}

// TestHTMLRuns: the slider shows the step, the values after it and its line of the
// source, of the right model where two include the same file. It needs a browser.
func TestHTMLRuns(t *testing.T) {
	v := view(t, written(t, "--html", 1, "--scenario", "isolated", "stop_machine", "isolated_skip"))
	const slider = "document.querySelector('.run input')"
	const near = "document.querySelector('.near .now')"
	for _, c := range []struct{ script, want string }{
		{"document.querySelector('.step').textContent", "before the first step"},
		{slider + ".max", "50"},
		{"document.querySelectorAll('.source .now').length", "0"},
		{"(" + slider + ".value = 50, " + slider + ".dispatchEvent(new Event('input')), document.querySelectorAll('.source .now').length)", "1"},
		{"document.querySelector('.source .now').dataset.line.split(' ')[0]", "isolated_skip"},
		{"document.querySelector('.step').textContent.slice(0, 18)", "50/50  CPU2 getter"},
		{"[...document.querySelectorAll('.memory tr')].find(r => r.cells[0].textContent === 'mod.state').cells[1].textContent", "GOING"},
		{near + ".textContent.includes('preempt_enable();')", "true"},
		{"(window.top0 = scrollY, 0)", "0"},
		// Every line of the run is in sight in its panel as its step comes, and the
		// page has not moved.
		{"[...Array(51).keys()].filter(n => { " + slider + ".value = n; " + slider + ".dispatchEvent(new Event('input')); const l = " + near + "; if (!l) return false; const r = l.getBoundingClientRect(), b = l.parentElement.getBoundingClientRect(); return r.top < b.top || r.bottom > b.bottom; }).join()", ""},
		{"scrollY === top0", "true"},
		{"document.documentElement.scrollWidth <= innerWidth", "true"},
		{"performance.getEntriesByType('resource').length", "0"}, // nothing is loaded
	} {
		if got := v.eval(c.script); got != c.want {
			t.Errorf("%s is %q, want %q", c.script, got, c.want)
		}
	}
}
