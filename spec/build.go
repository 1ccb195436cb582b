package spec

import (
	"fmt"
	"slices"
	"strings"

	"modernc.org/cc/v4"
)

// This file turns a parsed model into a program: finds roles, threads and
// variables, lowers what the threads run, and numbers everything.

// A builder builds one program.
type builder struct {
	m    *Model
	p    *Prog
	errs ErrorList

	files map[string]int // by the parser's name
	types map[string]int // by printed form
	msgs  map[string]int

	funcs   map[string]*cc.FunctionDefinition
	order   []*cc.FunctionDefinition // in order of definition
	roles   map[string]*cc.FunctionDefinition
	inits   []*cc.FunctionDefinition
	invs    []*cc.FunctionDefinition
	static  map[*cc.Declarator]*staticVar
	globals map[string]*staticVar // file scope, by name
	statics []*staticVar          // in order of definition

	intT, uintT, longT, voidT cc.Type

	layouts map[cc.Type]*layout
	wrong   map[Pos]bool // lines with an error

	insts  int  // instructions emitted so far, against bombs
	calls  int  // calls inlined so far, the same
	full   bool // there are too many cells, and it has been said
	judged bool // the model says something of an object's lifetime
	use    usage

	macros map[string]*cc.Macro
	found  *finder                    // what can be taken away
	forced map[cc.ExpressionNode]bool // conditions with the outcome that the mutation gives them
}

// usage is what building a program finds to be used: the variables with cells
// and the functions whose address is a value. Both have to be known before
// lowering begins, so a program is built again until nothing is added.
type usage struct {
	vars  map[string]bool // staticVar.key
	funcs map[string]bool
	// objects are the variables whose lifetime the model speaks of, by key,
	// and the C types of objects that are only reached through pointers.
	objects     map[string]bool
	objectTypes map[string]bool
	// threads are those of the library's threads that something needs.
	threads map[string]bool
}

func (u *usage) size() int {
	return len(u.vars) + len(u.funcs) + len(u.objects) + len(u.objectTypes) + len(u.threads)
}

// tasksVar is the variable of linux/sched.h that has an element for each thread.
const tasksVar = "__mc_tasks"

// A staticVar is a variable with static storage.
type staticVar struct {
	key    string // unique: the name, or the name and position of a static local
	local  bool   // declared in a function
	name   string
	typ    cc.Type
	init   *cc.Initializer
	pos    Pos
	perCPU bool
	// defined: not only declared extern.
	defined bool
	first   int // first cell, or -1 where unused
	cells   int
}

// build makes the program. If the model has no roles the scenario becomes
// ThreadsScenario.
func (m *Model) build(s Scenario) (*Prog, error) {
	b, err := m.lower(s)
	if err != nil {
		return nil, err
	}
	return b.p, nil
}

// lower is build, and what else was found out on the way.
func (m *Model) lower(s Scenario) (*builder, error) {
	ncpu, isolated := s.CPUs(), s.isolatedMask()
	if s.Name == ThreadsScenario {
		ncpu = 1
	}
	use := usage{vars: map[string]bool{}, funcs: map[string]bool{}, objects: map[string]bool{}, objectTypes: map[string]bool{}, threads: map[string]bool{}}
	threads := s.threads()
	tried := map[[2]int]bool{} // numbers of threads, with what was found to be used
	ast, err := m.parse(s, ncpu, threads, isolated)
	if err != nil {
		return nil, err
	}
	for {
		b := newBuilder(m, s, ncpu, isolated, use)
		b.collect(ast)
		if err := b.errs.err(); err != nil {
			return nil, err
		}
		if want := b.cpusOfThreads(); len(b.roles) == 0 && (s.Name != ThreadsScenario || want > ncpu) {
			// Only now it is known that the model's own threads decide
			// on the number of CPUs.
			s, ncpu, isolated = Scenario{Name: ThreadsScenario}, want, 0
			if ast, err = m.parse(s, ncpu, threads, isolated); err != nil {
				return nil, err
			}
			continue
		}
		before := use.size()
		b.program()
		if err := b.errs.err(); err != nil {
			return nil, err
		}
		if n := len(b.p.Threads); n != threads && b.globals[tasksVar] != nil {
			// There is a task for each thread.
			key := [2]int{n, use.size()}
			if tried[key] {
				return nil, ErrorList{{File: m.File, Msg: "which threads there are depends on MC_THREADS, which is how many there are"}}
			}
			tried[key], threads = true, n
			if ast, err = m.parse(s, ncpu, threads, isolated); err != nil {
				return nil, err
			}
			continue
		}
		if use.size() == before {
			b.finish()
			if err := b.errs.err(); err != nil {
				return nil, err
			}
			if err := Sanity(b.p); err != nil {
				return nil, fmt.Errorf("internal error: %s: %w", m.Name, err)
			}
			return b, nil
		}
	}
}

