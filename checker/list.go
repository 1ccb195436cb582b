package checker

// This file keeps the packed states that are about to be stored or expanded. They
// come and go with each level, in lists that grow a little longer with each: so they
// lie in chunks, which go from list to list, and not in slices, each of which would
// leave all its shorter ones behind.

// A list is a list of packed states.
type list[K words] struct {
	full [][]K
	last []K
}

// A pool has the chunks that are in no list.
type pool[K words] struct {
	free  [][]K
	bytes int64 // of all chunks
}

// chunkBytes is about how large a chunk is; it has aheadStates states at most, and
// chunksMade are made together.
const (
	chunkBytes = 1 << 12
	chunksMade = 16
)

func (p *pool[K]) get() []K {
	if len(p.free) == 0 {
		size := 8 * len(*new(K))
		n := max(1, min(aheadStates, chunkBytes/size))
		all := make([]K, chunksMade*n)
		p.bytes += int64(len(all)) * int64(size)
		for i := range chunksMade {
			p.free = append(p.free, all[i*n:i*n:(i+1)*n])
		}
	}
	c := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	return c
}

func (p *pool[K]) put(chunk []K) {
	if cap(chunk) > 0 {
		p.free = append(p.free, chunk[:0])
	}
}

// push appends a state.
func (l *list[K]) push(p *pool[K], key *K) {
	if len(l.last) == cap(l.last) {
		if len(l.last) > 0 {
			l.full = append(l.full, l.last)
		}
		l.last = p.get()
	}
	l.last = push(l.last, key)
}

// push appends a state word by word: to load more at once than has been stored at
// once makes the processor wait.
func push[K words](keys []K, key *K) []K {
	n := len(keys)
	keys = keys[:n+1]
	to := &keys[n]
	for i := 0; i < len(*to); i++ {
		(*to)[i] = (*key)[i]
	}
	return keys
}

// pop takes a chunk out; nil if there is none left.
func (l *list[K]) pop() (chunk []K) {
	if n := len(l.full); n > 0 {
		chunk = l.full[n-1]
		l.full = l.full[:n-1]
		return chunk
	}
	chunk, l.last = l.last, nil
	return chunk
}

// drop gives all chunks back.
func (l *list[K]) drop(p *pool[K]) {
	for _, c := range l.full {
		p.put(c)
	}
	p.put(l.last)
	l.full, l.last = l.full[:0], nil
}

func (l *list[K]) len() int {
	if len(l.full) == 0 {
		return len(l.last)
	}
	return len(l.full)*len(l.full[0]) + len(l.last)
}

// each calls visit with all states, some at a time.
func (l *list[K]) each(visit func(keys []K)) {
	for _, c := range l.full {
		visit(c)
	}
	visit(l.last)
}

// appendTo appends all states to a slice.
func (l *list[K]) appendTo(keys []K) []K {
	l.each(func(some []K) { keys = append(keys, some...) })
	return keys
}
