package checker

import "math/bits"

// A random is a source of random numbers that are the same on every machine and
// in every version: splitmix64, of Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators" (OOPSLA 2014).
type random struct{ state uint64 }

// newRandom is the source of the schedule of that number. Two steps of the
// generator lie between seed and state, so that neighbours have nothing in common.
func newRandom(seed, number uint64) random {
	r := random{seed}
	r = random{r.next() ^ number}
	return random{r.next()}
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	return mix64(r.state)
}

// mix64 is the output function of splitmix64, in which each bit of the argument
// changes half of the result's.
func mix64(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// intN is one of 0 to n-1, n > 0, all alike but for one part in 2^64/n.
func (r *random) intN(n int) int {
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int(hi)
}

// shuffle puts a list in any order.
func (r *random) shuffle(list []int) {
	for i := len(list) - 1; i > 0; i-- {
		j := r.intN(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}
