package checker_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"lastput/checker"
	"lastput/spec"
	"lastput/strategies"
)

// TestDriverText: wherever the driver of the roles can rest, what it does is said
// without its own names, and where a role is called, with the model's name for it.
func TestDriverText(t *testing.T) {
	for _, name := range []string{"module_base", "lookup_lock"} {
		m, _ := strategies.Find(name)
		for _, sc := range spec.Battery() {
			p, err := m.Build(sc)
			if err != nil {
				t.Fatal(err)
			}
			for i := range p.Code {
				in := &p.Code[i]
				text := checker.DriverText(p, in.Pos, in.Frame)
				pos, _ := checker.ModelPlace(p, in.Pos, in.Frame)
				switch driver := pos.Line > 0 && p.Files[pos.File].Name == "harness.c"; {
				case !driver && text != "":
					t.Errorf("%s, %s: %s is not the driver's, but %q", name, sc.Name, p.Place(pos), text)
				case driver && (text == "" || strings.Contains(text, "__mc")):
					t.Errorf("%s, %s: %s is %q", name, sc.Name, p.Source(pos), text)
				case driver && in.Visible() && text == "between calls":
					t.Errorf("%s, %s: a thread rests at %q, and nothing is said of it", name, sc.Name, p.Source(pos))
				case driver && strings.Contains(p.Source(pos), "= __mc_role_get(") && !strings.HasPrefix(text, "get: "):
					t.Errorf("%s, %s: %s is %q", name, sc.Name, p.Source(pos), text)
				}
			}
		}
	}
}

// TestDriverTextOfAFile: a model's own file that is named as the driver's is the
// model's.
func TestDriverTextOfAFile(t *testing.T) {
	text := "#include <mc.h>\nint x;\nmc_thread(0, 0) void a(void) { x = 1; }\n"
	m, err := spec.Load(fstest.MapFS{"harness.c": {Data: []byte(text)}}, "harness.c")
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.Build(m.Scenarios()[0])
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Code {
		if text := checker.DriverText(p, p.Code[i].Pos, p.Code[i].Frame); text != "" {
			t.Errorf("%q", text)
		}
	}
}

// TestDriverRow: what a handler of the driver does is in a run's diagram by the
// handler's name, and not as something that the library does.
func TestDriverRow(t *testing.T) {
	m, _ := strategies.Find("stop_machine_plain_inc")
	sc, err := spec.ParseScenario("getters=1,gets=1,irq")
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.Build(sc)
	if err != nil {
		t.Fatal(err)
	}
	r, err := checker.Check(context.Background(), p, checker.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if d := checker.Diagram(p, r.Trace, checker.DiagramOptions{}); strings.Contains(d, "__mc_") || !strings.Contains(d, "irq: (leaves it to a getter)") {
		t.Error(d)
	}
}
