package main

import (
	"fmt"
	"os"
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

// write writes the files; all that can be.
func (r *reports) write(c *call) status {
	s := ok
	for _, f := range r.files {
		doc := f.report.document()
		if doc == nil {
			fmt.Fprintf(c.err, "mc: nothing is violated, so there is no run to draw: %s is not written\n", quote(f.name))
		} else if err := os.WriteFile(f.name, doc, 0o666); err != nil {
			s = s.and(c.report(err))
		}
	}
	return s
}

// sameFile refuses two reports in one file.
func (o *checkOptions) sameFile(f *flagSet) error {
	seen := map[string]string{}
	for _, r := range []struct{ flag, name string }{{"sarif", o.sarif}, {"html", o.html}, {"svg", o.svg}} {
		if other := seen[r.name]; other != "" && r.name != "" {
			return f.usage("--%s and --%s name the same file, %s", other, r.flag, quote(r.name))
		}
		seen[r.name] = r.flag
	}
	return nil
}

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
