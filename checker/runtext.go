package checker

import (
	"fmt"
	"strings"

	"lastput/spec"
)

// This file puts a run into words for whoever has only text to show it in.

// RunText draws a run of the model's program and says what it shows, who waits
// for what, and which command plays it again.
func RunText(m *spec.Model, p *spec.Prog, t *Trace) string {
	var b strings.Builder
	if d := Diagram(p, t, DiagramOptions{}); d != "" {
		fmt.Fprintf(&b, "%s\n", d)
	}
	fmt.Fprintf(&b, "%s\n", Describe(p, t))
	if t.Violation != nil {
		for _, line := range WaitingText(p, t.Violation) {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	fmt.Fprintf(&b, "replay: %s\n", ReplayCommand(m.Path, t))
	return b.String()
}

// ReplayCommand is the command that plays the run again. The file is the
// model's; a built-in strategy has none.
func ReplayCommand(file string, t *Trace) string {
	if file == "" {
		return "mc replay " + ShellWord(t.Replay)
	}
	return "mc replay " + ShellWord(file) + " " + ShellWord(t.Replay)
}

// ShellWord makes a word that a shell reads as s. A tilde means a home folder at
// the beginning, and may after = and :.
func ShellWord(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=,+@%-~"
	home := strings.HasPrefix(s, "~") || strings.Contains(s, "=~") || strings.Contains(s, ":~")
	if s != "" && strings.Trim(s, plain) == "" && !home {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
