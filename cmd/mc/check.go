package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"

	"lastput/checker"
	"lastput/spec"
)

// checkOptions are the flags of mc check.
type checkOptions struct {
	scenarios scenarioFlags
	config    checker.Config
	expect    bool
	expand    bool
	json      bool
	timing    bool
	// Files for further reports, if not empty.
	sarif, html, svg string
}

func (o *checkOptions) define(f *flagSet) {
	o.scenarios.define(f)
	defineLimits(f, &o.config)
	f.list("ignore", addProperty(&o.config.Ignore))
	f.BoolVar(&o.config.Strict, "strict", false, "")
	f.BoolVar(&o.expect, "expect", false, "")
	f.BoolVar(&o.expand, "expand", false, "")
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVar(&o.timing, "timing", false, "")
	f.StringVar(&o.sarif, "sarif", "", "")
	f.StringVar(&o.html, "html", "", "")
	f.StringVar(&o.svg, "svg", "", "")
}

// defineLimits defines the flags that bound a search.
func defineLimits(f *flagSet, c *checker.Config) {
	f.amount(&c.MaxStates, "max-states", thousand)
	f.amount(&c.MaxMemory, "max-memory", kibi)
	f.count(&c.Workers, "workers", checker.MaxWorkers)
	f.period(&c.Timeout, "timeout")
	f.BoolVar(&c.NoSymmetry, "no-symmetry", false, "")
	f.BoolVar(&c.NoPOR, "no-por", false, "")
	f.BoolFunc("no-reduction", "", func(value string) error {
		off, err := strconv.ParseBool(value)
		if err != nil {
			return errors.New(wantBool)
		}
		c.NoSymmetry, c.NoPOR = off, off
		return nil
	})
}

// addProperty adds the property of a name to a list.
func addProperty(list *[]spec.Property) func(name string) error {
	return func(name string) error {
		p := spec.Property(name)
		if !p.Valid() {
			return errors.New(unknown("property", name, texts(spec.Properties), ""))
		}
		*list = append(*list, p)
		return nil
	}
}

// An outcome is the result of one model in one scenario, beside what the
// model's file expects of it.
type outcome struct {
	target
	*checker.Result
	expected   *spec.Expectation // nil: the file does not say
	asExpected bool
}

// A reporter puts outcomes in one format.
type reporter interface {
	add(*outcome) // in order, as soon as an outcome is known
	end()         // after the last
}

// check runs the models that args name in the scenarios they ask for.
func check(c *call, args []string) (status, error) {
	f := newFlagSet("check")
	var o checkOptions
	o.define(f)
	c.look.define(f)
	operands, err := f.parse(args)
	if err != nil {
		return failed, err
	}
	if o.json && o.expand {
		return failed, f.usage("--expand unfolds the diagram: it has no meaning with --json, which has every step")
	}
	if len(operands) == 0 {
		return failed, f.usage("name a strategy (mc list shows them) or a C file")
	}
	if err := o.refuseFiles(f); err != nil {
		return failed, err
	}
	scenarios, err := o.scenarios.wanted(f)
	if err != nil {
		return failed, err
	}
	targets := c.findTargets(operands)
	if targets == nil {
		return failed, nil
	}
	o.config.Progress = terminal(c.err)
	jobs := plan(targets, &o.scenarios, scenarios)
	return c.checkAll(jobs, &o, &reports{newReporter(c, &o, jobs), o.files()})
}

// findTargets loads all operands, or reports all that is wrong with them and
// returns nil: a mistake in the last name should not cost the time of checking
// the first.
func (c *call) findTargets(operands []string) []target {
	var list []target
	s := ok
	for _, operand := range operands {
		t, err := findTarget(operand)
		if err != nil {
			s = s.and(c.report(err))
		}
		list = append(list, t)
	}
	if s != ok {
		return nil
	}
	return list
}

// A job is a model with the scenarios to check it in.
type job struct {
	target
	scenarios []spec.Scenario
}

func plan(targets []target, flags *scenarioFlags, scenarios []spec.Scenario) []job {
	var jobs []job
	for _, t := range targets {
		jobs = append(jobs, job{t, flags.or(scenarios, t.Scenarios())})
	}
	return jobs
}

func newReporter(c *call, o *checkOptions, jobs []job) reporter {
	switch {
	case o.toStdout():
		return noReport{}
	case o.json:
		return &jsonReport{c: c, timing: o.timing, ignored: o.config.Ignore}
	}
	return newTextReport(c, o, jobs)
}

// checkAll checks the jobs one after the other. The first interrupt stops the
// search and all that follow, which still report what they have; the second
// ends mc.
func (c *call) checkAll(jobs []job, o *checkOptions, rep *reports) (status, error) {
	ctx, stop := untilInterrupt()
	defer stop()
	s := ok
	for _, j := range jobs {
		t, err := c.checkJob(ctx, j, o, rep)
		s = s.and(t)
		if err != nil {
			return s, err
		}
	}
	rep.end()
	return s.and(rep.write(c)), nil
}

// untilInterrupt is a context that the first interrupt ends; the second has its
// usual effect.
func untilInterrupt() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// checkJob checks one model. A witness may be reached in a later scenario, so
// from the first program that has one on, verdicts wait for the last.
func (c *call) checkJob(ctx context.Context, j job, o *checkOptions, rep reporter) (status, error) {
	s := ok
	var held []*checker.Result
	release := func() error {
		checker.JudgeWitnesses(held)
		for _, r := range held {
			out := j.outcome(r)
			rep.add(out)
			s = s.and(o.judge(out))
		}
		held = nil
		return c.flush()
	}
	hold := false
	for _, sc := range j.scenarios {
		r, err := checkOne(ctx, j.target, sc, o.config)
		if err != nil {
			s = s.and(c.report(err))
			continue
		}
		held = append(held, r)
		if hold = hold || len(r.Prog.Covers) > 0; hold {
			continue
		}
		if err := release(); err != nil {
			return s, err
		}
	}
	err := release()
	return s, err
}

func checkOne(ctx context.Context, t target, s spec.Scenario, cfg checker.Config) (*checker.Result, error) {
	p, err := t.Build(s)
	if err == nil {
		var r *checker.Result
		if r, err = checker.Check(ctx, p, cfg); err == nil {
			return r, nil
		}
	}
	return nil, fmt.Errorf("%s in %s: %w", t.Name, s.Name, atPath(err, t.file))
}

// outcome compares a result with what the file expects. A scenario of which
// the file says nothing is expected to be verified.
func (j *job) outcome(r *checker.Result) *outcome {
	o := &outcome{target: j.target, Result: r, expected: j.Expected(r.Prog.Scenario.Name)}
	if e := o.expected; e == nil {
		o.asExpected = r.Verdict == checker.Verified
	} else {
		o.asExpected = e.Verdict == string(r.Verdict) && (e.Property == "" || slices.Contains(r.Properties, spec.Property(e.Property)))
	}
	return o
}

func (o *checkOptions) judge(out *outcome) status {
	if o.expect {
		return statusExpected(out.Result, out.asExpected)
	}
	return statusOf(out.Result)
}

// terminal returns w if it is a terminal, else nil.
func terminal(w io.Writer) io.Writer {
	if f, isFile := w.(*os.File); isFile {
		if st, err := f.Stat(); err == nil && st.Mode()&os.ModeCharDevice != 0 {
			return w
		}
	}
	return nil
}
