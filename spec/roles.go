package spec

import (
	"fmt"
	"slices"
	"strings"

	"modernc.org/cc/v4"
)

// This file finds the functions that bear a role, checks their signatures, and
// makes the threads of the scenario from them and the harness.

// roleAttrs are the attributes of mc.h that one function only may bear.
var roleAttrs = []string{"mc_get", "mc_dup", "mc_put", "mc_unload"}

// functionAttrs are all that go on functions; a function bears one of them, and
// perhaps mc_pinned.
var functionAttrs = append([]string{"mc_pinned", "mc_init", "mc_invariant"}, slices.Concat(roleAttrs, threadAttrs)...)

// threadAttrs are those that make a thread. mc_thread and mc_kthread are two
// attributes, of which this is one.
var threadAttrs = []string{"mc_thread_cpu", "mc_kthread_cpu", "mc_percpu_thread", "mc_irq"}

// attrName is the attribute as a model writes it.
func attrName(attr string) string { return strings.TrimSuffix(attr, "_cpu") }

func isThread(fd *cc.FunctionDefinition) bool {
	attrs := fd.Declarator.Type().Attributes()
	return attrs != nil && slices.ContainsFunc(threadAttrs, attrs.IsAttrSet)
}

// checkOneRole refuses a function that bears two roles: what is meant can be
// written as two functions. The parser merges attributes, so the text is asked.
func (b *builder) checkOneRole(fd *cc.FunctionDefinition) {
	var borne []string
	for _, n := range []cc.Node{fd.DeclarationSpecifiers, fd.Declarator} {
		for _, tok := range cc.NodeTokens(n) {
			if attr := tok.SrcStr(); attr != "mc_pinned" && slices.Contains(functionAttrs, attr) {
				borne = append(borne, attrName(attr))
			}
		}
	}
	if len(borne) > 1 {
		b.errorf(b.pos(fd.Declarator), "%s is %s and %s: write a function for each", fd.Declarator.Name(), borne[0], borne[1])
	}
}

func (b *builder) collectRole(fd *cc.FunctionDefinition) {
	attrs := fd.Declarator.Type().Attributes()
	if attrs == nil {
		return
	}
	b.checkOneRole(fd)
	pos, name := b.pos(fd.Declarator), fd.Declarator.Name()
	for _, role := range roleAttrs {
		if !attrs.IsAttrSet(role) {
			continue
		}
		if old := b.roles[role]; old != nil {
			b.errorf(pos, "a second %s: %s already is one; a model has one", role, old.Declarator.Name())
			continue
		}
		b.roles[role] = fd
	}
	if attrs.IsAttrSet("mc_pinned") {
		if !attrs.IsAttrSet("mc_get") {
			b.errorf(pos, "mc_pinned on %s: it goes with mc_get", name)
		}
		b.p.Pinned = true
	}
	if attrs.IsAttrSet("mc_init") {
		b.inits = append(b.inits, fd)
	}
	if attrs.IsAttrSet("mc_invariant") {
		b.invs = append(b.invs, fd)
	}
}

// result and params are the C types of a function.
func result(fd *cc.FunctionDefinition) cc.Type {
	return fd.Declarator.Type().(*cc.FunctionType).Result()
}

func params(fd *cc.FunctionDefinition) []*cc.Parameter {
	ps := fd.Declarator.Type().(*cc.FunctionType).Parameters()
	if len(ps) == 1 && ps[0].Type().Kind() == cc.Void {
		return nil
	}
	return ps
}

func (b *builder) checkRoles() {
	b.signature("mc_get", 0, func(t cc.Type) bool { return isInteger(t) || t.Kind() == cc.Ptr }, "a bool, an integer or a pointer")
	b.signature("mc_dup", 1, nil, "")
	b.signature("mc_put", 1, nil, "")
	b.signature("mc_unload", 0, isInteger, "a bool or an integer")
	if len(b.inits) > 1 {
		b.errorf(b.pos(b.inits[1].Declarator), "a second mc_init: %s already is one; a model has one", b.inits[0].Declarator.Name())
	}
	for _, fd := range b.inits {
		b.wantSignature("mc_init", fd, 0, nil, "")
	}
	for _, fd := range b.invs {
		b.wantSignature("mc_invariant", fd, 0, isInteger, "a bool or an integer")
	}
	b.wantToken("mc_dup")
	b.wantToken("mc_put")
	b.checkRoleSet()
}

