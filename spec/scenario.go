package spec

import (
	"fmt"
	"strconv"
	"strings"
)

// A Scenario says who runs where: CPUs, getters, the unloader. Its zero value
// is one unloader and no getter. Limits are checked by validate.
type Scenario struct {
	Name string
	// Getters is how many threads get and put. Each has a CPU of its own,
	// after the unloaders' CPUs, unless SameCPU; where there are not enough
	// CPUs for that, they take turns: getter i and getter i+n have the same.
	Getters int
	// Gets is how many rounds of get and put each getter runs.
	Gets int
	// Nested is how many further references a getter takes while it holds
	// one: by mc_dup where the model has it, else by another get.
	Nested int
	// Unloaders is how many threads unload, each on a CPU of its own from
	// CPU 0 on; 0 means 1.
	Unloaders int
	// Isolated is how many of the last getters' CPUs are isolated: no thread
	// migrates there or away.
	Isolated int
	// Migrate lets getters and unloaders move to any CPU that is not
	// isolated wherever they are preemptible.
	Migrate bool
	// SameCPU puts getter0 on CPU 0, beside the unloader.
	SameCPU bool
	// Handover makes every second getter put what the one before it got; a
	// last one without a partner puts its own.
	Handover bool
	// IRQ adds an interrupt handler on getter0's CPU that gets and puts.
	IRQ bool
	// Hog adds an isolated CPU, the last, with nothing but a FIFO-99 thread
	// on it that never gives it up.
	Hog Hog
	// AbstractStop makes stop_machine() one step: the hand-shake of its
	// threads is left out. It is an option of the scenario, not of who runs
	// where, so it does not change the scenario's name.
	AbstractStop bool
}

// A Hog is a thread that keeps its CPU for ever.
type Hog string

// The hogs.
const (
	NoHog     Hog = ""
	UserHog   Hog = "user"   // in user mode: no reader of RCU
	KernelHog Hog = "kernel" // in the kernel, with preemption off
)

// ThreadsScenario is the only scenario of a model without roles: its own
// mc_thread threads.
const ThreadsScenario = "threads"

// Battery returns the standard scenarios, in the order they are checked and
// reported.
func Battery() []Scenario {
	return []Scenario{
		{Name: "basic", Getters: 2, Gets: 2, Unloaders: 1},
		{Name: "same-cpu", Getters: 2, Gets: 2, Unloaders: 1, SameCPU: true},
		{Name: "migrate", Getters: 1, Gets: 2, Unloaders: 1, Migrate: true},
		{Name: "nested", Getters: 1, Gets: 1, Nested: 1, Unloaders: 1, Migrate: true},
		{Name: "handover", Getters: 2, Gets: 1, Unloaders: 1, Handover: true},
		{Name: "irq", Getters: 1, Gets: 2, Unloaders: 1, IRQ: true},
		{Name: "isolated", Getters: 2, Gets: 2, Unloaders: 1, Isolated: 1},
		{Name: "rt-hog", Getters: 1, Gets: 2, Unloaders: 1, Hog: UserHog},
	}
}

// ScenarioNames returns the names of the standard scenarios.
func ScenarioNames() []string {
	var names []string
	for _, s := range Battery() {
		names = append(names, s.Name)
	}
	return names
}

// FindScenario returns the standard scenario of that name.
func FindScenario(name string) (Scenario, bool) {
	for _, s := range Battery() {
		if s.Name == name {
			return s, true
		}
	}
	return Scenario{}, false
}

// StandardName is the name of the standard scenario with the numbers of s, or
// "custom".
func (s Scenario) StandardName() string {
	if s.Name == ThreadsScenario {
		return s.Name
	}
	s.AbstractStop = false
	for _, std := range Battery() {
		s.Name = std.Name
		if s == std {
			return std.Name
		}
	}
	return "custom"
}

