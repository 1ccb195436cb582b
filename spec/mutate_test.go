package spec_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lastput/spec"
)

// mutations is how many texts TestMutations tries.
const mutations = 400

var token = regexp.MustCompile(`\w+|\s+|"[^"\n]*"|->|\+\+|--|&&|\|\||[<>=!+\-*/&|^]=|.`)

// TestMutations loads models of which some tokens were deleted, repeated,
// swapped or replaced by others: texts that are nearly C, which byte-wise
// fuzzing seldom makes. The seed is fixed.
func TestMutations(t *testing.T) {
	t.Parallel()
	texts := append(modelTexts(t), errorTexts(t)...)
	slices.Sort(texts)
	rnd := rand.New(rand.NewPCG(1, 2))
	pick := func() []string { return token.FindAllString(texts[rnd.IntN(len(texts))], -1) }
	for range mutations {
		toks := pick()
		other := pick()
		for range 1 + rnd.IntN(3) {
			toks = mutate(rnd, toks, other)
		}
		tryText(t, strings.Join(toks, ""))
		if t.Failed() {
			return
		}
	}
}

func mutate(rnd *rand.Rand, toks, other []string) []string {
	i, j := rnd.IntN(len(toks)), rnd.IntN(len(toks))
	n := min(1+rnd.IntN(4), len(toks)-i)
	switch rnd.IntN(6) {
	case 0:
		return slices.Delete(toks, i, i+n)
	case 1:
		return slices.Insert(toks, j, slices.Clone(toks[i:i+n])...)
	case 2:
		toks[i], toks[j] = toks[j], toks[i]
	case 3:
		toks[i] = other[rnd.IntN(len(other))]
	case 4:
		k := rnd.IntN(len(other))
		return slices.Insert(toks, i, slices.Clone(other[k:min(len(other), k+10)])...)
	default:
		// One name for another.
		a, b := toks[i], toks[j]
		for k := range toks {
			if toks[k] == a {
				toks[k] = b
			}
		}
	}
	if len(toks) == 0 {
		return []string{"int x;"}
	}
	return toks
}

// tryText loads a text and says what must never be.
func tryText(t *testing.T, text string) {
	t.Helper()
	defer func() {
		if e := recover(); e != nil {
			t.Fatalf("panic: %v\n%s", e, text)
		}
	}()
	start := time.Now()
	m, err := spec.Load(fstest.MapFS{"m.c": {Data: []byte(text)}}, "m.c")
	if took := time.Since(start); took > fuzzTime {
		t.Fatalf("took %v\n%s", took, text)
	}
	if err != nil {
		wantPositioned(t, err, text)
		if t.Failed() {
			t.Log(text)
		}
		return
	}
	p, err := m.Build(anyScenario(m, text))
	if err != nil {
		t.Logf("built for the smallest machine only: %v", err)
		return
	}
	if err := spec.Sanity(p); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}
