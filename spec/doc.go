// Package spec turns a model, a C file in the style of the kernel, into a
// program: closed, flat and printable, for one scenario. Engines run that
// program and nothing else.
//
// A model is read with Load and made into a Prog with Build. The scenarios and
// the harness (the getters and unloaders that call the model's roles) are part
// of the specification and live here too; so does the library, headers named
// as in the kernel and written in C over a few built-ins.
//
// The language is described in docs/language.md, what a program means in
// docs/semantics.md; the meaning is defined by the reference interpreter in
// package checker.
package spec
