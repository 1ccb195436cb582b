package main

import (
	"errors"
	"flag"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lastput/checker"
	"lastput/spec"
)

// parseCheck parses the arguments of mc check.
func parseCheck(args string) (*checkOptions, []string, []spec.Scenario, error) {
	f := newFlagSet("check")
	var o checkOptions
	o.define(f)
	operands, err := f.parse(strings.Fields(args))
	if err != nil {
		return nil, nil, nil, err
	}
	scenarios, err := o.scenarios.wanted(f)
	return &o, operands, scenarios, err
}

func TestFlagsAndOperandsMix(t *testing.T) {
	for _, args := range []string{
		"--json --getters 3 a b.c",
		"a --json b.c --getters 3",
		"a b.c --getters=3 -json",
		"--getters 3 a --json -- b.c",
	} {
		o, operands, scenarios, err := parseCheck(args)
		if err != nil {
			t.Errorf("%s: %v", args, err)
			continue
		}
		if !o.json || len(scenarios) != 1 || scenarios[0].Getters != 3 || !slices.Equal(operands, []string{"a", "b.c"}) {
			t.Errorf("%s: json %v, scenarios %v, operands %q", args, o.json, scenarios, operands)
		}
	}
	_, operands, _, err := parseCheck("a -- --json --")
	if want := []string{"a", "--json", "--"}; err != nil || !slices.Equal(operands, want) {
		t.Errorf("after --: operands %q, error %v; want %q", operands, err, want)
	}
}

