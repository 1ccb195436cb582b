package demo

import (
	"slices"
	"strings"

	"lastput/spec"
)

// This file is the course: a dozen models to break, each with a word before and
// a word after.

// A level is won by a violation, by a violation of the model without something
// of a kind, or by the proof that there is none.
type level struct {
	Title    string `json:"title"`
	Model    string `json:"model"`
	Scenario string `json:"scenario"`
	// Goal is the property to violate, or empty: ask whether it can be broken
	// at all, and have the answer that it cannot. If it is one of safety, any of
	// those will do: what is broken is broken.
	Goal spec.Property `json:"goal"`
	// Without is the kind of thing to switch off first, or empty.
	Without spec.MutationKind `json:"without"`
	Before  string            `json:"before"`
	After   string            `json:"after"`
}

var levels = []level{
	{
		Title: "A plain counter", Model: "module_base_plain_inc", Scenario: "getters=1,gets=1", Goal: spec.GetAfterFinalPut,
		Before: "A module may go once nobody uses it, so users are counted: a get adds one, a put takes one away, and the module itself holds one until it is unloaded. Each change of the count is one atomic step. What can go wrong? You are the scheduler: click a CPU to let it take one step, and see what a get can do once the unloader has decided.",
		After:  "The count was zero, the final put was decided, and the get counted up all the same: a get that cannot fail revives what is being torn down. Counting right is not enough; somebody has to look at the count.",
	},
	{
		Title: "Check, then act", Model: "module_base_read_then_inc", Scenario: "getters=1,gets=1", Goal: spec.GetAfterFinalPut,
		Before: "Now a get can fail: it looks whether the count is zero, and counts up only if it is not. Both are atomic steps. What can the unloader do between them?",
		After:  "Each of the two steps is right, and the two together are not. What was checked must still hold when one acts: check and act have to be one step, as in atomic_inc_not_zero().",
	},
	{
		Title: "The lock", Model: "lookup_lock", Scenario: "getters=1,gets=1", Goal: spec.GetAfterFinalPut, Without: spec.MutLock,
		Before: "One lock around the lookup and every put: this is right. Under \"What if\", switch off a lock, and break what is left.",
		After:  "The lock made check and act one step for everybody who takes it. Whoever does not take it sees the moment in between.",
	},
	{
		Title: "Dec, then lock", Model: "dec_then_lock", Scenario: "getters=1,gets=1", Goal: spec.GetAfterFinalPut,
		Before: "A lock only for the last put is cheaper: count down, and if that made it zero, take the lock and remove the object. What can a lookup find in between?",
		After:  "A lookup that has the lock finds an object whose count is zero, and revives it. This was repaired in mac80211, NFS and the tty layer.",
	},
	{
		Title: "atomic_dec_and_lock()", Model: "atomic_dec_and_lock", Scenario: "getters=1,gets=1",
		Before: "Here only the step from one to zero takes the lock, and it takes it before. Try to break it. When you have had enough, ask whether it can be broken at all.",
		After:  "It cannot: the checker has looked at every state. The count goes from one to zero only where no lookup can be.",
	},
	{
		Title: "The torn sum", Model: "no_stop", Scenario: "getters=1,gets=1", Goal: spec.GetAfterFinalPut,
		Before: "Counts for each CPU are cheap: nobody shares a cache line. But who unloads has to add them up, one after the other, while they move. Let it read the getter's count too early: before the get, or between the getter's look at the state and its increment.",
		After:  "A sum over counters that move is the sum of no moment, and even a right one is old when it is used.",
	},
	{
		Title: "stop_machine()", Model: "stop_machine_plain_inc", Scenario: "getters=1,gets=1,irq", Goal: spec.FinalPutWhileHeld,
		Before: "So stop all the CPUs while adding up. Here the counts are loaded, changed and stored with preemption off. Something can still come between. A long run: step over library calls, and ask for hints.",
		After:  "Preemption off keeps other threads away, but no interrupt. What the handler counted between the load and the store is lost.",
	},
	{
		Title: "The isolated CPU", Model: "isolated_skip", Scenario: "getters=1,gets=1,isolated=1", Goal: spec.GetAfterFinalPut,
		Before: "An isolated CPU shall not be stopped: it has better things to do. The stop skips it. But a getter runs there.",
		After:  "A stop that skips a CPU says nothing of what runs there. May the stop skip isolated CPUs? Only if nobody gets there, or the get there takes a slower way.",
	},
	{
		Title: "The hog", Model: "stop_machine_low_priority", Scenario: "getters=1,gets=1,hog=user", Goal: spec.Hang,
		Before: "One CPU runs a real-time thread that never gives it up. The stopper that is to halt that CPU has a lower priority. Let the unloader come as far as it can.",
		After:  "The unloader waits for a thread that will never run, and every CPU that was stopped waits as well. A stopper has to be above all classes.",
	},
	{
		Title: "The grace period", Model: "rcu_no_grace_period", Scenario: "getters=1,gets=1", Goal: spec.GetAfterFinalPut,
		Before: "RCU readers take no lock. Who removes an object waits for a grace period, until all who may have seen it have left. This one does not wait.",
		After:  "A reader had seen the object before it was removed, and counted afterwards. The wait is what makes \"removed\" mean \"nobody can find it any more\".",
	},
	{
		Title: "One that holds", Model: "stop_machine", Scenario: "getters=1,gets=1",
		Before: "stop_machine(), as the kernel had it. Break it, or have it proved that nobody can.",
		After:  "You played a few runs; the checker looked at all of them. That nobody has broken a thing is no proof. That every interleaving was looked at is one, for these bounds.",
	},
}

// safety are the ways to use what is torn down.
var safety = []spec.Property{spec.GetAfterFinalPut, spec.FinalPutWhileHeld, spec.UseAfterRelease}

// reaches reports whether a violation is what a level asks for.
func (l *level) reaches(p spec.Property) bool {
	return l.Goal == p || slices.Contains(safety, l.Goal) && slices.Contains(safety, p)
}

// wonBy is the level that the violation wins, from 1, or 0.
func wonBy(b *boardView) int {
	for i, l := range levels {
		if b.Model != l.Model || b.Scenario.Text != l.Scenario || !l.reaches(spec.Property(b.Violation.Property)) {
			continue
		}
		if kindOf(b.Without) == string(l.Without) {
			return i + 1
		}
	}
	return 0
}

// wonByProof is the level that is won by a proof that the program is right.
func wonByProof(p *spec.Prog) int {
	for i, l := range levels {
		if p.Model == l.Model && p.Scenario.String() == l.Scenario && l.Goal == "" {
			return i + 1
		}
	}
	return 0
}

// kindOf is the kind in the ID of a mutation, which a file's name may precede.
func kindOf(id string) string {
	head, _, _ := strings.Cut(id, "@")
	return head[strings.LastIndexByte(head, ':')+1:]
}