func newBuilder(m *Model, s Scenario, ncpu int, isolated uint64, use usage) *builder {
	b := &builder{
		m:       m,
		p:       &Prog{Model: m.progName(), Scenario: s, NCPU: ncpu, Isolated: isolated, Init: -1, Frames: []Frame{{}}},
		files:   map[string]int{},
		types:   map[string]int{},
		msgs:    map[string]int{},
		funcs:   map[string]*cc.FunctionDefinition{},
		roles:   map[string]*cc.FunctionDefinition{},
		static:  map[*cc.Declarator]*staticVar{},
		globals: map[string]*staticVar{},
		layouts: map[cc.Type]*layout{},
		wrong:   map[Pos]bool{},
		use:     use,
		found:   newFinder(),
		forced:  map[cc.ExpressionNode]bool{},
	}
	b.file(m.File)
	return b
}

// file returns the index of the file of that (parser's) name.
func (b *builder) file(name string) int {
	if i, ok := b.files[name]; ok {
		return i
	}
	f := &File{Name: displayName(name)}
	if rest, ok := strings.CutPrefix(name, libDir+"/"); ok {
		f.Library = true
		if data, err := library.ReadFile("lib/" + rest); err == nil {
			f.Lines = strings.Split(string(data), "\n")
		}
	} else if name == b.m.File {
		f.Lines = strings.Split(b.m.Text, "\n")
	} else if text, err := readSource(b.m.dir, name); err == nil {
		f.Lines = strings.Split(text, "\n")
	}
	b.files[name] = len(b.p.Files)
	b.p.Files = append(b.p.Files, f)
	return len(b.p.Files) - 1
}

func (b *builder) pos(n cc.Node) Pos {
	p := n.Position()
	return Pos{b.file(p.Filename), p.Line, p.Column}
}

func (b *builder) errorf(pos Pos, format string, args ...any) {
	e := &Error{File: b.p.Files[pos.File].Name, Line: pos.Line, Col: pos.Col, Msg: fmt.Sprintf(format, args...)}
	// What else is wrong with the line may only follow from it.
	line := Pos{File: pos.File, Line: pos.Line}
	if b.wrong[line] && pos.Line > 0 {
		return
	}
	b.wrong[line] = true
	b.errs = append(b.errs, e)
}

// typ interns a scalar type.
func (b *builder) typ(t cc.Type, pos Pos) int {
	if err := scalarError(t); err != nil {
		b.errorf(pos, "%v", err)
		return b.internType(Type{Name: "int", Bits: 32})
	}
	return b.internType(describeType(t))
}

func (b *builder) internType(t Type) int {
	key := fmt.Sprint(t)
	if i, ok := b.types[key]; ok {
		return i
	}
	b.types[key] = len(b.p.Types)
	b.p.Types = append(b.p.Types, t)
	return len(b.p.Types) - 1
}

