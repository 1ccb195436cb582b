package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"time"

	"lastput/cmd/mc/demo"
	"lastput/spec"
)

// demoOptions are the flags of mc demo.
type demoOptions struct {
	scenarios scenarioFlags
	listen    string
	open      bool
}

func (o *demoOptions) define(f *flagSet) {
	o.scenarios.define(f)
	f.StringVar(&o.listen, "listen", "127.0.0.1:0", "")
	f.BoolVar(&o.open, "open", false, "")
}

// serveDemo serves the page until it is interrupted.
func serveDemo(c *call, args []string) (status, error) {
	f := newFlagSet("demo")
	var o demoOptions
	o.define(f)
	operands, err := f.parse(args)
	if err != nil {
		return failed, err
	}
	t, s, err := demoStart(f, operands, &o.scenarios)
	if err != nil {
		return failed, err
	}
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return failed, f.usage("--listen %s: want an address and a port, such as 127.0.0.1:8080", quote(o.listen))
	}
	if host == "" {
		host = "0.0.0.0" // as the net package takes it
	}
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return failed, fmt.Errorf("cannot listen: %w", err)
	}
	url := "http://" + l.Addr().String() + "/"
	c.printf("%s\nCtrl-C ends it\n", url)
	if err := c.flush(); err != nil {
		l.Close()
		return failed, err
	}
	if o.open {
		openBrowser(c, url)
	}
	ctx, stop := untilInterrupt()
	defer stop()
	site := demo.New(t.Model, s, host)
	site.File = t.file
	return serve(ctx, l, site)
}

// demoStart is the model and the scenario that the page begins with, if any.
func demoStart(f *flagSet, operands []string, flags *scenarioFlags) (target, spec.Scenario, error) {
	nobody, none := target{}, spec.Scenario{}
	scenarios, err := flags.wanted(f)
	switch {
	case err != nil:
		return nobody, none, err
	case len(operands) > 1:
		return nobody, none, f.usage("name one strategy (mc list shows them) or one C file, or none")
	case len(scenarios) > 1:
		return nobody, none, f.usage("one scenario at a time")
	case len(operands) == 0 && len(scenarios) > 0:
		return nobody, none, f.usage("a scenario of which model? name a strategy or a C file")
	case len(operands) == 0:
		return nobody, none, nil
	}
	t, err := findTarget(operands[0])
	if err != nil {
		return nobody, none, err
	}
	scenarios = flags.or(scenarios, t.Scenarios())
	_, err = t.Build(scenarios[0])
	return t, scenarios[0], atPath(err, t.file)
}

// serve answers until ctx ends; what is being answered then ends, too.
func serve(ctx context.Context, l net.Listener, s *demo.Server) (status, error) {
	server := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, BaseContext: func(net.Listener) context.Context { return ctx },
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return failed, err
	case <-ctx.Done():
	}
	if err := server.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return failed, err
	}
	return ok, nil
}

// openBrowser asks the system to show the page; that it cannot is no reason not
// to serve it.
func openBrowser(c *call, url string) {
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	cmd := exec.Command(name, args...)
	if err := cmd.Start(); err != nil {
		fmt.Fprintf(c.err, "mc: cannot open a browser (%v): open the address above\n", err)
		return
	}
	go cmd.Wait() // so that it leaves no zombie; how it ends is its own affair
}
