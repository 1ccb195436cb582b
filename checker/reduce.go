package checker

import (
	"slices"
)

// This file replaces packed states by the one of those alike that stands for
// them: the units of each class are put in the order of what they hold.

// unitFields are the fields of a unit in a packed state.
type unitFields struct {
	blocks []int // of its threads
	slots  []int // other slots, in the same order for all units of the class
}

// findUnits works out the fields of the units.
func (p *packing) findUnits() {
	p.units, p.refSlots, p.loners = nil, nil, nil
	if p.sym.none() {
		return
	}
	y := p.sym
	moves := make([]bool, len(p.place))
	for _, c := range y.classes {
		var units []unitFields
		for _, u := range c.units {
			uf := unitFields{blocks: u.threads}
			for _, slot := range y.unitSlots(u) {
				moves[slot] = true
				if p.place[slot].block < 0 {
					uf.slots = append(uf.slots, slot)
				}
			}
			units = append(units, uf)
		}
		p.units = append(p.units, units)
	}
	for slot := range p.fields {
		if p.place[slot].block < 0 && !moves[slot] && y.sorts[slot] > sortPlain && y.sorts[slot] != sortMixed {
			p.refSlots = append(p.refSlots, slot)
		}
	}
	for t := range p.blocks {
		if y.of[t].class < 0 {
			p.loners = append(p.loners, t)
		}
	}
}

// unitSlots are the slots that move with a unit.
func (y *symmetry) unitSlots(u unit) (slots []int) {
	for _, t := range u.threads {
		base := y.m.p.Threads[t].LocalBase
		for c := range localCells(y.m.p, t) {
			slots = append(slots, base+c)
		}
		first, end := y.m.threadSlots(t)
		for slot := first; slot < end; slot++ {
			slots = append(slots, slot)
		}
	}
	return append(slots, u.cells...)
}

// valueSort is the sort of a value in a block.
func (p *packing) valueSort(t, i int, values []int64) sort {
	y := p.sym
	slot, tl := p.blocks[t].slots[i], &y.m.threads[t]
	if r := slot - tl.regs; r >= 0 && r < tl.nregs {
		pc := p.home[tl.pc]
		if at := p.place[tl.pc]; int(at.block) == t {
			pc = values[at.at]
		}
		return y.regSort(pc, r)
	}
	return y.sorts[slot]
}

// normalize changes what the block of a thread holds into what it would if the
// thread were in the first unit of its class, or back again.
func (p *packing) normalize(t int, values []int64) {
	if p.sym.none() {
		return
	}
	of := p.sym.of[t]
	if of.class < 0 || of.unit == 0 {
		return
	}
	r := p.sym.classes[of.class].first[of.unit-1]
	for i, v := range values {
		if s := p.valueSort(t, i, values); s > sortPlain {
			values[i] = r.value(s, v)
		}
	}
}

// refers reports whether what the block of a thread holds depends on which of
// other units that are alike is which. A thread in a unit is the one of its
// first.
func (p *packing) refers(t int, values []int64) bool {
	for i, v := range values {
		s := p.valueSort(t, i, values)
		if s <= sortPlain {
			continue
		}
		for k, c := range p.sym.classes {
			others := c.first
			if p.sym.of[t].class == k {
				others = c.second
			}
			for _, r := range others {
				if r.value(s, v) != v {
					return true
				}
			}
		}
	}
	return false
}

// slotRefers is the same of a slot outside of blocks and units.
func (p *packing) slotRefers(slot int, v int64) bool {
	for _, c := range p.sym.classes {
		for _, r := range c.first {
			if r.value(p.sym.sorts[slot], v) != v {
				return true
			}
		}
	}
	return false
}

// A reducer replaces packed states by those that stand for them.
type reducer[K words] struct {
	pack  *packing
	keys  []uint64 // of units, to sort by
	order []int
	s     state // scratch
	moved int   // how often it was not enough to move blocks
}

// reduce replaces the state.
func (d *reducer[K]) reduce(key *K, misfits *[]misfit) {
	p := d.pack
	if p.sym.none() {
		return
	}
	if d.refers(key) {
		d.renameAll(key, misfits)
		return
	}
	for class := range p.units {
		units := p.units[class]
		if d.sort(units, func(i int) uint64 { return d.unitKey(key, &units[i]) }) {
			d.move(key, units)
		}
	}
}

// refers reports whether something in the state refers to units that are alike.
func (d *reducer[K]) refers(key *K) bool {
	p := d.pack
	for t := range p.blocks {
		if b := &p.blocks[t]; b.dict.foreign[getField(key, &b.field)] {
			return true
		}
	}
	for _, slot := range p.refSlots {
		if f := &p.fields[slot]; f.bits > 0 && p.slotRefers(slot, f.decode(getField(key, &f.field))) {
			return true
		}
	}
	return false
}

