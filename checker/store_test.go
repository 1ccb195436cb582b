package checker

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestPackingRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-200, 300), rapid.SampledFrom([]int64{127, 128, -128, -129, 32767, 32768, -32769, 1<<31 - 1, 1 << 31, -1 << 31, -1<<31 - 1}))
		home := state(rapid.SliceOfN(value, 1, 6).Draw(t, "home"))
		p := newBytePacking(home)
		var keys [][]byte
		for range rapid.IntRange(1, 5).Draw(t, "states") {
			s := slices.Clone(home)
			for i := range s {
				if rapid.Bool().Draw(t, "changes") {
					s[i] = value.Draw(t, "value")
				}
			}
			key, slot := p.pack(nil, s)
			for ; slot >= 0; key, slot = p.pack(nil, s) {
				if p.fits(slot, s[slot]) {
					t.Fatalf("slot %d fits and does not", slot)
				}
				p.widen(slot, s[slot])
				keys = nil // a wider packing makes other keys
			}
			got := make(state, len(s))
			p.unpack(got, key)
			if !slices.Equal(got, s) {
				t.Fatalf("packed %v, unpacked %v", s, got)
			}
			keys = append(keys, key)
			for _, k := range keys {
				if len(k) != p.size {
					t.Fatalf("a key of %d bytes, the packing has %d", len(k), p.size)
				}
			}
		}
	})
}

// TestStoreExact: with a table so small that nearly every key collides, the
// store still tells all keys apart.
func TestStoreExact(t *testing.T) {
	p := newBytePacking(state{0, 0})
	p.widen(0, 1<<20)
	p.widen(1, 1)
	st := newStore(p)
	st.table = make([]uint32, 2)
	known := map[string]int{}
	for i := range 20000 {
		s := state{int64(i * 7919 % 5003), int64(i % 2)}
		key, slot := p.pack(nil, s)
		if slot >= 0 {
			t.Fatal("does not fit")
		}
		want, old := known[string(key)]
		if got := st.find(key); old && got != want || !old && got != -1 {
			t.Fatalf("find %v: %d, want %d (%v)", s, got, want, old)
		}
		got, isNew := st.add(key)
		if isNew == old || old && got != want {
			t.Fatalf("add %v: %d %v, want %d", s, got, isNew, want)
		}
		known[string(key)] = got
	}
	if st.n != len(known) {
		t.Errorf("%d states stored, want %d", st.n, len(known))
	}
}

// wide are models whose values outgrow one byte, two and four, and go below
// zero.
var wide = []string{
	`int x, y; mc_thread(0, 0) void a(void) { for (int i = 0; i < 200; i++) x++; } mc_thread(1, 0) void b(void) { y = 1; }`,
	`short x; int y; mc_thread(0, 0) void a(void) { for (int i = 0; i < 20; i++) x += 3000; } mc_thread(1, 0) void b(void) { y = 1; }`,
	`long x = 1; int y; mc_thread(0, 0) void a(void) { for (int i = 0; i < 70; i++) x *= -2; } mc_thread(1, 0) void b(void) { y = 1; }`,
	`unsigned long x; unsigned char u; mc_thread(0, 0) void a(void) { x = -1; u = 255; u++; x--; } mc_thread(1, 0) void b(void) { x++; }`,
	`int x; mc_thread(0, 0) void a(void) { int r = -129; if (x) r = 40000; x = r; } mc_thread(1, 0) void b(void) { x = 128; }`,
}

// TestWidening: a search that begins with no room for any value, and has to
// begin again for each that does not fit, counts what one with room counts.
func TestWidening(t *testing.T) {
	for _, text := range wide {
		p := program(t, text)
		want := checkPlain(t, p)
		m := newMachine(p, rules{})
		pack := newBytePacking(m.home)
		passes := 1
		for {
			e := newExplorer(m, m.start(), pack, &limits{ctx: context.Background(), cfg: &Config{}})
			slot, v := e.run()
			if slot < 0 {
				if depth := len(e.levels) - 1; int64(e.st.n) != want.States || e.transitions != want.Transitions || depth != want.Depth {
					t.Errorf("%s\n%d %d %d, with room %d %d %d", text, e.st.n, e.transitions, depth, want.States, want.Transitions, want.Depth)
				}
				break
			}
			pack.widen(slot, v)
			passes++
		}
		n, ok := explore(m, 10000)
		if !ok || len(n.states) != int(want.States) || n.transitions != int(want.Transitions) {
			t.Errorf("%s\ndumb explorer: %d states, %d transitions; engine %d, %d", text, len(n.states), n.transitions, want.States, want.Transitions)
		}
		if passes < 3 {
			t.Errorf("%s\nonly %d passes: nothing was widened", text, passes)
		}
	}
}
