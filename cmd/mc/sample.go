package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"lastput/checker"
	"lastput/spec"
)

// sampleOptions are the flags of mc sample.
type sampleOptions struct {
	scenarios scenarioFlags
	config    checker.SampleConfig
	expand    bool
	json      bool
	timing    bool
}

func (o *sampleOptions) define(f *flagSet) {
	o.scenarios.define(f)
	o.config.Seed = defaultSeed
	f.Func("engine", "", func(name string) error {
		for _, e := range checker.SampleEngines {
			if name == string(e) {
				o.config.Engine = e
				return nil
			}
		}
		return errors.New(unknown("engine", name, texts(checker.SampleEngines), ""))
	})
	f.count(&o.config.Depth, "depth", checker.MaxDepth)
	f.count(&o.config.Preemptions, "preemptions", checker.MaxDepth)
	f.Func("seed", "", func(value string) (err error) {
		if o.config.Seed, err = strconv.ParseUint(value, 10, 64); err != nil {
			return errors.New("want a number from 0 to 18446744073709551615")
		}
		return nil
	})
	f.amountTo(&o.config.Schedules, "schedules", checker.MaxSchedules)
	f.amountTo(&o.config.MaxSteps, "max-steps", checker.MaxMaxSteps)
	f.count(&o.config.Workers, "workers", checker.MaxWorkers)
	f.period(&o.config.Timeout, "timeout")
	f.list("ignore", addProperty(&o.config.Ignore))
	f.BoolVar(&o.config.Strict, "strict", false, "")
	f.BoolVar(&o.expand, "expand", false, "")
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVar(&o.timing, "timing", false, "")
}

// defaultSeed makes mc sample say the same each time it is asked.
const defaultSeed = 1

// refuse names what the engine would not honour.
func (o *sampleOptions) refuse(f *flagSet) error {
	engine := o.config.Engine
	if engine == "" {
		engine = checker.DefaultSampleEngine
	}
	switch {
	case o.json && o.expand:
		return f.usage("--expand unfolds the diagram: it has no meaning with --json, which has every step")
	case o.config.Depth != 0 && engine != checker.PCT:
		return f.usage("--depth %d: it is that of --engine %s, not of %s", o.config.Depth, checker.PCT, engine)
	case o.config.Preemptions != 0 && engine != checker.PreemptionBounded:
		return f.usage("--preemptions %d: they are bounded by --engine %s, not by %s", o.config.Preemptions, checker.PreemptionBounded, engine)
	}
	return nil
}

// sample draws schedules of the models that args name, in the scenarios they ask
// for.
func sample(c *call, args []string) (status, error) {
	f := newFlagSet("sample")
	var o sampleOptions
	o.define(f)
	c.look.define(f)
	operands, err := f.parse(args)
	if err != nil {
		return failed, err
	}
	if err := o.refuse(f); err != nil {
		return failed, err
	}
	if len(operands) == 0 {
		return failed, f.usage("name a strategy (mc list shows them) or a C file")
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
	return c.sampleAll(plan(targets, &o.scenarios, scenarios), &o)
}

// sampleAll samples the jobs one after the other.
func (c *call) sampleAll(jobs []job, o *sampleOptions) (status, error) {
	ctx, stop := untilInterrupt()
	defer stop()
	rep := newSampleReporter(c, o, jobs)
	s := ok
	for _, j := range jobs {
		for _, sc := range j.scenarios {
			r, err := sampleOne(ctx, j.target, sc, o.config)
			if err != nil {
				s = s.and(c.report(err))
				continue
			}
			out := &outcome{target: j.target, Result: r}
			rep.add(out)
			s = s.and(statusOf(r))
			if err := c.flush(); err != nil {
				return s, err
			}
		}
	}
	rep.end()
	return s, nil
}

func sampleOne(ctx context.Context, t target, s spec.Scenario, cfg checker.SampleConfig) (*checker.Result, error) {
	p, err := t.Build(s)
	if err == nil {
		cfg.Rebuild = t.Build
		var r *checker.Result
		if r, err = checker.Sample(ctx, p, cfg); err == nil {
			return r, nil
		}
	}
	return nil, fmt.Errorf("%s in %s: %w", t.Name, s.Name, atPath(err, t.file))
}

func newSampleReporter(c *call, o *sampleOptions, jobs []job) reporter {
	if o.json {
		return &jsonReport{c: c, timing: o.timing, ignored: o.config.Ignore}
	}
	check := &checkOptions{expand: o.expand, timing: o.timing}
	return &sampleText{textReport: newTextReport(c, check, jobs), ignored: o.config.Ignore}
}
