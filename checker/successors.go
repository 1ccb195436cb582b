package checker

import "slices"

// This file enumerates what can happen next.

// successors calls visit with every move possible in the state and what it
// leads to, in a fixed order: by thread, steps before migrations, then by the
// outcomes of choices, then by CPU. next is only valid during the call, and
// visit must not ask for successors itself. It stops when visit says so. m.wrong tells whether the move violated something.
// The result tells what else there is to know of the state.
func (m *machine) successors(s state, visit func(mv Move, next state) bool) (info stateInfo) {
	next := m.next
	for t := range m.threads {
		if m.mayStep(s, t) && !m.steps(s, next, t, &info, visit) {
			return info
		}
		if !m.mayMigrate(s, t) {
			continue
		}
		for _, cpu := range m.destinations(s, t) {
			info.migrates = true
			copy(next, s)
			m.migrate(next, t, cpu)
			if !visit(Move{Thread: t, Migrate: true, To: cpu}, next) {
				return info
			}
		}
	}
	return info
}

// destinations are the CPUs that a thread may move to.
func (m *machine) destinations(s state, t int) []int {
	var cpus []int
	for cpu := range m.p.NCPU {
		if int64(cpu) != s[m.threads[t].cpu] && m.p.Isolated>>cpu&1 == 0 {
			cpus = append(cpus, cpu)
		}
	}
	return cpus
}

// A stateInfo says what can happen in a state.
type stateInfo struct {
	steps    bool // some thread can step
	pruned   bool // some step ended in an assumption that does not hold
	migrates bool // some thread can migrate
}

// steps visits the steps of one thread, one for each outcome of its choices.
func (m *machine) steps(s, next state, t int, info *stateInfo, visit func(Move, state) bool) bool {
	var script []int
	for {
		copy(next, s)
		switch m.step(s, next, t, script) {
		case stepped:
			info.steps = true
			mv := Move{Thread: t}
			if m.taken > 0 {
				mv.Choices = m.outcomes(script)
			}
			// visit may use the machine.
			arity := m.arity
			if len(arity) > 0 {
				arity = slices.Clone(arity)
			}
			if !visit(mv, next) {
				return false
			}
			m.arity = arity
		case pruned:
			info.pruned = true
			fallthrough
		default:
			if m.interrupted != nil && m.interrupted() {
				return false
			}
		}
		var more bool
		if script, more = m.nextScript(script); !more {
			return true
		}
	}
}

// outcomes is the script with the choices it left open, which came out 0.
func (m *machine) outcomes(script []int) []int {
	out := make([]int, m.taken)
	copy(out, script)
	return out
}

// stepsAfterMigration reports whether some thread can step once threads have
// migrated. Only migration changes between the states looked at.
func (m *machine) stepsAfterMigration(s state) bool {
	seen := map[string]bool{}
	work := []state{slices.Clone(s)}
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		info := m.successors(s, func(mv Move, next state) bool {
			if !mv.Migrate {
				return false
			}
			cpus := make([]byte, len(m.threads))
			for t := range m.threads {
				cpus[t] = byte(next[m.threads[t].cpu])
			}
			if !seen[string(cpus)] {
				seen[string(cpus)] = true
				work = append(work, slices.Clone(next))
			}
			return true
		})
		if info.steps || info.pruned {
			return true
		}
	}
	return false
}