func TestWantedScenarios(t *testing.T) {
	custom := func(change func(*spec.Scenario)) spec.Scenario {
		s := spec.Battery()[0]
		s.Name = "custom"
		change(&s)
		return s
	}
	std := func(name string) spec.Scenario {
		s, _ := spec.FindScenario(name)
		return s
	}
	for args, want := range map[string][]spec.Scenario{
		"a":                                    nil,
		"--scenario isolated a":                {std("isolated")},
		"--scenario nested,basic a":            {std("nested"), std("basic")},
		"--scenario nested --scenario basic a": {std("nested"), std("basic")},
		"--scenario threads a":                 {{Name: "threads"}},
		"--getters 2 a":                        {std("basic")},
		"--same-cpu a":                         {std("same-cpu")},
		"--isolated 1 a":                       {std("isolated")},
		"--migrate --migrate=false a":          {std("basic")},
		"--handover --gets 1 a":                {std("handover")},
		"--irq --getters 1 a":                  {std("irq")},
		"--getters 1 --hog user a":             {std("rt-hog")},
		"--scenario rt-hog --hog kernel a":     {custom(func(s *spec.Scenario) { s.Getters, s.Hog = 1, spec.KernelHog })},
		"--getters 3 --gets 1 a":               {custom(func(s *spec.Scenario) { s.Getters, s.Gets = 3, 1 })},
		"--unloaders 2 --nested 1 a":           {custom(func(s *spec.Scenario) { s.Unloaders, s.Nested = 2, 1 })},
		"--scenario isolated --same-cpu a":     {custom(func(s *spec.Scenario) { s.Isolated, s.SameCPU = 1, true })},
	} {
		_, _, got, err := parseCheck(args)
		if err != nil {
			t.Errorf("%s: %v", args, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", args, diff)
		}
	}
}

func TestLimits(t *testing.T) {
	o, _, _, err := parseCheck("--max-states 20k --max-memory 1.5G --timeout 1m30s --ignore deadlock --ignore invariant,assertion a")
	if err != nil {
		t.Fatal(err)
	}
	want := checker.Config{
		MaxStates: 20000, MaxMemory: 3 << 29, Timeout: 90 * time.Second,
		Ignore: []spec.Property{spec.Deadlock, spec.Invariant, spec.Assertion},
	}
	if diff := cmp.Diff(want, o.config); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestParseAmount(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "1000000": 1e6, "1e6": 1e6, "5k": 5000, "5K": 5000, "2m": 2e6, "1.5G": 15e8, "9T": 9e12,
	} {
		if got, err := parseAmount(text, thousand); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "-1", "1.5", "k", "1kk", "1 k", "ten", "inf", "nan", "0x10", "1e30", "9e9T", "1_000", "Infinity"} {
		if got, err := parseAmount(text, kibi); err == nil {
			t.Errorf("%q was taken, as %d", text, got)
		}
	}
}

func TestBadFlags(t *testing.T) {
	for args, want := range map[string]string{
		"--getter 3 a":                   "unknown flag --getter: did you mean --getters?",
		"--max_states 3 a":               "unknown flag --max_states: did you mean --max-states?",
		"--workers 0 a":                  "--workers 0: want a number from 1 to 256",
		"--getters a":                    "--getters a: want a number",
		"--getters":                      "--getters needs a value",
		"--getters 0 a":                  "--getters 0: want 1 to 128",
		"--scenario isolate a":           `unknown scenario "isolate": did you mean "isolated"?`,
		"--scenario basic, a":            `unknown scenario "": want one of basic, same-cpu, migrate, nested, handover, irq, isolated, rt-hog, threads`,
		"--ignore use-after-relase a":    `unknown property "use-after-relase": did you mean "use-after-release"?`,
		"--ignore deadlock,slow a":       `unknown property "slow": want one of ` + strings.Join(texts(spec.Properties), ", "),
		"--hog kernle a":                 "--hog kernle: want user or kernel",
		"--handover --getters 1 a":       "--handover with --getters 1: want two at least, one to get and one to put",
		"--handover --nested 1 a":        "--handover with --nested 1: one reference is handed over, so want --nested 0",
		"--timeout 30 a":                 "--timeout 30: want a time such as 30s, 5m or 1h30m",
		"--timeout -1s a":                "--timeout -1s: want a time such as 30s, 5m or 1h30m",
		"--max-memory 4Q a":              "--max-memory 4Q: want a number such as 5000, 20k or 4G",
		"--json=perhaps a":               "--json perhaps: want no value, or true or false",
		"--migrate=perhaps a":            "--migrate perhaps: want no value, or true or false",
		"--scenario threads --migrate a": `the scenario "threads" is the model's own threads: --migrate does not apply to it`,
		"---json a":                      "bad flag syntax: ---json",
	} {
		_, _, _, err := parseCheck(args)
		var use *usageError
		switch {
		case !errors.As(err, &use):
			t.Errorf("%s: error %v, want a usage error", args, err)
		case err.Error() != want:
			t.Errorf("%s: error\n  %v\nwant\n  %s", args, err, want)
		}
	}
}

// commandFlags defines the flags of each command.
var commandFlags = map[string]func(*flagSet){
	"check":   func(f *flagSet) { new(checkOptions).define(f); new(look).define(f) },
	"compare": func(f *flagSet) { new(compareOptions).define(f) },
	"demo":    func(f *flagSet) { new(demoOptions).define(f) },
	"why":     func(f *flagSet) { new(whyOptions).define(f); new(look).define(f) },
	"list":    func(f *flagSet) { new(listOptions).define(f) },
	"sample":  func(f *flagSet) { new(sampleOptions).define(f); new(look).define(f) },
	"show":    func(f *flagSet) { new(showOptions).define(f) },
	"replay":  func(f *flagSet) { new(replayOptions).define(f); new(look).define(f) },
}

// TestHelpNamesEveryFlag holds the hand-written help to the flags there are.
func TestHelpNamesEveryFlag(t *testing.T) {
	for _, cmd := range commands {
		var defined []string
		if define := commandFlags[cmd.name]; define != nil {
			f := newFlagSet(cmd.name)
			define(f)
			f.VisitAll(func(g *flag.Flag) { defined = append(defined, "--"+g.Name) })
		}
		named := regexp.MustCompile(`--[a-z-]+`).FindAllString(cmd.page(), -1)
		for _, name := range defined {
			if !slices.Contains(named, name) {
				t.Errorf("help of %s does not name %s", cmd.name, name)
			}
		}
		for _, name := range named {
			if !slices.Contains(defined, name) {
				t.Errorf("help of %s names %s, which is no flag of it", cmd.name, name)
			}
		}
		if !strings.Contains(cmd.page(), "\n    mc ") {
			t.Errorf("help of %s has no example", cmd.name)
		}
	}
}
