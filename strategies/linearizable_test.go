package strategies_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"
	"pgregory.net/rapid"

	"lastput/checker"
	"lastput/checker/mcrapid"
	"lastput/spec"
	"lastput/strategies"
)

// This file holds get, put and unload, as their callers see them, against a
// counter that refuses to rise once it was taken down. It looks at nothing but
// calls and returns of random runs, and knows nothing of ghosts: it is another
// opinion on what the checker's properties say together. Linearizability is that
// of Herlihy and Wing, "Linearizability: a correctness condition for concurrent
// objects", TOPLAS 1990; porcupine decides it.

// A call is one call of a role, an input of porcupine; its output is whether it
// succeeded.
type call string

const (
	callGet    call = "get"
	callPut    call = "put"
	callUnload call = "unload"
)

// A count is the state of the sequential specification: an object with its
// references.
type count struct {
	refs int
	// owned: the owner has not let go yet. In most strategies it lets go only
	// where there are no references; in those found by a lookup it has a
	// reference of its own, and the object lives on until the last put.
	owned bool
}

// dead says that the object is gone: nobody has it.
func (c count) dead() bool { return !c.owned && c.refs == 0 }

// A sequential specification: what each call may do.
type sequential struct {
	// ownsReference: the owner may let go while there are references.
	ownsReference bool
	// strict: no call fails for nothing.
	strict bool
}

func (q sequential) step(c count, in call, success bool) (bool, count) {
	switch {
	case in == callGet && success:
		return !c.dead(), count{c.refs + 1, c.owned}
	case in == callGet:
		return !q.strict || c.dead(), c
	case in == callPut:
		return c.refs > 0, count{c.refs - 1, c.owned}
	case success:
		return c.owned && (c.refs == 0 || q.ownsReference), count{c.refs, false}
	}
	// An owner with a reference may find another unload at work, and leaves it
	// to that: letting go takes more than one step.
	return !q.strict || q.ownsReference || c.refs > 0 || !c.owned, c
}

func (q sequential) model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return count{owned: true} },
		Step: func(state, in, out any) (bool, any) { return q.step(state.(count), in.(call), out.(bool)) },
		DescribeOperation: func(in, out any) string {
			return fmt.Sprintf("%s: %v", in, out)
		},
	}
}

// history is what the callers of a run saw. A call begins with its first step
// and ends with its last. It is not complete if some call has not come back.
func history(s *checker.Session) (ops []porcupine.Operation, complete bool) {
	p := s.Prog()
	begun := map[int]int{} // by thread: the first step of its call, and one more
	putting := map[int]bool{}
	for i, st := range s.Steps() {
		t := st.Move.Thread
		if st.Move.Migrate {
			continue
		}
		// The outermost call is the thread's own body: that of callers is in
		// the harness, others call no roles.
		if calls := checker.Calls(p, st.Frame); len(calls) > 1 && strings.HasPrefix(calls[0], "__mc_") && begun[t] == 0 {
			begun[t] = i + 1
		}
		end := func(in call, out bool) {
			at := begun[t] - 1
			if at < 0 {
				at = i // it has no step of its own
			}
			ops = append(ops, porcupine.Operation{ClientId: t, Input: in, Output: out, Call: int64(2 * at), Return: int64(2*i + 1)})
			begun[t], putting[t] = 0, false
		}
		for _, e := range st.Events {
			switch {
			case e.Kind == checker.EventGot:
				end(callGet, true)
			case e.Kind == checker.EventRefused:
				end(callGet, false)
			case e.Kind == checker.EventUnload:
				end(callUnload, e.New != 0)
			case e.Kind == checker.EventPutting:
				putting[t] = true
			case e.Kind == checker.EventReturn && putting[t]:
				end(callPut, true)
			}
		}
	}
	for t := range begun {
		complete = complete || begun[t] != 0
	}
	return ops, !complete
}

