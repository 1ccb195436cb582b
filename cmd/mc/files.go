package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// This file is about reports that go to files, beside what is printed.

// A fileReport gathers outcomes for a document.
type fileReport interface {
	add(*outcome)
	document() []byte // nil if there is nothing to write
}

// A reportFile is a report with the file it is written to.
type reportFile struct {
	name   string
	report fileReport
}

// reports hands outcomes to the one that prints and to those that write files.
type reports struct {
	reporter
	files []reportFile
}

func (r *reports) add(o *outcome) {
	r.reporter.add(o)
	for _, f := range r.files {
		f.report.add(o)
	}
}

// stdout is the name that asks for a report instead of the text.
const stdout = "-"

// write writes the files; all that can be.
func (r *reports) write(c *call) status {
	s := ok
	for _, f := range r.files {
		doc := f.report.document()
		switch {
		case doc == nil && f.name == stdout:
			fmt.Fprintln(c.err, "mc: nothing is violated, so there is no run to draw")
		case doc == nil:
			fmt.Fprintf(c.err, "mc: nothing is violated, so there is no run to draw: %s is not written\n", quote(f.name))
		case f.name == stdout:
			c.printf("%s", doc)
		default:
			if err := os.WriteFile(f.name, doc, 0o666); err != nil {
				s = s.and(c.report(err))
			}
		}
	}
	return s
}

// A reportFlag is a flag that asks for a report, with where it is to go.
type reportFlag struct{ flag, name string }

// wanted are the reports asked for.
func (o *checkOptions) wanted() []reportFlag {
	all := []reportFlag{{"sarif", o.sarif}, {"html", o.html}, {"svg", o.svg}}
	return slices.DeleteFunc(all, func(r reportFlag) bool { return r.name == "" })
}

// toStdout reports whether a report takes the place of the text.
func (o *checkOptions) toStdout() bool {
	return slices.ContainsFunc(o.wanted(), func(r reportFlag) bool { return r.name == stdout })
}

// refuseFiles refuses two reports in one file, and what can be seen not to be
// writable before hours of search have gone by.
func (o *checkOptions) refuseFiles(f *flagSet) error {
	seen := map[string]string{}
	for _, r := range o.wanted() {
		at := r.name
		if abs, err := filepath.Abs(r.name); err == nil && r.name != stdout {
			at = abs
		}
		switch other := seen[at]; {
		case other != "" && r.name == stdout:
			return f.usage("--%s and --%s: one report at a time goes to standard output", other, r.flag)
		case other != "":
			return f.usage("--%s and --%s name the same file, %s", other, r.flag, quote(r.name))
		case r.name == stdout && o.json:
			return f.usage("--json and --%s -: one report at a time goes to standard output", r.flag)
		}
		seen[at] = r.flag
	}
	for _, r := range o.wanted() {
		if r.name == stdout {
			continue
		}
		if err := writable(r.name); err != nil {
			return err
		}
	}
	return nil
}

// writable says why a file cannot be written; it leaves none behind that was not
// there.
func writable(name string) error {
	if st, err := os.Stat(name); err == nil && !st.Mode().IsRegular() && !st.IsDir() {
		return nil // to open and close a pipe would be the end of it
	}
	_, before := os.Lstat(name)
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	f.Close()
	if os.IsNotExist(before) {
		return os.Remove(name)
	}
	return nil
}

// A noReport is nothing on standard output, which has something else on it.
type noReport struct{}

func (noReport) add(*outcome) {}
func (noReport) end()         {}

// files are the reports that are wanted in files.
func (o *checkOptions) files() (out []reportFile) {
	add := func(name string, r fileReport) {
		if name != "" {
			out = append(out, reportFile{name, r})
		}
	}
	add(o.sarif, newSARIF())
	add(o.html, newHTML(o))
	add(o.svg, &svgReport{})
	return out
}

// An svgReport is a picture of the first run that was found.
type svgReport struct{ first *outcome }

func (r *svgReport) add(o *outcome) {
	if r.first == nil && o.Trace != nil {
		r.first = o
	}
}
