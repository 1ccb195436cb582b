package checker

import (
	"slices"
)

// This file replaces packed states by the one of those alike that stands for
// them: the units of each class are put in the order of what they hold.

// unitFields are the fields of a unit in a packed state.
type unitFields struct {
	blocks []int // of its threads
	slots  []int // other slots that vary, in the same order for all units of the class
	plain  []int // those of them that refer to nothing
}

// findUnits works out the fields of the units.
func (p *packing) findUnits() {
	p.units, p.refSlots, p.loners, p.unitCount = nil, nil, nil, 0
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
				if p.place[slot].block >= 0 || p.fields[slot].bits == 0 {
					continue
				}
				uf.slots = append(uf.slots, slot)
				if y.sorts[slot] <= sortPlain {
					uf.plain = append(uf.plain, slot)
				}
			}
			units = append(units, uf)
		}
		p.units = append(p.units, units)
		p.unitCount += len(units)
	}
	for slot := range p.fields {
		if p.place[slot].block < 0 && p.fields[slot].bits > 0 && !moves[slot] && y.sorts[slot] > sortPlain && y.sorts[slot] != sortMixed {
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
	order []int    // of the units of a class
	s     state    // scratch

	refs    []reference // of the state
	renamed map[renamedKey]uint64
	marks   []map[uint64][]uint64 // of slots, by place in refSlots and what they hold

	// What is known of the state that steps are taken from, if known says so: it is
	// the same of the states after, but for the units that a step changes.
	known      bool
	before     K
	beforeKeys []uint64
	beforeRefs []reference
	// masks has the bits of each unit, outside those of what may refer to units.
	masks   []K
	outside K
}

// A reference is a block outside of units, or a slot outside of both, that refers
// to units. marks has a number for each unit, by which it tells them apart.
type reference struct {
	slot  int // or -1-thread
	raw   uint64
	marks []uint64
}

// A renamedKey is a question that has been answered before: what becomes of what
// refers to units when these change places.
type renamedKey struct {
	slot  int
	raw   uint64
	order unitOrder
}

// A unitOrder says which unit comes to which place, six bits each.
type unitOrder [4]uint64

// orderPlaces is how many places a unitOrder has.
const orderPlaces = 40

func (o *unitOrder) set(place, unit int) { o[place/10] |= uint64(unit) << (place % 10 * 6) }

// from prepares for states that differ little from one, as do those after a step.
func (d *reducer[K]) from(key *K) {
	if d.pack.sym.none() {
		return
	}
	if d.masks == nil {
		d.makeMasks()
	}
	d.before = *key
	if d.known = d.findRefs(key); d.known {
		d.findKeys(key)
		d.beforeKeys, d.beforeRefs = append(d.beforeKeys[:0], d.keys...), append(d.beforeRefs[:0], d.refs...)
	}
}

func (d *reducer[K]) makeMasks() {
	p := d.pack
	put := func(mask *K, f *field) { (*mask)[f.word] |= f.mask << f.shift }
	for _, units := range p.units {
		for i := range units {
			var mask K
			for _, t := range units[i].blocks {
				put(&mask, &p.blocks[t].field)
			}
			for _, slot := range units[i].slots {
				put(&mask, &p.fields[slot].field)
			}
			d.masks = append(d.masks, mask)
		}
	}
	for _, t := range p.loners {
		put(&d.outside, &p.blocks[t].field)
	}
	for _, slot := range p.refSlots {
		put(&d.outside, &p.fields[slot].field)
	}
}

// differs reports whether some of the bits are not as they were before.
func (d *reducer[K]) differs(key, mask *K) bool {
	x := uint64(0)
	for i := 0; i < len(*key); i++ {
		x |= ((*key)[i] ^ d.before[i]) & (*mask)[i]
	}
	return x != 0
}

// follow takes the refs and the keys from the state before; false if more has
// changed than what some units hold.
func (d *reducer[K]) follow(key *K) bool {
	if !d.known || d.differs(key, &d.outside) {
		return false
	}
	p, place := d.pack, 0
	d.keys, d.refs = append(d.keys[:0], d.beforeKeys...), append(d.refs[:0], d.beforeRefs...)
	for class := range p.units {
		for i := range p.units[class] {
			if u := &p.units[class][i]; d.differs(key, &d.masks[place]) {
				if d.isForeign(key, u) {
					return false
				}
				d.keys[place] = d.placeKey(key, u, place)
			}
			place++
		}
	}
	return true
}

// reduce replaces the state.
func (d *reducer[K]) reduce(key *K, misfits *[]misfit) {
	p := d.pack
	if p.sym.none() {
		return
	}
	if !d.follow(key) {
		if !d.findRefs(key) {
			d.renameAll(key, misfits)
			return
		}
		d.findKeys(key)
	}
	changed, place, order := false, 0, unitOrder{}
	for class := range p.units {
		units := p.units[class]
		if d.sort(d.keys[place : place+len(units)]) {
			changed = true
			d.move(key, units)
		}
		if len(d.refs) > 0 {
			for to, i := range d.order {
				order.set(place+to, i)
			}
		}
		place += len(units)
	}
	if changed && len(d.refs) > 0 {
		d.renameRefs(key, order, misfits)
	}
}

// findKeys finds what to sort all units by.
func (d *reducer[K]) findKeys(key *K) {
	d.keys = d.keys[:0]
	for class := range d.pack.units {
		for i := range d.pack.units[class] {
			d.keys = append(d.keys, d.placeKey(key, &d.pack.units[class][i], len(d.keys)))
		}
	}
}

// placeKey is what to sort the unit at a place by.
func (d *reducer[K]) placeKey(key *K, u *unitFields, place int) uint64 {
	h := d.unitKey(key, u)
	for k := range d.refs {
		h = mix(h, d.refs[k].marks[place])
	}
	return h
}

// isForeign reports whether the unit refers to another.
func (d *reducer[K]) isForeign(key *K, u *unitFields) bool {
	for _, t := range u.blocks {
		if b := &d.pack.blocks[t]; b.dict.foreign[getField(key, &b.field)] {
			return true
		}
	}
	return false
}

// findRefs finds what refers to units; false if a unit refers to another, or
// there are more units than an order has places.
func (d *reducer[K]) findRefs(key *K) bool {
	p := d.pack
	d.refs = d.refs[:0]
	for class := range p.units {
		for i := range p.units[class] {
			if d.isForeign(key, &p.units[class][i]) {
				return false
			}
		}
	}
	for _, t := range p.loners {
		b := &p.blocks[t]
		if n := getField(key, &b.field); b.dict.foreign[n] {
			d.refs = append(d.refs, reference{-1 - t, n, b.dict.marks[n]})
		}
	}
	for i, slot := range p.refSlots {
		raw := getField(key, &p.fields[slot].field)
		if marks := d.slotMarks(i, raw); marks != nil {
			d.refs = append(d.refs, reference{slot, raw, marks})
		}
	}
	return len(d.refs) == 0 || p.unitCount <= orderPlaces
}

// slotMarks are the marks of a slot for what it holds, if it refers to units.
func (d *reducer[K]) slotMarks(i int, raw uint64) []uint64 {
	if d.marks == nil {
		d.marks = make([]map[uint64][]uint64, len(d.pack.refSlots))
	}
	marks, known := d.marks[i][raw]
	if !known {
		if d.marks[i] == nil {
			d.marks[i] = map[uint64][]uint64{}
		}
		slot := d.pack.refSlots[i]
		marks = d.pack.slotMarks(slot, d.pack.fields[slot].decode(raw))
		d.marks[i][raw] = marks
	}
	return marks
}

// renameRefs changes what refers to units after these have changed places.
func (d *reducer[K]) renameRefs(key *K, order unitOrder, misfits *[]misfit) {
	p := d.pack
	var r *renaming
	for _, ref := range d.refs {
		k := renamedKey{ref.slot, ref.raw, order}
		to, known := d.renamed[k]
		if !known {
			if r == nil {
				r = p.renamingOf(order)
			}
			ok := true
			if ref.slot >= 0 {
				v := r.value(p.sym.sorts[ref.slot], p.decode(ref.slot, ref.raw))
				if to, ok = p.encode(ref.slot, v); !ok {
					*misfits = append(*misfits, misfit{ref.slot, v})
				}
			} else {
				to, ok = p.renameBlock(-1-ref.slot, ref.raw, r)
				if !ok {
					*misfits = append(*misfits, misfit{slot: -1})
				}
			}
			if !ok {
				return
			}
			if d.renamed == nil || len(d.renamed) > maxRenamed {
				d.renamed = map[renamedKey]uint64{}
			}
			d.renamed[k] = to
		}
		if ref.slot >= 0 {
			setField(key, &p.fields[ref.slot].field, to)
		} else {
			setField(key, &p.blocks[-1-ref.slot].field, to)
		}
	}
}

// maxRenamed bounds what is remembered.
const maxRenamed = 1 << 18

// renameBlock is what becomes of the block of a thread in no unit.
func (p *packing) renameBlock(t int, n uint64, r *renaming) (uint64, bool) {
	b := &p.blocks[t]
	values := slices.Clone(b.dict.values[n])
	out := slices.Clone(values)
	for i, v := range values {
		out[i] = r.value(p.valueSort(t, i, values), v)
	}
	to, ok := b.dict.intern(out, true)
	return uint64(to), ok
}

// renamingOf is the renaming of units that have been put in an order.
func (p *packing) renamingOf(order unitOrder) *renaming {
	r := p.sym.unchanged()
	place := 0
	for class := range p.units {
		units := p.sym.classes[class].units
		for to := range units {
			i := order[(place+to)/10] >> ((place + to) % 10 * 6) & 63
			p.sym.place(r, &units[i], &units[to])
		}
		place += len(units)
	}
	return r
}

// unchanged is the renaming that changes nothing.
func (y *symmetry) unchanged() *renaming {
	p := y.m.p
	return &renaming{identity(p.NCPU), identity(len(p.Threads)), identity(len(p.Cells))}
}

// place lets unit a come to the place of b.
func (y *symmetry) place(r *renaming, a, b *unit) {
	p := y.m.p
	r.cpu[a.cpu] = b.cpu
	for k, t := range a.threads {
		u := b.threads[k]
		r.thread[t] = u
		for c := range localCells(p, t) {
			r.cell[p.Threads[t].LocalBase+c] = p.Threads[u].LocalBase + c
		}
	}
	for k, c := range a.cells {
		r.cell[c] = b.cells[k]
	}
}

// slotMarks are the marks of a slot outside of blocks and units; nil if it refers
// to none that is alike.
func (p *packing) slotMarks(slot int, v int64) []uint64 {
	if !p.slotRefers(slot, v) {
		return nil
	}
	return p.sym.marksOf(func(see func(sort, int64)) { see(p.sym.sorts[slot], v) })
}

// blockMarks are those of the block of a thread in no unit.
func (p *packing) blockMarks(t int, values []int64) []uint64 {
	return p.sym.marksOf(func(see func(sort, int64)) {
		for i, v := range values {
			see(p.valueSort(t, i, values), v)
		}
	})
}

// marksOf marks each unit by how it is referred to by the values that are seen.
func (y *symmetry) marksOf(each func(see func(sort, int64))) (marks []uint64) {
	for _, c := range y.classes {
		for i := range c.units {
			h := uint64(0)
			each(func(s sort, v int64) { h = y.mark(h, &c.units[i], s, v) })
			marks = append(marks, h)
		}
	}
	return marks
}

// unitKey is what to sort a unit by: what it holds, but for what that refers to.
func (d *reducer[K]) unitKey(key *K, u *unitFields) uint64 {
	p := d.pack
	h := uint64(0)
	for _, t := range u.blocks {
		b := &p.blocks[t]
		h = mix(h, b.dict.order[getField(key, &b.field)])
	}
	for _, slot := range u.plain {
		f := &p.fields[slot]
		h = mix(h, uint64(f.decode(getField(key, &f.field))))
	}
	return h
}

// sort finds the order of units by their keys, which it sorts; false if they are.
func (d *reducer[K]) sort(keys []uint64) (changed bool) {
	d.order = d.order[:0]
	for i, k := range keys {
		d.order = append(d.order, i)
		j := i
		for ; j > 0 && k < keys[j-1]; j-- {
			keys[j], d.order[j] = keys[j-1], d.order[j-1]
			changed = true
		}
		keys[j], d.order[j] = k, i
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

// renameAll does the same, slot by slot, where one unit refers to another.
func (d *reducer[K]) renameAll(key *K, misfits *[]misfit) {
	p, y := d.pack, d.pack.sym
	if d.s == nil {
		d.s = make(state, len(p.home))
	}
	fromWords(p, key, d.s)
	r, same := y.unchanged(), true
	for class, units := range p.units {
		list := y.classes[class].units
		d.keys = d.keys[:0]
		for i := range units {
			d.keys = append(d.keys, mix(d.unitKey(key, &units[i]), y.marks(d.s, &list[i])))
		}
		if !d.sort(d.keys) {
			continue
		}
		same = false
		for to, i := range d.order {
			y.place(r, &list[i], &list[to])
		}
	}
	if !same {
		*key = toWords[K](p, y.rename(r, d.s), misfits)
	}
}

// marks is how the unit is referred to by what is in no unit that is alike.
func (y *symmetry) marks(s state, u *unit) uint64 {
	h := uint64(0)
	for slot, v := range s {
		if y.outside[slot] {
			h = y.mark(h, u, y.sortOf(s, slot), v)
		}
	}
	return h
}

// mark mixes in how a value refers to the unit.
func (y *symmetry) mark(h uint64, u *unit, s sort, v int64) uint64 {
	switch s {
	case sortCPU:
		return mix(h, uint64(bit(v == int64(u.cpu))))
	case sortThread:
		return mix(h, uint64(slices.Index(u.threads, int(v))))
	case sortCPUs:
		return mix(h, uint64(v)>>u.cpu&1)
	case sortThreads:
		for _, t := range u.threads {
			h = mix(h, uint64(v)>>t&1)
		}
	case sortPtr:
		return mix(h, uint64(y.within(u, int(v-1))))
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