func (b *builder) msg(text string) int {
	if i, ok := b.msgs[text]; ok {
		return i
	}
	b.msgs[text] = len(b.p.Msgs)
	b.p.Msgs = append(b.p.Msgs, text)
	return len(b.p.Msgs) - 1
}

// collect finds the functions and variables of the translation unit.
func (b *builder) collect(ast *cc.AST) {
	b.intT, b.uintT, b.longT, b.voidT = ast.Int, ast.UInt, ast.Long, ast.Void
	b.macros = ast.Macros
	for tu := ast.TranslationUnit; tu != nil; tu = tu.TranslationUnit {
		switch ed := tu.ExternalDeclaration; ed.Case {
		case cc.ExternalDeclarationFuncDef:
			b.collectFunc(ed.FunctionDefinition)
		case cc.ExternalDeclarationDecl:
			b.collectDecl(ed.Declaration)
		case cc.ExternalDeclarationAsmStmt:
			b.errorf(b.pos(ed), "assembly: write C")
		}
	}
	b.checkRoles()
}

func (b *builder) collectFunc(fd *cc.FunctionDefinition) {
	name := fd.Declarator.Name()
	if _, ok := fd.Declarator.Type().(*cc.FunctionType); !ok {
		b.errorf(b.pos(fd.Declarator), "%s has a body but no parameters: want %s(void)", name, name)
		return
	}
	if old := b.funcs[name]; old != nil {
		b.errorf(b.pos(fd.Declarator), "%s is defined twice: first in line %d", name, old.Position().Line)
		return
	}
	b.funcs[name] = fd
	b.order = append(b.order, fd)
	b.collectRole(fd)
}

func (b *builder) collectDecl(d *cc.Declaration) {
	if d.Case != cc.DeclarationDecl {
		return
	}
	for l := d.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
		id := l.InitDeclarator
		dcl := id.Declarator
		if dcl == nil || dcl.IsTypename() || dcl.Type().Kind() == cc.Function {
			continue
		}
		if v := b.globals[dcl.Name()]; v != nil {
			b.redeclare(v, dcl, id.Initializer)
			continue
		}
		v := b.declareStatic(dcl, id.Initializer, dcl.Name())
		v.defined = !dcl.IsExtern() || id.Initializer != nil
		b.globals[dcl.Name()] = v
	}
}

// redeclare adds what a tentative definition repeated, or an extern
// declaration, says of a variable.
func (b *builder) redeclare(v *staticVar, dcl *cc.Declarator, init *cc.Initializer) {
	b.static[dcl] = v
	if a, ok := v.typ.(*cc.ArrayType); ok && a.IsIncomplete() {
		v.typ = dcl.Type()
	}
	if !dcl.IsExtern() && !v.defined {
		v.defined, v.pos, v.typ = true, b.pos(dcl), dcl.Type()
	}
	if init == nil {
		return
	}
	if v.init != nil {
		b.errorf(b.pos(dcl), "%s is defined twice: first in line %d", dcl.Name(), v.pos.Line)
	}
	v.defined, v.init, v.pos, v.typ = true, init, b.pos(dcl), dcl.Type()
}

func (b *builder) declareStatic(dcl *cc.Declarator, init *cc.Initializer, key string) *staticVar {
	v := &staticVar{key: key, name: dcl.Name(), typ: dcl.Type(), init: init, defined: true, pos: b.pos(dcl), first: -1}
	if a := dcl.Type().Attributes(); a != nil {
		v.perCPU = a.IsAttrSet("mc_percpu")
		for _, role := range functionAttrs {
			if a.IsAttrSet(role) {
				b.errorf(v.pos, "%s on %s: it goes on a function", attrName(role), v.name)
			}
		}
	}
	b.static[dcl] = v
	b.statics = append(b.statics, v)
	return v
}