// wantToken refuses a parameter that cannot be what the get returns.
func (b *builder) wantToken(role string) {
	get := b.roles["mc_get"]
	if get == nil || !b.takesToken(role) {
		return
	}
	p, r := params(b.roles[role])[0].Type().Decay(), result(get)
	if (p.Kind() == cc.Ptr) != (r.Kind() == cc.Ptr) {
		fd := b.roles[role]
		b.errorf(b.pos(fd.Declarator), "%s %s takes %s, but mc_get returns %s: want the same", role, fd.Declarator.Name(), typeName(p), typeName(r))
	}
}

// checkRoleSet refuses a set of roles that the harness can do nothing with.
func (b *builder) checkRoleSet() {
	if len(b.errs) > 0 {
		return
	}
	if len(b.roles) == 0 {
		if !slices.ContainsFunc(b.ownThreads(), b.isModels) {
			b.errs = append(b.errs, &Error{File: b.m.File, Msg: "nothing to run: mark the functions of a strategy with mc_get, mc_put and mc_unload, or a thread with mc_thread(cpu, prio), from <mc.h>"})
		}
		return
	}
	for _, role := range []string{"mc_get", "mc_put", "mc_unload"} {
		if b.roles[role] == nil {
			some := ""
			for _, r := range roleAttrs {
				if b.roles[r] != nil && some == "" {
					some = r
				}
			}
			b.errorf(b.pos(b.roles[some].Declarator), "%s but no %s: a strategy has mc_get, mc_put and mc_unload", some, role)
			return
		}
	}
}

// isModels reports whether the thread is the model's own and not one of a
// header it includes.
func (b *builder) isModels(t ownThread) bool {
	return !b.p.Files[b.pos(t.fd.Declarator).File].Library
}

func (b *builder) signature(role string, maxParams int, okResult func(cc.Type) bool, want string) {
	if fd := b.roles[role]; fd != nil {
		b.wantSignature(role, fd, maxParams, okResult, want)
	}
}

func (b *builder) wantSignature(role string, fd *cc.FunctionDefinition, maxParams int, okResult func(cc.Type) bool, want string) {
	pos := b.pos(fd.Declarator)
	if n := len(params(fd)); n > maxParams {
		takes := "no parameters"
		if maxParams == 1 {
			takes = "at most one parameter, what mc_get returned"
		}
		b.errorf(pos, "%s %s takes %s: want %s", role, fd.Declarator.Name(), count(n, "parameter"), takes)
	}
	if okResult != nil && !okResult(result(fd)) {
		b.errorf(pos, "%s %s returns %s: want %s", role, fd.Declarator.Name(), typeName(result(fd)), want)
	}
}

// takesToken reports whether the put (or dup) is given what the get returned.
func (b *builder) takesToken(role string) bool {
	fd := b.roles[role]
	return fd != nil && len(params(fd)) > 0
}

// An ownThread is a function marked mc_thread, mc_kthread, mc_percpu_thread or
// mc_irq.
type ownThread struct {
	fd     *cc.FunctionDefinition
	perCPU bool
	daemon bool // born asleep, need not finish
	cpu    int64
	class  Class
}

// ownThreads finds them; those of the library only where something needs them.
// mc_thread and mc_kthread are two attributes, because the parser keeps the
// arguments of one as a set.
func (b *builder) ownThreads() []ownThread {
	var out []ownThread
	for _, fd := range b.order {
		attrs := fd.Declarator.Type().Attributes()
		if attrs == nil || b.p.Files[b.pos(fd.Declarator).File].Library && !b.use.threads[fd.Declarator.Name()] {
			continue
		}
		if attrs.IsAttrSet("mc_thread_cpu") {
			out = append(out, ownThread{fd: fd, cpu: b.attrValue(fd, "mc_thread_cpu"), class: b.priority(fd, "mc_thread_prio")})
		}
		if attrs.IsAttrSet("mc_kthread_cpu") {
			out = append(out, ownThread{fd: fd, cpu: b.attrValue(fd, "mc_kthread_cpu"), class: b.priority(fd, "mc_kthread_prio"), daemon: true})
		}
		if attrs.IsAttrSet("mc_percpu_thread") {
			out = append(out, ownThread{fd: fd, perCPU: true, class: b.priority(fd, "mc_percpu_thread"), daemon: true})
		}
		if attrs.IsAttrSet("mc_irq") {
			out = append(out, ownThread{fd: fd, cpu: b.attrValue(fd, "mc_irq"), class: IRQ})
		}
	}
	return out
}

