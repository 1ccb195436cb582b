package spec

import "fmt"

// This file is the program: what the front end makes of a model for one
// scenario, and all that an engine ever sees. Its meaning is defined by the
// reference interpreter in lastput/checker.

// A Prog is a model instantiated for one scenario: closed, flat and printable
// (see Prog.String). It is read-only once built.
type Prog struct {
	Model    string // the model's name, "isolated_skip"
	Scenario Scenario
	NCPU     int
	Isolated uint64 // CPUs that are isolated, a bit each

	Types   []Type   // interned; Inst.Type and Cell.Type index it
	Cells   []Cell   // memory, one scalar each
	Vars    []Var    // the variables that own the cells, contiguous in Cells
	Objects []Object // objects with a lifetime: what mc_release and its kin name
	Threads []Thread
	Procs   []Proc // bodies; several threads may run one
	Code    []Inst
	Frames  []Frame // chains of inlined calls; 0 is "no call"
	Files   []*File // 0 is the model's own file
	Funcs   []string
	Msgs    []string // texts of assertions and witnesses
	Covers  []Cover

	Init       int   // proc that runs alone before everything, or -1
	Invariants []int // procs whose result must be non-zero in every state
	Pinned     bool  // the release waits for gets in flight (mc_pinned)
	TokenPtr   bool  // a get returns a pointer to its object
}

// A Type is what a scalar may hold. Values are kept normalised to it:
// sign- or zero-extended to 64 bits, 0 or 1 for Bool.
type Type struct {
	Name     string // as C writes it: "int", "enum module_state", "struct obj *"
	Bits     int    // 1 (bool), 8, 16, 32 or 64
	Unsigned bool
	Pointer  bool     // a pointer: 0 is NULL, n is cell n-1
	Func     bool     // a pointer to a function: 0 is NULL, n is Funcs[n-1]
	Enum     []Member // names of values, for printing
}

// A Member is one enumerator.
type Member struct {
	Name  string
	Value int64
}

// A Cell is one scalar in memory.
type Cell struct {
	Name   string // "mod.ref[2]"; a local's begins with its thread, "unloader.ret"
	Type   int
	Init   int64
	Var    int
	Object int // the object it is part of, or -1
}

// A Var is a variable: static, or a local whose cells live in its thread.
type Var struct {
	Name   string
	Cell   int // first cell
	Cells  int
	Thread int  // the owning thread, -1 for a static variable
	PerCPU bool // one element per CPU
	// Scoped: a local whose address escapes. Its first cell is 1 while the
	// local is in scope; an access while it is 0 is an invalid access.
	Scoped bool
	Pos    Pos
}

// An Object is a static variable, or an element of a static array, whose
// lifetime the model speaks of. Its cells are First to First+Cells-1.
type Object struct {
	Name  string
	First int
	Cells int
}

// A Class is a scheduling class with its priority; a higher one is served
// first.
type Class int

// The classes. Between Other and Stop lie the FIFO priorities, 1 to MaxFIFO.
// IRQ is that of interrupt handlers.
const (
	Other   Class = 0
	MaxFIFO Class = 99
	Stop    Class = 100
	IRQ     Class = 101
)

// FIFO reports whether the class is a FIFO priority.
func (c Class) FIFO() bool { return c > Other && c <= MaxFIFO }

func (c Class) String() string {
	switch {
	case c == Stop:
		return "stop"
	case c == IRQ:
		return "irq"
	case c.FIFO():
		return fmt.Sprintf("fifo %d", int(c))
	}
	return "other"
}

// MaxThreads is how many threads a program has at most.
const MaxThreads = 256

// A Thread is one actor.
type Thread struct {
	Name       string // "getter1"
	Proc       int
	CPU        int // where it starts
	Class      Class
	MustFinish bool // false for stoppers, hogs, handlers and their like
	Migrates   bool // may move to another CPU wherever it is preemptible
	Asleep     bool // born asleep: it rests at its first wait, there is no start step
	Hog        bool // it comes to an endless loop; if nothing but what keeps its CPU precedes it, it is there at birth
	LocalBase  int  // first cell of its locals
}

// A Proc is the body of a thread, an invariant or mc_init, with everything it
// calls inlined.
type Proc struct {
	Name  string
	Entry int // index into Code
	End   int // one past its last instruction
	Regs  int // registers kept in the state: those alive where a thread can rest
	Temps int // registers that live within a step only, numbered from Regs
	// RegNames names the kept registers after the variables they hold.
	RegNames []string
	// Locals are the cells of its local variables, relative to
	// Thread.LocalBase; every thread of the proc has its own.
	Locals []Local
	// LocalBase is the first cell of the locals of mc_init or an invariant,
	// which belong to no thread.
	LocalBase int
}

// A Local is a local variable that lives in cells rather than registers.
type Local struct {
	Name   string
	First  int
	Cells  []Cell
	Scoped bool
	Pos    Pos
}

// A Pos is a place in a source file; Line and Col count from 1, 0 is unknown.
type Pos struct {
	File, Line, Col int
}