// allocate gives the variable its cells. Variables that were not used when the
// program was last built have none yet.
func (b *builder) allocate(v *staticVar) {
	if !b.use.vars[v.key] || v.first >= 0 || b.full {
		return
	}
	ls, err := b.leaves(v.typ)
	if err != nil {
		b.errorf(v.pos, "%s: %v", v.name, err)
		return
	}
	ls = b.atLeastOne(ls)
	if len(b.p.Cells)+len(ls) > maxCells {
		b.errorf(v.pos, "%s: the model has more than %d cells: a model is a small program", v.name, maxCells)
		b.full = true
		return
	}
	v.first, v.cells = len(b.p.Cells), len(ls)
	for _, l := range ls {
		b.p.Cells = append(b.p.Cells, Cell{Name: v.name + l.name, Type: b.typ(l.typ, v.pos), Var: len(b.p.Vars), Object: -1})
	}
	b.p.Vars = append(b.p.Vars, Var{Name: v.name, Cell: v.first, Cells: v.cells, Thread: -1, PerCPU: v.perCPU, Pos: v.pos})
}

// program lowers everything that runs.
func (b *builder) program() {
	b.p.Funcs = sortedKeys(b.use.funcs)
	for _, v := range slices.Clone(b.statics) {
		b.allocate(v)
	}
	for _, v := range slices.Clone(b.statics) {
		if v.first >= 0 {
			b.initialize(v)
		}
	}
	for _, v := range b.statics {
		if v.first < 0 && v.defined && !b.full {
			b.checkUnused(v)
		}
	}
	b.allocateObjects()
	b.threads()
	for _, fd := range b.inits {
		b.p.Init = b.proc(fd, false)
		b.checkAlone(b.p.Init, "mc_init runs before all threads")
	}
	for _, fd := range b.invs {
		b.p.Invariants = append(b.p.Invariants, b.proc(fd, false))
	}
	b.checkInvariants()
	b.uncalledWitnesses()
	if get := b.roles["mc_get"]; get != nil && !b.judged {
		b.errorf(b.pos(get.Declarator), "the model never says mc_final_put or mc_release: nothing would be judged")
	}
}

// atLeastOne gives a variable of no size a cell all the same: its address is
// that of no other.
func (b *builder) atLeastOne(ls []leaf) []leaf {
	if len(ls) == 0 {
		return []leaf{{name: "", typ: b.intT}}
	}
	return ls
}

// checkUnused refuses an unused variable that could not be used, either.
func (b *builder) checkUnused(v *staticVar) {
	if err := b.layout(v.typ).err; err != nil {
		b.errorf(v.pos, "%s: %v", v.name, err)
	}
}

// checkInvariants refuses invariants that change memory: they hold of states
// and are no part of a run.
func (b *builder) checkInvariants() {
	for _, i := range b.p.Invariants {
		p := b.p.Procs[i]
		b.checkAlone(i, "an invariant looks at one state")
		for _, in := range b.p.Code[p.Entry:p.End] {
			if (in.Op == OpStore || in.Op == OpRMW) && !in.Private {
				b.errorf(b.modelPos(in), "%s is an invariant and changes memory: it may only look", p.Name)
				return
			}
		}
	}
}

// checkAlone refuses what only a thread can do in a proc that runs outside any.
// mc_init may take a mutex and the like: nobody else has it.
func (b *builder) checkAlone(proc int, why string) {
	p := b.p.Procs[proc]
	for _, in := range b.p.Code[p.Entry:p.End] {
		switch {
		case in.Op == OpHog, in.Op == OpYield, in.Op == OpGrace, in.Sleep && proc != b.p.Init:
			b.errorf(b.modelPos(in), "%s cannot hog, yield or wait: %s", p.Name, why)
			return
		}
	}
}

// modelPos is where the model's own text has the instruction, or the call that
// leads to it.
func (b *builder) modelPos(in Inst) Pos {
	pos := in.Pos
	for f := in.Frame; f != 0 && b.p.Files[pos.File].Library; f = b.p.Frames[f].Parent {
		pos = b.p.Frames[f].Call
	}
	return pos
}