// priority is the constant argument of an attribute that is a scheduling class.
func (b *builder) priority(fd *cc.FunctionDefinition, name string) Class {
	n := b.attrValue(fd, name)
	if n < int64(Other) || n > int64(Stop) {
		b.errorf(b.pos(fd.Declarator), "priority %d of thread %s: want MC_OTHER, a FIFO priority from 1 to %d, or MC_STOP", n, fd.Declarator.Name(), MaxFIFO)
		return Other
	}
	return Class(n)
}

// attrValue is the constant argument of an attribute.
func (b *builder) attrValue(fd *cc.FunctionDefinition, name string) int64 {
	if v := fd.Declarator.Type().Attributes().AttrValue(name); len(v) == 1 {
		if n, ok := intValue(v[0]); ok {
			return n
		}
	}
	b.errorf(b.pos(fd.Declarator), "thread %s: want mc_thread(cpu, prio), mc_kthread(cpu, prio), mc_percpu_thread(prio) or mc_irq(cpu), all constant", fd.Declarator.Name())
	return 0
}

const maxCPU = maxCPUs - 1

// cpusOfThreads is how many CPUs the model's own threads need.
func (b *builder) cpusOfThreads() int {
	n := int64(1)
	for _, t := range b.ownThreads() {
		if !t.perCPU && t.cpu <= maxCPU {
			n = max(n, t.cpu+1)
		}
	}
	return int(n)
}

// threads lowers the harness's and the model's threads.
func (b *builder) threads() {
	s := b.p.Scenario
	if len(b.roles) > 0 {
		unload := b.proc(b.harness("__mc_unloader"), true)
		get := b.getterProcs()
		for i := 0; i < s.unloaders(); i++ {
			name := "unloader"
			if s.unloaders() > 1 {
				name = fmt.Sprintf("unloader%d", i)
			}
			b.thread(Thread{Name: name, Proc: unload, CPU: i, MustFinish: true, Migrates: s.Migrate})
		}
		for i := 0; i < s.Getters; i++ {
			cpu := s.getterCPU(i)
			b.thread(Thread{
				Name: fmt.Sprintf("getter%d", i), Proc: get(i), CPU: cpu, MustFinish: true,
				Migrates: s.Migrate && b.p.Isolated>>cpu&1 == 0,
			})
		}
		if s.IRQ {
			b.thread(Thread{Name: "irq", Proc: b.proc(b.harness("__mc_irq_getter"), true), CPU: s.getterCPU(0), Class: IRQ})
		}
		if s.Hog != NoHog {
			proc := b.proc(b.harness("__mc_hog_"+string(s.Hog)), true)
			b.thread(Thread{Name: "hog", Proc: proc, CPU: b.p.NCPU - 1, Class: MaxFIFO})
		}
	}
	for _, t := range b.ownThreads() {
		b.ownThread(t)
	}
}

// getterProcs tells what each getter runs.
func (b *builder) getterProcs() func(i int) int {
	s := b.p.Scenario
	if !s.Handover {
		get := b.proc(b.harness("__mc_getter"), true)
		return func(int) int { return get }
	}
	pair := [2]int{b.proc(b.harness("__mc_giver"), true), b.proc(b.harness("__mc_taker"), true)}
	last := -1
	if s.Getters%2 == 1 {
		last = b.proc(b.harness("__mc_getter"), true)
	}
	return func(i int) int {
		if i == s.Getters-1 && last >= 0 {
			return last
		}
		return pair[i%2]
	}
}

// thread adds a thread. One that comes to an endless loop cannot be asked to
// finish.
func (b *builder) thread(t Thread) {
	proc := b.p.Procs[t.Proc]
	for _, in := range b.p.Code[proc.Entry:proc.End] {
		t.Hog = t.Hog || in.Op == OpHog
	}
	t.MustFinish = t.MustFinish && !t.Hog
	b.p.Threads = append(b.p.Threads, t)
}

