package userproject

import (
	"os"
	"testing"

	"pgregory.net/rapid"

	"lastput/checker"
	"lastput/checker/mcrapid"
	"lastput/spec"
)

func TestMyRefcount(t *testing.T) {
	m := spec.MustLoad(os.DirFS("."), "my_refcount.c")
	checker.Verify(t, m, spec.Battery()...)
}

// TestMyRefcountRacy holds on to the bug that was repaired.
func TestMyRefcountRacy(t *testing.T) {
	m := spec.MustLoad(os.DirFS("."), "my_refcount_racy.c")
	basic, _ := spec.FindScenario("basic")
	checker.Refute(t, m, basic, spec.UseAfterRelease)
}

func TestMyRefcountProperties(t *testing.T) {
	m := spec.MustLoad(os.DirFS("."), "my_refcount.c")
	rapid.Check(t, mcrapid.Safe(m))
}

func FuzzMyRefcount(f *testing.F) {
	m := spec.MustLoad(os.DirFS("."), "my_refcount.c")
	f.Fuzz(rapid.MakeFuzz(mcrapid.Safe(m)))
}
