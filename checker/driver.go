package checker

import (
	"strings"

	"lastput/spec"
)

// This file says in a model's words what the threads that call its roles do
// between those calls: their own C (harness.c) is nothing that the reader wrote.

// driverRoles are the calls of the model's roles, as the driver writes them.
var driverRoles = []struct{ call, word string }{
	{"__mc_role_get(", "get"},
	{"__mc_role_dup(", "another reference"},
	{"__mc_role_put(", "put"},
	{"__mc_role_unload(", "unload"},
}

// driverWords are what else it does.
var driverWords = []struct{ code, text string }{
	{"__mc_await_call(", "refused; tries again when a call of another thread has ended"},
	{"mc_hog(", "runs for ever"},
	{"__mc_preempt(", "switches preemption off"},
}

// DriverText says what a thread does at a place that is in none of the model's
// functions, but in the driver that calls them: "get: try_module_get()". At other
// places it is empty.
func DriverText(p *spec.Prog, pos spec.Pos, frame int) string {
	if pos, _ = ModelPlace(p, pos, frame); !isDriver(p, pos) {
		return ""
	}
	source := p.Source(pos)
	if comment := commentAtEnd(source); comment != "" {
		return comment
	}
	if text := roleText(p, source); text != "" {
		return text
	}
	for _, w := range driverWords {
		if strings.Contains(source, w.code) {
			return w.text
		}
	}
	if strings.HasPrefix(source, "static void __mc_") {
		return startText(p, pos)
	}
	return "between calls"
}

// isDriver reports whether a place is in the driver's own file.
func isDriver(p *spec.Prog, pos spec.Pos) bool {
	return pos.Line > 0 && p.Files[pos.File].Library && p.Files[pos.File].Name == "harness.c"
}

// commentAtEnd is the text of the comment that ends a line, or nothing.
func commentAtEnd(source string) string {
	_, comment, _ := strings.Cut(source, "/*")
	return strings.TrimSpace(strings.TrimSuffix(comment, "*/"))
}

// roleText names the role that a line of the driver calls, and its function.
func roleText(p *spec.Prog, source string) string {
	for _, r := range driverRoles {
		if !strings.Contains(source, r.call) {
			continue
		}
		if fn := roleFunc(p, r.call); fn != "" {
			return r.word + ": " + fn + "()"
		}
		return r.word
	}
	return ""
}

// roleFunc is the model's function that the driver calls by that name.
func roleFunc(p *spec.Prog, call string) string {
	for _, f := range p.Frames {
		if isDriver(p, f.Call) && !strings.HasPrefix(f.Func, "__mc_") && strings.Contains(p.Source(f.Call), call) {
			return f.Func
		}
	}
	return ""
}

// startText says what the thread whose body begins here does first.
func startText(p *spec.Prog, pos spec.Pos) string {
	lines := p.Files[pos.File].Lines
	for _, line := range lines[pos.Line:] {
		if line == "}" {
			break
		}
		if text := roleText(p, line); text != "" {
			return "starts, with " + text
		}
		for _, w := range driverWords {
			if strings.Contains(line, w.code) {
				return "starts: " + w.text
			}
		}
		if comment := commentAtEnd(line); comment != "" && strings.Contains(line, ";") {
			return "starts: " + comment
		}
	}
	return "starts"
}

// driverCell is what a cell of the driver is called, "" for others.
func driverCell(p *spec.Prog, cell int) string {
	v := &p.Vars[p.Cells[cell].Var]
	switch {
	case !isDriver(p, v.Pos):
	case v.Name == "__mc_irq_slot":
		return "left by the handler"
	case v.Name == "__mc_slot":
		return "handed on"
	}
	return ""
}

// driverWaits says what it means to wait while a cell of the driver has a value;
// of other cells it says nothing.
func driverWaits(p *spec.Prog, cell int, value int64) string {
	switch driverCell(p, cell) {
	case "left by the handler":
		return "waits for a reference that the handler may leave"
	case "handed on":
		if value == 0 {
			return "waits for a reference from another getter"
		}
		return "waits until the reference before is taken over"
	}
	return ""
}
