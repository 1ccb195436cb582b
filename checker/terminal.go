package checker

import (
	"slices"

	"lastput/spec"
)

// This file judges the states in which nothing can step.

// terminal is the property that a state violates in which nothing can step,
// wherever the threads that may migrate go; or nothing. info is what is known
// of the state.
func (m *machine) terminal(s state, info stateInfo) spec.Property {
	if info.steps || info.pruned || s[m.violated] != 0 {
		return ""
	}
	prop := m.ending(s)
	if prop == "" || m.ignored[prop.Rank()] || info.migrates && m.stepsAfterMigration(s) {
		return ""
	}
	return prop
}

// ending is what is wrong with a run that ends in the state.
func (m *machine) ending(s state) spec.Property {
	switch {
	case len(m.stuckThreads(s)) == 0:
		if m.leaks(s) >= 0 {
			return spec.Leak
		}
		return ""
	case m.hung(s):
		return spec.Hang
	}
	return spec.Deadlock
}

// stuckThreads are the threads that must finish and can not, in a state in
// which nothing can step: not those that have given up waiting for calls that
// cannot come any more.
func (m *machine) stuckThreads(s state) []int {
	var out []int
	for t := range m.p.Threads {
		if m.mustFinish(s, t) && !m.over(s, t) && !m.givenUp(s, t) {
			out = append(out, t)
		}
	}
	return out
}

// mustFinish reports whether the thread has to come to its end. A handler need
// not come, but at work it must end.
func (m *machine) mustFinish(s state, t int) bool {
	return m.p.Threads[t].MustFinish || m.begun(s, t)
}

// givenUp reports whether the thread, in a state in which nothing can step,
// waits for what need not come: an unloader for a call that may make another
// attempt worth its while. If it has come, the thread wants its CPU.
func (m *machine) givenUp(s state, t int) bool {
	return m.at(s, t).Idle && !m.ready(s, t)
}

// hung reports whether some thread waits for a CPU that a thread which need not
// finish never gives up: to run there, to stop it, or for a grace period to end.
func (m *machine) hung(s state) bool {
	for t := range m.threads {
		if m.over(s, t) || m.p.Threads[t].Class == spec.IRQ && !m.begun(s, t) {
			continue
		}
		delays := m.delayers(s, t)
		for u := range m.threads {
			if !m.mustFinish(s, u) && (slices.Contains(delays, u) || m.keeps(s, u, t) && m.ready(s, t)) {
				return true
			}
		}
	}
	return false
}

// delayers are the threads that thread t waits for: those inside a read-side
// section its grace period waits for, or on CPUs that it wants to stop.
func (m *machine) delayers(s state, t int) []int {
	var out []int
	in := m.at(s, t)
	if in.Op == spec.OpStop {
		f := m.threadFrame(s, t)
		for u := range m.threads {
			if f.value(in.A)>>s[m.threads[u].cpu]&1 != 0 && m.withholds(s, u, t, spec.Class(in.B.Val)) {
				out = append(out, u)
			}
		}
		return out
	}
	if in.Op != spec.OpGrace || spec.GraceKind(in.Sub) != spec.GraceWait {
		return nil
	}
	tl := &m.threads[t]
	for u := range m.threads {
		ul := &m.threads[u]
		if m.over(s, u) {
			continue
		}
		if s[tl.graceCPUs]>>s[ul.cpu]&1 != 0 && m.atomic(s, u) || s[tl.graceReaders]>>u&1 != 0 {
			out = append(out, u)
		}
	}
	return out
}

// leaks is an object that is left behind although everybody has finished: its
// final put was never decided, or its memory never released in a model that
// releases any. It is -1 if there is none, or somebody may yet come back.
func (m *machine) leaks(s state) int {
	if !m.finals {
		return -1
	}
	for t, th := range m.p.Threads {
		if th.MustFinish && !m.over(s, t) && (m.at(s, t).Op == spec.OpAwait || !m.givenUp(s, t)) {
			return -1
		}
	}
	for o := range m.p.Objects {
		if s[m.released+o] == 0 && (s[m.final+o] == 0 || m.releases) {
			return o
		}
	}
	return -1
}