// A File is a source text of the program.
type File struct {
	Name    string // as named to the reader: "stop_machine.c", "linux/spinlock.h"
	Library bool   // embedded headers and the harness
	Lines   []string
}

// A Frame is a call that was inlined: Func was called at Call, which itself
// lies in frame Parent.
type Frame struct {
	Func   string
	Call   Pos
	Parent int
}

// A Cover is a witness: some run must reach it with its condition true.
type Cover struct {
	Pos Pos
	Msg int
}

// An Order is the memory order of an access. Under sequential consistency it
// changes nothing; it is carried for the weaker models to come.
type Order uint8

// The orders.
const (
	Plain Order = iota
	Relaxed
	Acquire
	Release
	Full
)

var orderNames = [...]string{"plain", "relaxed", "acquire", "release", "full"}

func (o Order) String() string { return orderNames[o] }

// An Operand is a value an instruction uses.
type Operand struct {
	Kind OperandKind
	// Val is the constant, the register, the cell (OpdAddr), the offset of
	// the cell in the thread's locals (OpdLocal) or the function (OpdFunc).
	Val int64
}

// OperandKind says what Operand.Val means.
type OperandKind uint8

// The kinds of operand.
const (
	OpdNone  OperandKind = iota
	OpdConst             // Val itself
	OpdReg               // register Val
	OpdAddr              // the address of cell Val
	OpdLocal             // the address of the thread's local cell Val
	OpdFunc              // the function Funcs[Val]
)

// An Inst is one instruction. Which fields count depends on Op; the picture
// beside each opcode says.
type Inst struct {
	Op    Op
	Sub   uint8 // Bin, Un: the operator; RMW: the RMWKind; Ghost: the GhostKind
	Order Order // accesses
	// Sleep marks the access of a sleep-wait: a thread that rests here has
	// given up its CPU, and may only come here where sleeping is allowed.
	Sleep bool
	// Idle marks a wait, of a thread that must finish, that need not end: if
	// nothing can come that it waits for, the thread is done.
	Idle bool
	// Private marks an access to a local of the thread whose address never
	// escapes: it is no step.
	Private bool
	// Held marks an operation inside a stopped machine: it rides on the
	// OpStop before it.
	Held bool
	// Commutes marks an OpPick in a loop over a set whose outcome is the same
	// in whatever order the set is gone through: the lowest is picked.
	Commutes bool
	// ThisCPU, where not 0, adds ThisCPU*(current CPU) to the address,
	// within the step.
	ThisCPU int32
	Type    int // type of the result, or of the value stored
	Dst     int // register, or -1
	A, B, C Operand
	To      int // jump target; Br: where A is zero (else fall through)
	Pos     Pos
	Frame   int
	// Live lists the kept registers alive when a thread rests here; the
	// others are cleared. Set where a thread can rest.
	Live []int
}

// Op is an opcode.
type Op uint8

// The opcodes. The local ones ride on the step before them; a step begins with
// one of the visible ones.
const (
	OpNop    Op = iota
	OpMov       // dst = a
	OpConv      // dst = (type)a
	OpBin       // dst = a sub b, in type
	OpUn        // dst = sub a, in type
	OpIndex     // dst = a + b*to, refused unless a is an object and 0 <= b < c (where c is given)
	OpJump      // goto to
	OpBr        // if !a goto to
	OpChoose    // dst = any of 0..a-1
	OpPick      // dst = any bit that is set in a
	OpAssert    // a, or the violation Msgs[to]
	OpAssume    // a, or the run ends here unjudged
	OpCover     // witness Covers[to], reached if a
	OpScope     // local cells b.. (c of them) come alive (a=1) or die (a=0)
	OpGhost     // sub a b: see GhostKind
	OpEnd       // the thread has finished; an invariant's result is a

	OpStart   // the thread's first step
	OpLoad    // dst = *a
	OpStore   // *a = b
	OpRMW     // dst = *a; *a = sub(b, c)
	OpFence   // a fence of its order
	OpPreempt // preemption count += a
	OpCPU     // dst = current CPU (visible only while the thread may migrate)
	OpUse     // touches *a
	OpAwait   // waits until a role call of another thread has ended
	OpRelease // the object a is gone (visible only where the release must wait)
	OpHog     // an endless local loop: never done
	OpYield   // to the end of the queue of its priority
	OpIRQ     // dst = interrupts were off; interrupts off if a, else on
	OpRCU     // depth of preemptible RCU readers += a
	OpGrace   // sub: see GraceKind; the flavours a of RCU
	OpSelf    // dst = the number of the thread, from 0
	OpStop    // waits, asleep, until class b could take every CPU in the mask a
	opCount
)

// An OpInfo describes an opcode.
type OpInfo struct {
	Name    string
	Visible bool // a thread can rest before it
	Access  bool // reads or writes the memory at A
	HasDst  bool
}

