package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A flagSet is the flags of one command. Unlike those of the standard library
// they may stand before, between and after the operands.
type flagSet struct {
	*flag.FlagSet
}

func newFlagSet(command string) *flagSet {
	f := flag.NewFlagSet(command, flag.ContinueOnError)
	f.SetOutput(io.Discard) // errors are printed once, by report
	return &flagSet{f}
}

// parse sets the flags in args and returns the rest. The error is a usageError
// or flag.ErrHelp.
func (f *flagSet) parse(args []string) ([]string, error) {
	var operands []string
	for {
		if err := f.Parse(args); err != nil {
			return nil, f.explain(err)
		}
		used := len(args) - f.NArg()
		if f.NArg() == 0 || used > 0 && args[used-1] == "--" {
			return append(operands, f.Args()...), nil
		}
		operands = append(operands, f.Arg(0))
		args = f.Args()[1:]
	}
}

// explain puts the standard library's errors, which are but text, in our words.
func (f *flagSet) explain(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	msg := err.Error()
	if name, found := strings.CutPrefix(msg, "flag provided but not defined: -"); found {
		return f.usage("%s", f.unknownFlag(strings.TrimPrefix(name, "-")))
	}
	if name, found := strings.CutPrefix(msg, "flag needs an argument: -"); found {
		return f.usage("--%s needs a value", name)
	}
	if m := flagValue.FindStringSubmatch(msg); m != nil {
		value, name, why := m[1], m[2], m[3]
		if why == "parse error" { // all that flag.Bool has to say
			why = wantBool
		}
		msg = why
		if !strings.HasPrefix(why, "unknown ") { // else it names the value itself
			msg = fmt.Sprintf("--%s %s: %s", name, quote(value), why)
		}
	}
	return f.usage("%s", msg)
}

// wantBool is what is wrong with the value of a flag that takes none.
const wantBool = "want no value, or true or false"

// flagValue takes apart what the standard library says of a bad value.
var flagValue = regexp.MustCompile(`^invalid (?:boolean )?value "(.*)" for (?:flag )?-([a-z-]+): (.*)$`)

// usage is a usageError of this command.
func (f *flagSet) usage(format string, args ...any) error {
	return &usageError{command: f.Name(), msg: fmt.Sprintf(format, args...)}
}

func (f *flagSet) unknownFlag(name string) string {
	var known []string
	f.VisitAll(func(g *flag.Flag) { known = append(known, g.Name) })
	msg := "unknown flag --" + name
	if s := suggest(name, known); s != "" {
		msg += ": did you mean --" + s + "?"
	}
	return msg
}

// list calls set for each name of a flag that may be repeated and takes several
// names at once, with commas between them.
func (f *flagSet) list(name string, set func(string) error) {
	f.Func(name, "", func(value string) error {
		for _, v := range strings.Split(value, ",") {
			if err := set(strings.TrimSpace(v)); err != nil {
				return err
			}
		}
		return nil
	})
}

// The units of numbers: states are counted in thousands, bytes in KiB.
const (
	thousand = 1000
	kibi     = 1024
)

// amount is a flag for a whole number from 1 on that may end in k, M, G or T,
// powers of unit.
func (f *flagSet) amount(p *int64, name string, unit float64) {
	f.Func(name, "", func(value string) error {
		n, err := parseAmount(value, unit)
		if err == nil {
			*p = n
		}
		return err
	})
}

// amountTo is a flag for such a number, in thousands, that is no more than most.
func (f *flagSet) amountTo(p *int, name string, most int) {
	f.Func(name, "", func(value string) error {
		n, err := parseAmount(value, thousand)
		if err == nil && n > int64(most) {
			err = fmt.Errorf("want %d at most", most)
		}
		if err == nil {
			*p = int(n)
		}
		return err
	})
}

// parseAmount also takes 1e6 and 1.5G, as long as the outcome is a whole number.
func parseAmount(text string, unit float64) (int64, error) {
	number, factor := text, 1.0
	if n := len(text); n > 0 {
		if i := strings.IndexByte("KMGT", text[n-1]&^0x20); i >= 0 {
			number, factor = text[:n-1], math.Pow(unit, float64(i+1))
		}
	}
	x, err := strconv.ParseFloat(number, 64)
	x *= factor
	switch {
	case err != nil || strings.ContainsAny(number, "xXnN_"):
		return 0, errors.New("want a number such as 5000, 20k or 4G")
	case x < 1 || x != math.Trunc(x) || x >= math.MaxInt64:
		return 0, errors.New("want a whole number from 1 on")
	}
	return int64(x), nil
}

// count is a flag for a number from 1 to most.
func (f *flagSet) count(p *int, name string, most int) {
	f.Func(name, "", func(value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > most {
			return fmt.Errorf("want a number from 1 to %d", most)
		}
		*p = n
		return nil
	})
}

// period is a flag for a time greater than zero.
func (f *flagSet) period(p *time.Duration, name string) {
	f.Func(name, "", func(value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			return errors.New("want a time such as 30s, 5m or 1h30m")
		}
		*p = d
		return nil
	})
}