// About says in a few words who runs where.
func (s Scenario) About() string {
	if s.AbstractStop {
		s.AbstractStop = false
		return s.About() + ", the machine stopped in one step"
	}
	if s.Name == ThreadsScenario {
		return "the model's own threads"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s x %s", count(s.Getters, "getter"), count(s.Gets, "round"))
	if s.Nested > 0 {
		fmt.Fprintf(&b, ", %s held in addition", count(s.Nested, "reference"))
	}
	fmt.Fprintf(&b, ", %s", count(s.unloaders(), "unloader"))
	if s.SameCPU {
		b.WriteString(" on getter0's CPU")
	}
	if s.Handover {
		b.WriteString(", put by the next getter")
	}
	if s.IRQ {
		b.WriteString(", an interrupt on getter0's CPU")
	}
	if s.Isolated > 0 {
		fmt.Fprintf(&b, ", %s", count(s.Isolated, "isolated CPU"))
	}
	if s.Hog != NoHog {
		fmt.Fprintf(&b, ", a %s-mode hog on an isolated CPU", s.Hog)
	}
	if s.Migrate {
		b.WriteString(", migration")
	}
	if n := s.getterCPUs(); n < s.ownCPUs() {
		fmt.Fprintf(&b, ", getters share %d CPUs", n)
	}
	return b.String()
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (s Scenario) unloaders() int { return max(s.Unloaders, 1) }

// CPUs returns how many CPUs the scenario has: those of getters and unloaders,
// and the hog's.
func (s Scenario) CPUs() int {
	return s.unloaders() + s.getterCPUs() + int(truth(s.Hog != NoHog))
}

// ownCPUs is how many getters want a CPU of their own.
func (s Scenario) ownCPUs() int { return s.Getters - int(truth(s.SameCPU)) }

// getterCPUs is how many CPUs there are for them.
func (s Scenario) getterCPUs() int {
	return min(s.ownCPUs(), maxCPUs-s.unloaders()-int(truth(s.Hog != NoHog)))
}

// threads returns how many threads the harness has.
func (s Scenario) threads() int {
	return s.unloaders() + s.Getters + int(truth(s.IRQ)+truth(s.Hog != NoHog))
}

// getterCPU is the CPU of getter i.
func (s Scenario) getterCPU(i int) int {
	if s.SameCPU {
		if i == 0 {
			return 0
		}
		i--
	}
	return s.unloaders() + i%s.getterCPUs()
}

// isolatedMask is the mask of isolated CPUs: those of the last getters, and the
// hog's.
func (s Scenario) isolatedMask() uint64 {
	var m uint64
	for i := s.Getters - s.Isolated; i < s.Getters; i++ {
		m |= 1 << s.getterCPU(i)
	}
	if s.Hog != NoHog {
		m |= 1 << (s.CPUs() - 1)
	}
	return m
}

// Limits of a scenario. They bound what the front end builds, not what can be
// explored.
const (
	maxGetters   = 128
	maxUnloaders = 40 // a failed get remembers a set of them, in a word
	maxGets      = 1000
	maxNested    = 8
	// maxCPUs is how many CPUs there are at most: a set of CPUs is a word of the
	// model's C, and (1UL << NR_CPUS) - 1 must be one.
	maxCPUs = 62
)

// Validate reports what is wrong with a scenario, in the words of the flags
// that build one.
func (s Scenario) Validate() error {
	switch {
	case s.Name == ThreadsScenario:
		return nil
	case s.Getters < 1 || s.Getters > maxGetters:
		return fmt.Errorf("--getters %d: want 1 to %d", s.Getters, maxGetters)
	case s.Gets < 1 || s.Gets > maxGets:
		return fmt.Errorf("--gets %d: want 1 to %d", s.Gets, maxGets)
	case s.Nested < 0 || s.Nested > maxNested:
		return fmt.Errorf("--nested %d: want 0 to %d", s.Nested, maxNested)
	case s.unloaders() < 1 || s.unloaders() > maxUnloaders:
		return fmt.Errorf("--unloaders %d: want 1 to %d", s.Unloaders, maxUnloaders)
	case s.Isolated < 0 || s.Isolated > s.Getters:
		return fmt.Errorf("--isolated %d: want 0 to the number of getters, %d", s.Isolated, s.Getters)
	case s.SameCPU && s.Isolated == s.Getters:
		return fmt.Errorf("--isolated %d with --same-cpu: the unloader's CPU cannot be isolated", s.Isolated)
	case s.Handover && s.Getters < 2:
		return fmt.Errorf("--handover with --getters %d: want two at least, one to get and one to put", s.Getters)
	case s.Handover && s.Nested > 0:
		return fmt.Errorf("--handover with --nested %d: one reference is handed over, so want --nested 0", s.Nested)
	case s.Hog != NoHog && s.Hog != UserHog && s.Hog != KernelHog:
		return fmt.Errorf("--hog %s: want user or kernel", s.Hog)
	}
	return nil
}

// abstractStop is the last of a scenario's numbers.
const abstractStop = ",abstract-stop"

// String is the scenario in one word, parsed back by ParseScenario: the name
// of a standard one, or its numbers, "getters=3,gets=2,migrate".
func (s Scenario) String() string {
	if s.AbstractStop {
		s.AbstractStop = false
		return s.String() + abstractStop
	}
	if std, ok := FindScenario(s.Name); ok && std == s || s.Name == ThreadsScenario {
		return s.Name
	}
	parts := []string{fmt.Sprintf("getters=%d", s.Getters), fmt.Sprintf("gets=%d", s.Gets)}
	number := func(name string, n int) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", name, n))
		}
	}
	word := func(name string, b bool) {
		if b {
			parts = append(parts, name)
		}
	}
	number("nested", s.Nested)
	if s.unloaders() > 1 {
		number("unloaders", s.Unloaders)
	}
	number("isolated", s.Isolated)
	word("migrate", s.Migrate)
	word("same-cpu", s.SameCPU)
	word("handover", s.Handover)
	word("irq", s.IRQ)
	if s.Hog != NoHog {
		parts = append(parts, "hog="+string(s.Hog))
	}
	return strings.Join(parts, ",")
}

