package strategies

import (
	"path"
	"regexp"
	"slices"

	"lastput/spec"
)

// This file says how strategies belong together. All of it is read from their
// files: the folder, what a file includes, what it expects of itself.

// Families returns the folders of the strategies, in the order in which they
// are shown.
func Families() []string {
	var out []string
	for _, p := range paths {
		if f := path.Dir(p); !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// Family returns the family of the strategy of that name, "" if there is none.
func Family(name string) string {
	i := slices.Index(Names(), name)
	if i < 0 {
		return ""
	}
	return path.Dir(paths[i])
}

// Right reports whether the model expects to be verified in every scenario.
func Right(m *spec.Model) bool {
	return !slices.ContainsFunc(m.Expect, func(e spec.Expectation) bool { return e.Verdict != "verified" })
}

// wrapped finds what a variant includes: a C file, where headers end in .h.
var wrapped = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*include[ \t]+"(\w+)\.c"`)

// Parent returns the name of the model that m is a variant of: the one whose
// file it includes. It is "" for a model that is none.
func Parent(m *spec.Model) string { return includes(m.Text) }

func includes(text string) string {
	match := wrapped.FindStringSubmatch(text)
	if match == nil {
		return ""
	}
	return match[1]
}

// Variants returns the strategies whose parent is the strategy of that name.
func Variants(name string) []*spec.Model {
	var out []*spec.Model
	for i, p := range paths {
		// An embedded file of that name is there.
		if text, _ := files.ReadFile(p); includes(string(text)) == name {
			out = append(out, models[i]())
		}
	}
	return out
}
