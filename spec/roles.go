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

func (b *builder) collectRole(fd *cc.FunctionDefinition) {
	attrs := fd.Declarator.Type().Attributes()
	if attrs == nil {
		return
	}
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

// An ownThread is a function marked mc_thread or mc_percpu_thread.
type ownThread struct {
	fd     *cc.FunctionDefinition
	perCPU bool
	cpu    int64
	class  Class
	prio   int64
}

// ownThreads finds them. mc_thread is two attributes, because the parser keeps
// the arguments of one as a set.
func (b *builder) ownThreads() []ownThread {
	var out []ownThread
	for _, fd := range b.order {
		attrs := fd.Declarator.Type().Attributes()
		if attrs == nil {
			continue
		}
		if attrs.IsAttrSet("mc_thread_cpu") {
			cpu, prio := b.attrValue(fd, "mc_thread_cpu"), b.attrValue(fd, "mc_thread_prio")
			out = append(out, ownThread{fd: fd, cpu: cpu, prio: prio, class: Class(prio)})
		}
		if attrs.IsAttrSet("mc_percpu_thread") {
			prio := b.attrValue(fd, "mc_percpu_thread")
			out = append(out, ownThread{fd: fd, perCPU: true, prio: prio, class: Class(prio)})
		}
	}
	return out
}

// attrValue is the constant argument of an attribute.
func (b *builder) attrValue(fd *cc.FunctionDefinition, name string) int64 {
	if v := fd.Declarator.Type().Attributes().AttrValue(name); len(v) == 1 {
		if n, ok := intValue(v[0]); ok {
			return n
		}
	}
	b.errorf(b.pos(fd.Declarator), "thread %s: want mc_thread(cpu, prio) or mc_percpu_thread(prio), all constant", fd.Declarator.Name())
	return 0
}

const maxCPU = 61

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
		get := b.proc(b.harness("__mc_getter"), true)
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
				Name: fmt.Sprintf("getter%d", i), Proc: get, CPU: cpu, MustFinish: true,
				Migrates: s.Migrate && b.p.Isolated>>cpu&1 == 0,
			})
		}
	}
	for _, t := range b.ownThreads() {
		b.ownThread(t)
	}
}

func (b *builder) thread(t Thread) { b.p.Threads = append(b.p.Threads, t) }

func (b *builder) ownThread(t ownThread) {
	pos, name := b.pos(t.fd.Declarator), t.fd.Declarator.Name()
	if len(params(t.fd)) > 0 {
		b.errorf(pos, "thread %s takes parameters: want none", name)
		return
	}
	if t.class != Other && t.class != Stop {
		b.errorf(pos, "priority %d of thread %s: want MC_OTHER or MC_STOP", t.prio, name)
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
	proc := b.proc(t.fd, !t.perCPU)
	if !t.perCPU {
		b.thread(Thread{Name: name, Proc: proc, CPU: int(t.cpu), Class: t.class, MustFinish: true})
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
