package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"lastput/checker"
	"lastput/spec"
)

// whyOptions are the flags of mc why.
type whyOptions struct {
	scenarios scenarioFlags
	config    checker.Config
	line      int // 0: all
	json      bool
}

func (o *whyOptions) define(f *flagSet) {
	o.scenarios.define(f)
	defineLimits(f, &o.config)
	f.list("ignore", addProperty(&o.config.Ignore))
	f.Func("line", "", func(value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return errors.New("want the number of a line")
		}
		o.line = n
		return nil
	})
	f.BoolVar(&o.json, "json", false, "")
}

// why takes away, one at a time, what a model does for safety, and says what
// becomes of it.
func why(c *call, args []string) (status, error) {
	f := newFlagSet("why")
	var o whyOptions
	o.define(f)
	c.look.define(f)
	operands, err := f.parse(args)
	if err != nil {
		return failed, err
	}
	if len(operands) != 1 {
		return failed, f.usage("name one strategy (mc list shows them) or one C file")
	}
	scenarios, err := o.scenarios.wanted(f)
	if err != nil {
		return failed, err
	}
	t, err := findTarget(operands[0])
	if err != nil {
		return failed, err
	}
	o.config.Progress = terminal(c.err)
	r := &whyRun{target: t, o: &o}
	var more []spec.Scenario
	if scenarios == nil {
		scenarios, more = checker.WhyScenarios(t.Model)
	}
	if err := r.judge(o.scenarios.stopping(scenarios), o.scenarios.stopping(more)); err != nil {
		return failed, atPath(err, t.file)
	}
	if o.json {
		c.whyJSON(r)
	} else {
		c.whyText(r)
	}
	return r.status(), nil
}

// A whyRun is one call of mc why.
type whyRun struct {
	target
	o       *whyOptions
	why     *checker.Why
	reasons []*checker.Reason
	// shown are the runs to draw, for those of reasons that have one, where a
	// line was asked for.
	shown map[*checker.Reason]*checker.Result
}

// judge checks all mutants. The first interrupt stops the search and all that
// follow, and what is known is printed; the second ends mc.
func (r *whyRun) judge(scenarios, more []spec.Scenario) (err error) {
	ctx, stop := untilInterrupt()
	defer stop()
	if r.why, err = checker.NewWhy(ctx, r.Model, scenarios, more, r.o.config); err != nil {
		return err
	}
	wanted := slices.DeleteFunc(slices.Clone(r.why.Mutations), func(mu spec.Mutation) bool { return !r.wanted(mu) })
	if len(wanted) == 0 && r.o.line > 0 {
		return fmt.Errorf("%s: nothing in line %d can be taken away: mc why without --line shows which lines have something", r.File, r.o.line)
	}
	r.shown = map[*checker.Reason]*checker.Result{}
	for i, mu := range wanted {
		reason, err := r.why.Judge(ctx, mu, fmt.Sprintf("%d of %d, %s", i+1, len(wanted), mu.ID))
		if err != nil {
			return err
		}
		r.reasons = append(r.reasons, reason)
		if r.o.line > 0 && reason.Property != "" {
			if r.shown[reason], err = r.why.Show(ctx, reason); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *whyRun) wanted(mu spec.Mutation) bool {
	return r.o.line == 0 || slices.ContainsFunc(mu.Lines, func(l spec.MutationLine) bool { return l.Line == r.o.line })
}

// status is what it makes of the exit code. That something is needed is what one
// asks for, and no failure.
func (r *whyRun) status() status {
	for _, reason := range r.reasons {
		if reason.StoppedBy != "" {
			return undecided
		}
	}
	for _, b := range r.why.Baseline {
		if b.Verdict == checker.Inconclusive {
			return undecided
		}
	}
	return ok
}
