package main

import (
	"fmt"
	"strings"
)

// A command is one of mc's commands.
type command struct {
	name     string
	operands string
	summary  string // in a few words, lower case
	help     string // what it does, its flags and an example; see help.go
	run      func(c *call, args []string) (status, error)
}

// commands is the table of all commands, in the order in which help lists them.
// It is filled by init because help, one of them, reads it.
var commands []*command

func init() {
	commands = []*command{
		{"list", "[flags] [NAME|FILE.c]", "the strategies; what one is, and what to learn from it", listHelp, list},
		{"new", "NAME", "write a small model that runs, and its test, to start from", newHelp, newModel},
		{"check", "[flags] NAME|FILE.c ...", "run every interleaving and say what breaks", checkHelp, check},
		{"show", "[flags] NAME|FILE.c", "the C of a model, or the program made of it", showHelp, show},
		{"compare", "[flags] [NAME|FILE.c ...]", "models beside each other: what breaks, and what it costs", compareHelp, compare},
		{"why", "[flags] NAME|FILE.c", "take away each lock, barrier and check in turn: what breaks?", whyHelp, why},
		{"demo", "[flags] [NAME|FILE.c]", "a page in the browser: you are the scheduler", demoHelp, serveDemo},
		{"sample", "[flags] NAME|FILE.c ...", "run random schedules, where there are too many to run all", sampleHelp, sample},
		{"replay", "[FILE.c] STRING", "play a recorded run again, step by step", replayHelp, replay},
		{"help", "[COMMAND]", "what a command does, with its flags and an example", helpHelp, help},
	}
}

// findCommand returns the command of that name. The usual ways to ask for help
// are names of help.
func findCommand(name string) (*command, error) {
	switch name {
	case "-h", "-help", "--help":
		name = "help"
	}
	var known []string
	for _, cmd := range commands {
		if cmd.name == name {
			return cmd, nil
		}
		known = append(known, cmd.name)
	}
	if strings.HasPrefix(name, "-") {
		return nil, &usageError{msg: fmt.Sprintf("%s before a command: the command comes first, as in mc check %s", name, name)}
	}
	if isFile(name) {
		return nil, &usageError{msg: fmt.Sprintf("%s is not a command: did you mean mc check %s?", name, name)}
	}
	return nil, &usageError{msg: unknown("command", name, known, "")}
}

// page is the command's help.
func (cmd *command) page() string {
	return fmt.Sprintf("usage: mc %s %s\n\n%s", cmd.name, cmd.operands, cmd.help)
}