var opInfo = [opCount]OpInfo{
	OpNop:     {Name: "nop"},
	OpMov:     {Name: "mov", HasDst: true},
	OpConv:    {Name: "conv", HasDst: true},
	OpBin:     {Name: "bin", HasDst: true},
	OpUn:      {Name: "un", HasDst: true},
	OpIndex:   {Name: "index", HasDst: true},
	OpJump:    {Name: "goto"},
	OpBr:      {Name: "br"},
	OpChoose:  {Name: "choose", HasDst: true},
	OpPick:    {Name: "pick", HasDst: true},
	OpAssert:  {Name: "assert"},
	OpAssume:  {Name: "assume"},
	OpCover:   {Name: "cover"},
	OpScope:   {Name: "scope"},
	OpGhost:   {Name: "ghost"},
	OpEnd:     {Name: "end"},
	OpStart:   {Name: "start", Visible: true},
	OpLoad:    {Name: "load", Visible: true, Access: true, HasDst: true},
	OpStore:   {Name: "store", Visible: true, Access: true},
	OpRMW:     {Name: "rmw", Visible: true, Access: true, HasDst: true},
	OpFence:   {Name: "fence", Visible: true},
	OpPreempt: {Name: "preempt", Visible: true},
	OpCPU:     {Name: "cpu", Visible: true, HasDst: true},
	OpUse:     {Name: "use", Visible: true, Access: true},
	OpAwait:   {Name: "await", Visible: true},
	OpRelease: {Name: "release", Visible: true},
	OpHog:     {Name: "hog", Visible: true},
	OpYield:   {Name: "yield", Visible: true},
	OpIRQ:     {Name: "irq", Visible: true, HasDst: true},
	OpRCU:     {Name: "rcu", Visible: true},
	OpGrace:   {Name: "grace", Visible: true},
	OpSelf:    {Name: "self", HasDst: true},
	OpStop:    {Name: "stop", Visible: true},
}

// Info describes the opcode.
func (op Op) Info() OpInfo { return opInfo[op] }

func (op Op) String() string { return opInfo[op].Name }

// Visible reports whether a thread can rest before the instruction in some
// state: all visible operations but accesses to private locals, and but those
// inside a stopped machine. Whether it does in a given state may depend on more
// (OpCPU, OpRelease).
func (in *Inst) Visible() bool { return opInfo[in.Op].Visible && !in.Private && !in.Held }

// BinOp is the operator of OpBin.
type BinOp uint8

// The binary operators. Comparisons give 0 or 1 and compare in Inst.Type.
const (
	Add BinOp = iota
	Sub
	Mul
	Div
	Mod
	And
	Or
	Xor
	Shl
	Shr
	Eq
	Ne
	Lt
	Le
)

var binNames = [...]string{"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "==", "!=", "<", "<="}

func (b BinOp) String() string { return binNames[b] }

// UnOp is the operator of OpUn.
type UnOp uint8

// The unary operators.
const (
	Neg UnOp = iota
	Cpl
	Not
)

var unNames = [...]string{"-", "~", "!"}

func (u UnOp) String() string { return unNames[u] }

// RMWKind is what an OpRMW does to the old value v of *a; all of it is one step.
type RMWKind uint8

// The read-modify-writes.
const (
	Xchg      RMWKind = iota // b
	FetchAdd                 // v + b
	FetchAnd                 // v & b
	FetchOr                  // v | b
	CmpXchg                  // v == b ? c : v
	AddUnless                // v == c ? v : v + b
	DecIfPos                 // v > 0 ? v - 1 : v
	rmwKindCount
)

var rmwNames = [rmwKindCount]string{"xchg", "fetch_add", "fetch_and", "fetch_or", "cmpxchg", "add_unless", "dec_if_positive"}

func (k RMWKind) String() string { return rmwNames[k] }

// GraceKind is what an OpGrace does.
type GraceKind uint8

// The parts of a grace period.
const (
	GraceBegin GraceKind = iota // remembers who is inside a read-side section now
	GraceWait                   // waits, asleep, until all of them have left it
)

// The flavours of RCU, an OpGrace waits for the readers of one or both.
const (
	FlavourPreemptible = 1 << iota // readers between OpRCU +1 and -1
	FlavourSched                   // CPUs with preemption or interrupts off
)

// GhostKind is what an OpGhost records. Ghosts cost no step.
type GhostKind uint8

// The ghosts. "The object a" may be 0 where the program has one object only.
const (
	GhostGot       GhostKind = iota // the thread holds one more reference to the object a
	GhostPutting                    // it gives one up, with its next step
	GhostFinal                      // the final put of the object a was decided
	GhostGetBegin                   // a pinned get begins with the next step
	GhostGetEnd                     // and has ended
	GhostUnload                     // an unload attempt begins with the next step
	GhostCall                       // a role call of this thread has ended
	GhostBalance                    // preemption count and locks must be as at the start of the thread
	GhostLock                       // the thread holds one more lock, a
	GhostUnlock                     // one less
	GhostMaySleep                   // a call that may sleep
	GhostRefused                    // a get gave no reference
	GhostAttempted                  // an unload attempt has ended, and succeeded if a
	ghostKindCount
)

var ghostNames = [ghostKindCount]string{"got", "putting", "final_put", "get_begin", "get_end", "unload_begin", "call_end", "balance", "lock", "unlock", "might_sleep", "refused", "unload_end"}

func (k GhostKind) String() string { return ghostNames[k] }