func (b *builder) ownThread(t ownThread) {
	pos, name := b.pos(t.fd.Declarator), t.fd.Declarator.Name()
	if len(params(t.fd)) > 0 {
		b.errorf(pos, "thread %s takes parameters: want none", name)
		return
	}
	if !t.perCPU && (t.cpu < 0 || t.cpu > maxCPU) {
		b.errorf(pos, "CPU %d of thread %s: a machine has CPUs 0 to %d at most", t.cpu, name, maxCPU)
		return
	}
	if !t.perCPU && t.cpu >= int64(b.p.NCPU) {
		b.errorf(pos, "CPU %d of thread %s: the scenario has CPUs 0 to %d", t.cpu, name, b.p.NCPU-1)
		return
	}
	proc := b.proc(t.fd, !t.daemon)
	if !t.perCPU {
		b.thread(Thread{Name: name, Proc: proc, CPU: int(t.cpu), Class: t.class, MustFinish: !t.daemon && t.class != IRQ, Asleep: t.daemon})
		return
	}
	for cpu := range b.p.NCPU {
		b.thread(Thread{Name: fmt.Sprintf("%s/%d", strings.TrimSuffix(name, "_thread"), cpu), Proc: proc, CPU: cpu, Class: t.class, Asleep: true})
	}
}

// harness finds a function of harness.c, which is part of every program.
func (b *builder) harness(name string) *cc.FunctionDefinition { return b.funcs[name] }

// noteObject records that the model speaks of the lifetime of what the
// pointer operand points to.
func (l *lower) noteObject(v value, pos Pos) {
	b := l.b
	switch v.op.Kind {
	case OpdConst: // NULL: the only object
	case OpdAddr:
		for _, s := range b.statics {
			if s.first >= 0 && int64(s.first) <= v.op.Val && v.op.Val < int64(s.first+s.cells) {
				if s.local {
					l.errorf(pos, "the lifetime of %s: declare it outside the function", s.name)
				}
				b.use.objects[s.key] = true
				return
			}
		}
	case OpdReg:
		if elem := elemOf(v.typ); elem != nil && elem.Kind() != cc.Void {
			b.use.objectTypes[typeName(elem)] = true
		}
	default:
		l.errorf(pos, "the lifetime of a local variable: objects are static")
	}
}

// allocateObjects numbers the objects: static variables the model speaks of,
// or the elements of static arrays of such a type.
func (b *builder) allocateObjects() {
	for _, v := range b.statics {
		if v.first < 0 {
			continue
		}
		elem, n := v.typ, int64(1)
		if a, ok := v.typ.(*cc.ArrayType); ok {
			elem, n = a.Elem(), a.Len()
		}
		if !b.use.objects[v.key] && !b.use.objectTypes[typeName(elem)] {
			continue
		}
		size := v.cells / int(max(n, 1))
		for i := range int(n) {
			name := v.name
			if _, ok := v.typ.(*cc.ArrayType); ok {
				name = fmt.Sprintf("%s[%d]", v.name, i)
			}
			first := v.first + i*size
			for c := first; c < first+size; c++ {
				b.p.Cells[c].Object = len(b.p.Objects)
			}
			b.p.Objects = append(b.p.Objects, Object{Name: name, First: first, Cells: size})
		}
	}
	b.checkObjects()
}

func (b *builder) checkObjects() {
	get := b.roles["mc_get"]
	if get == nil {
		return
	}
	b.p.TokenPtr = result(get).Kind() == cc.Ptr
	// On the first builds nothing is known to be used yet.
	if len(b.use.objects)+len(b.use.objectTypes) == 0 {
		return
	}
	if len(b.p.Objects) > 1 && !b.p.TokenPtr {
		names := make([]string, len(b.p.Objects))
		for i, o := range b.p.Objects {
			names[i] = o.Name
		}
		slices.Sort(names)
		b.errorf(b.pos(get.Declarator), "the model speaks of the lifetime of %s, but mc_get returns no pointer that tells which it got", strings.Join(names, ", "))
	}
}