// unitKey is what to sort a unit by: what it holds, but for what that refers to.
func (d *reducer[K]) unitKey(key *K, u *unitFields) uint64 {
	p := d.pack
	h := uint64(0)
	for _, t := range u.blocks {
		b := &p.blocks[t]
		h = mix(h, b.dict.order[getField(key, &b.field)])
	}
	for _, slot := range u.slots {
		if f := &p.fields[slot]; f.bits > 0 && p.sym.sorts[slot] <= sortPlain {
			h = mix(h, uint64(f.decode(getField(key, &f.field))))
		}
	}
	return h
}

// sort puts the units in the order of their keys; false if they are.
func (d *reducer[K]) sort(units []unitFields, unitKey func(i int) uint64) (changed bool) {
	d.keys, d.order = d.keys[:0], d.order[:0]
	for i := range units {
		d.keys, d.order = append(d.keys, unitKey(i)), append(d.order, i)
	}
	for i := 1; i < len(d.order); i++ {
		for j := i; j > 0 && d.keys[d.order[j]] < d.keys[d.order[j-1]]; j-- {
			d.order[j], d.order[j-1] = d.order[j-1], d.order[j]
			changed = true
		}
	}
	return changed
}

// move puts what each unit holds where the order says.
func (d *reducer[K]) move(key *K, units []unitFields) {
	p, from := d.pack, *key
	for to, i := range d.order {
		if to == i {
			continue
		}
		for k, t := range units[i].blocks {
			setField(key, &p.blocks[units[to].blocks[k]].field, getField(&from, &p.blocks[t].field))
		}
		for k, slot := range units[i].slots {
			setField(key, &p.fields[units[to].slots[k]].field, getField(&from, &p.fields[slot].field))
		}
	}
}

// renameAll does the same where moving what the units hold is not enough, since
// something refers to them: it has to be changed as well, and what refers to a
// unit tells it from others.
func (d *reducer[K]) renameAll(key *K, misfits *[]misfit) {
	p, y := d.pack, d.pack.sym
	d.moved++
	if d.s == nil {
		d.s = make(state, len(p.home))
	}
	fromWords(p, key, d.s)
	r := &renaming{identity(y.m.p.NCPU), identity(len(y.m.p.Threads)), identity(len(y.m.p.Cells))}
	same := true
	for class, units := range p.units {
		list := y.classes[class].units
		if !d.sort(units, func(i int) uint64 { return mix(d.unitKey(key, &units[i]), y.marks(d.s, &list[i])) }) {
			continue
		}
		same = false
		for to, i := range d.order {
			a, b := &list[i], &list[to]
			r.cpu[a.cpu] = b.cpu
			for k, t := range a.threads {
				u := b.threads[k]
				r.thread[t] = u
				for c := range localCells(y.m.p, t) {
					r.cell[y.m.p.Threads[t].LocalBase+c] = y.m.p.Threads[u].LocalBase + c
				}
			}
			for k, c := range a.cells {
				r.cell[c] = b.cells[k]
			}
		}
	}
	if !same {
		*key = toWords[K](p, y.rename(r, d.s), misfits)
	}
}

// marks is how the unit is referred to by what is in no unit that is alike.
func (y *symmetry) marks(s state, u *unit) uint64 {
	h := uint64(0)
	see := func(sort sort, v int64) {
		switch sort {
		case sortCPU:
			h = mix(h, uint64(bit(v == int64(u.cpu))))
		case sortThread:
			h = mix(h, uint64(slices.Index(u.threads, int(v))))
		case sortCPUs:
			h = mix(h, uint64(v)>>u.cpu&1)
		case sortThreads:
			for _, t := range u.threads {
				h = mix(h, uint64(v)>>t&1)
			}
		case sortPtr:
			h = mix(h, uint64(y.within(u, int(v-1))))
		}
	}
	for slot, v := range s {
		if y.outside[slot] {
			see(y.sortOf(s, slot), v)
		}
	}
	return h
}

// within is where in the unit a cell lies, or -1.
func (y *symmetry) within(u *unit, cell int) int {
	if i := slices.Index(u.cells, cell); i >= 0 {
		return i
	}
	n := len(u.cells)
	for _, t := range u.threads {
		cells := localCells(y.m.p, t)
		if i := cell - y.m.p.Threads[t].LocalBase; i >= 0 && i < cells {
			return n + i
		}
		n += cells
	}
	return -1
}