// ownsReference tells the families whose owner has a reference of its own; the
// owners of modules, and of what is counted as they are, have none.
func ownsReference(name string) bool {
	modules := []string{"stop_machine", "no_stop", "isolated_", "wait_zero", "incs_decs", "rcu_", "module_base", "brlock"}
	return name != "rcu" && !slices.ContainsFunc(modules, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// historyOf draws a run that goes on past whatever is violated, as callers do.
func historyOf(runs *rapid.Generator[mcrapid.Run], seed int) ([]porcupine.Operation, bool) {
	return history(runs.Example(seed).Session)
}

func anyRuns(m *spec.Model, s spec.Scenario) *rapid.Generator[mcrapid.Run] {
	return mcrapid.Runs(mcrapid.Options{Rules: checker.Rules{Ignore: spec.Properties}, Scenarios: rapid.Just(s)}, m)
}

// linearizableScenarios have few calls, and all ways in which they can overlap.
var linearizableScenarios = []spec.Scenario{
	{Getters: 2, Gets: 2, Unloaders: 1},
	{Getters: 2, Gets: 1, Unloaders: 2},
	{Getters: 1, Gets: 2, Unloaders: 1, SameCPU: true, Nested: 1, Migrate: true},
	{Getters: 2, Gets: 2, Unloaders: 1, Handover: true},
}

// TestLinearizable: every history of a strategy that is right is one of the
// counter. Of a strategy that is clean in strict mode it is one of a counter
// whose calls never fail for nothing. The seeds are fixed, so there are no false
// alarms that come and go.
func TestLinearizable(t *testing.T) {
	for _, m := range strategies.All() {
		if len(m.Scenarios()) == 1 || slices.ContainsFunc(violations(m), func(s spec.Scenario) bool { return s.Hog == spec.NoHog }) {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			small := spec.Scenario{Getters: 2, Gets: 1, Unloaders: 1}
			strict := checkModel(t, m, small, checker.Config{Strict: true, NoTrace: true}).Verdict == checker.Verified
			q := sequential{ownsReference: ownsReference(m.Name), strict: strict}
			t.Logf("%+v", q)
			for _, s := range linearizableScenarios {
				if s.Unloaders > 1 && strings.HasPrefix(m.Name, "brlock") {
					continue // who unloads it does not ask whether somebody has
				}
				if _, err := m.Build(s); err != nil {
					continue // a thread of its own is on a CPU that there is not
				}
				runs := anyRuns(m, s)
				for seed := range 30 {
					ops, complete := historyOf(runs, seed)
					if !complete {
						t.Fatalf("%s: seed %d: a call does not come back", s, seed)
					}
					if !porcupine.CheckOperations(q.model(), ops) {
						t.Fatalf("%s: seed %d: no order explains\n%s", s, seed, describe(ops))
					}
				}
			}
		})
	}
}

// TestNotLinearizable: what is broken for its callers to see has a history that
// is none of the counter, not even of one whose calls may fail for nothing. What
// ends in a use after release, a hang or a leak is not: callers do not see it.
// Nor do they see the get of dec_then_lock that comes after the last put has
// decided, for that put has not come back.
func TestNotLinearizable(t *testing.T) {
	for _, name := range []string{
		"no_stop", "stop_machine_unchecked_get", "wait_zero_no_grace_period", "rcu_no_grace_period", "rcu_wrong_flavour",
		"rcu_check_first", "module_base_check_then_act", "module_base_read_then_inc",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, ok := strategies.Find(name)
			if !ok {
				t.Fatal("not found")
			}
			q := sequential{ownsReference: ownsReference(name)}
			runs := anyRuns(m, spec.Scenario{Getters: 2, Gets: 1, Unloaders: 1})
			for seed := range 1000 {
				if ops, complete := historyOf(runs, seed); complete && !porcupine.CheckOperations(q.model(), ops) {
					t.Logf("seed %d: no order explains\n%s", seed, describe(ops))
					return
				}
			}
			t.Error("1000 schedules, and all their histories are those of a counter")
		})
	}
}

func describe(ops []porcupine.Operation) string {
	var b strings.Builder
	for _, op := range ops {
		fmt.Fprintf(&b, "thread %d: %s %v, from %d to %d\n", op.ClientId, op.Input, op.Output, op.Call, op.Return)
	}
	return b.String()
}

// TestSequential holds the specification itself to a few histories, calls one
// after the other.
func TestSequential(t *testing.T) {
	for _, c := range []struct {
		calls               string // "get", "get!" (fails), ...
		module, owns, exact bool   // allowed by: a module's counter; an owner's; a module's that never fails for nothing
	}{
		{"get put unload", true, true, true},
		{"get unload put", false, true, false},
		{"get unload! put unload", true, true, true},
		{"unload get", false, false, false},
		{"unload get!", true, true, true},
		{"get unload get put put", false, true, false},
		{"get unload put get", false, false, false},
		{"put", false, false, false},
		{"get put put", false, false, false},
		{"get!", true, true, false},
		{"unload!", true, true, false},
		{"unload unload!", true, true, true},
		{"unload unload", false, false, false},
	} {
		var ops []porcupine.Operation
		for i, word := range strings.Fields(c.calls) {
			name, failed := strings.CutSuffix(word, "!")
			ops = append(ops, porcupine.Operation{Input: call(name), Output: !failed, Call: int64(2 * i), Return: int64(2*i + 1)})
		}
		for q, want := range map[sequential]bool{{}: c.module, {ownsReference: true}: c.owns, {strict: true}: c.exact} {
			if got := porcupine.CheckOperations(q.model(), ops); got != want {
				t.Errorf("%s with %+v: %v, want %v", c.calls, q, got, want)
			}
		}
	}
}