// uncalledWitnesses adds the mc_cover statements of functions that nothing
// calls: no run reaches them, and that has to be seen.
func (b *builder) uncalledWitnesses() {
	called := map[string]bool{}
	for _, f := range b.p.Frames {
		called[f.Func] = true
	}
	for _, fd := range b.order {
		if called[fd.Declarator.Name()] || b.p.Files[b.pos(fd.Declarator).File].Library {
			continue
		}
		for _, tok := range cc.NodeTokens(fd.CompoundStatement) {
			if tok.SrcStr() == "__mc_cover" {
				p := tok.Position()
				b.p.Covers = append(b.p.Covers, Cover{Pos: Pos{b.file(p.Filename), p.Line, p.Column}, Msg: b.msg("in " + fd.Declarator.Name() + "(), which nothing calls")})
			}
		}
	}
}

// initialize sets the initial values of the variable's cells.
func (b *builder) initialize(v *staticVar) {
	if v.init == nil {
		return
	}
	l := newLower(b)
	l.constOnly = true
	l.initializer(v.init, v.typ, func(off int64, t cc.Type, e cc.ExpressionNode) {
		l.refused = false
		val := l.convert(l.expr(e), t, b.pos(e))
		i := b.leafAt(v.typ, off)
		if i < 0 || i >= v.cells {
			return
		}
		n, ok := constantOf(val.op)
		if !ok || l.refused {
			if len(b.errs) == 0 {
				b.errorf(b.pos(e), "the initializer of a static variable must be constant")
			}
			return
		}
		c := &b.p.Cells[v.first+i]
		c.Init = b.p.Types[c.Type].Normalize(n)
	})
}

// constantOf is the value an operand has everywhere.
func constantOf(o Operand) (int64, bool) {
	switch o.Kind {
	case OpdConst:
		return o.Val, true
	case OpdAddr, OpdFunc:
		return o.Val + 1, true
	}
	return 0, false
}

// finish gives the locals of every thread their cells, now that all procs are
// known.
func (b *builder) finish() {
	p := b.p
	for t := range p.Threads {
		th := &p.Threads[t]
		th.LocalBase = b.placeLocals(p.Procs[th.Proc].Locals, th.Name, t)
	}
	for _, i := range append(slices.Clone(p.Invariants), p.Init) {
		if i >= 0 {
			p.Procs[i].LocalBase = b.placeLocals(p.Procs[i].Locals, p.Procs[i].Name, -1)
		}
	}
	for i := range p.Cells {
		if v := &p.Vars[p.Cells[i].Var]; p.isTasks(v) {
			_, member, _ := strings.Cut(p.Cells[i].Name, ".")
			p.Cells[i].Name = p.Threads[i-v.Cell].Name + "." + member
		}
	}
	switch n := len(p.Threads); {
	case n > MaxThreads:
		b.errorf(Pos{}, "%d threads: a program has at most %d", n, MaxThreads)
	case n > 62 && slices.ContainsFunc(p.Code, func(in Inst) bool { return in.Op == OpGrace && in.A.Val&FlavourPreemptible != 0 }):
		b.errorf(Pos{}, "%d threads: a program that waits for preemptible readers has at most 62", n)
	}
	if len(p.Cells) > 4*maxCells {
		b.errorf(Pos{}, "the threads' locals make more than %d cells: a model is a small program", 4*maxCells)
	}
}

func (b *builder) placeLocals(locals []Local, owner string, thread int) (base int) {
	p := b.p
	base = len(p.Cells)
	for _, l := range locals {
		p.Vars = append(p.Vars, Var{Name: owner + "." + l.Name, Cell: len(p.Cells), Cells: len(l.Cells), Thread: thread, Scoped: l.Scoped, Pos: l.Pos})
		for _, c := range l.Cells {
			c.Name = owner + "." + c.Name
			c.Var, c.Object = len(p.Vars)-1, -1
			p.Cells = append(p.Cells, c)
		}
	}
	return base
}

func sortedKeys(m map[string]bool) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