// ParseScenario is the inverse of Scenario.String. The name of a scenario that
// is not a standard one is "custom".
func ParseScenario(text string) (Scenario, error) {
	if rest, is := strings.CutSuffix(text, abstractStop); is {
		s, err := ParseScenario(rest)
		s.AbstractStop = true
		return s, err
	}
	if s, ok := FindScenario(text); ok {
		return s, nil
	}
	if text == ThreadsScenario {
		return Scenario{Name: ThreadsScenario}, nil
	}
	s := Scenario{Name: "custom", Unloaders: 1}
	numbers := map[string]*int{
		"getters": &s.Getters, "gets": &s.Gets, "nested": &s.Nested,
		"unloaders": &s.Unloaders, "isolated": &s.Isolated,
	}
	words := map[string]*bool{"migrate": &s.Migrate, "same-cpu": &s.SameCPU, "handover": &s.Handover, "irq": &s.IRQ}
	for _, part := range strings.Split(text, ",") {
		name, value, isNumber := strings.Cut(part, "=")
		if p := numbers[name]; isNumber && p != nil {
			n, err := strconv.Atoi(value)
			if err != nil {
				return s, fmt.Errorf("scenario %q: %q is not a number", text, value)
			}
			*p = n
		} else if p := words[name]; !isNumber && p != nil {
			*p = true
		} else if name == "hog" {
			s.Hog = Hog(value)
		} else {
			return s, fmt.Errorf("unknown scenario %q: want one of %s, or numbers such as getters=3,gets=2", text, strings.Join(ScenarioNames(), ", "))
		}
	}
	s.Unloaders = s.unloaders()
	return s, s.Validate()
}
