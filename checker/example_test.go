package checker_test

import (
	"context"
	"fmt"
	"os"

	"lastput/checker"
	"lastput/spec"
)

// The test that one would write is
//
//	func TestMyRefcount(t *testing.T) {
//		m := spec.MustLoad(os.DirFS("."), "my_refcount.c")
//		checker.Verify(t, m, spec.Battery()...)
//	}
//
// Here t stands for a test that prints what it is told.
func ExampleVerify() {
	t := newPrinter("TestMyRefcount")

	m := spec.MustLoad(os.DirFS("testdata/examples"), "my_refcount_racy.c")
	basic, _ := spec.FindScenario("basic")
	checker.Verify(t, m, basic)

	// Output:
	// TestMyRefcount/my_refcount_racy/basic: FAIL:
	// my_refcount_racy in basic: violated use-after-release (2 getters x 2 rounds, 1 unloader)
	//
	// CPU0 unloader                                 CPU1 getter0
	// --------------------------------------------  --------------------------------------------
	//                                               struct object *o = READ_ONCE(table);
	//                                                   // &obj
	// obj_put(xchg(&table, NULL));
	//     // &obj -> NULL
	// if (atomic_dec_and_test(&o->count))
	//     // 1 -> 0
	//     <- the final put, and the release
	//                                               return o && atomic_inc_not_zero(&o->count) ?
	//                                                   o : NULL;  <- use after release
	//
	// use-after-release: obj.count.counter is used after obj was released (my_refcount_racy.c:13)
	// replay: mc replay my_refcount_racy.c lp1/my_refcount_racy/basic/e736dcea/1x2.0x3.1
}

// A fault that is known is held on to: the test fails when it is gone.
func ExampleRefute() {
	t := newPrinter("TestRacyRefcount")

	m := spec.MustLoad(os.DirFS("testdata/examples"), "my_refcount_racy.c")
	basic, _ := spec.FindScenario("basic")
	checker.Refute(t, m, basic, spec.UseAfterRelease)
	checker.Refute(t, m, basic, spec.DoubleRelease)

	// Output:
	// TestRacyRefcount: FAIL:
	// want a violation of double-release
	// my_refcount_racy in basic: violated use-after-release (2 getters x 2 rounds, 1 unloader)
	//
	// CPU0 unloader                                 CPU1 getter0
	// --------------------------------------------  --------------------------------------------
	//                                               struct object *o = READ_ONCE(table);
	//                                                   // &obj
	// obj_put(xchg(&table, NULL));
	//     // &obj -> NULL
	// if (atomic_dec_and_test(&o->count))
	//     // 1 -> 0
	//     <- the final put, and the release
	//                                               return o && atomic_inc_not_zero(&o->count) ?
	//                                                   o : NULL;  <- use after release
	//
	// use-after-release: obj.count.counter is used after obj was released (my_refcount_racy.c:13)
	// replay: mc replay my_refcount_racy.c lp1/my_refcount_racy/basic/e736dcea/1x2.0x3.1
}

// Options go into a Config: here, that a get which fails before the final put
// counts as wrong.
func ExampleVerifyWith() {
	t := newPrinter("TestMyRefcount")

	m := spec.MustLoad(os.DirFS("testdata/examples"), "my_refcount.c")
	small := spec.Scenario{Getters: 1, Gets: 1}
	checker.VerifyWith(t, checker.Config{MaxStates: 1e6}, m, small)
	checker.VerifyWith(t, checker.Config{Strict: true}, m, small)

	// Output:
	// TestMyRefcount/my_refcount/getters=1,gets=1: FAIL:
	// my_refcount in getters=1,gets=1: violated early-failure (1 getter x 1 round, 1 unloader)
	//
	// CPU0 unloader                                 CPU1 getter0
	// --------------------------------------------  --------------------------------------------
	// obj_put(xchg(&table, NULL));
	//     // &obj -> NULL
	//                                               struct object *o = READ_ONCE(table);
	//                                                   // NULL
	//                                               return o && atomic_inc_not_zero(&o->count) ?
	//                                                   o : NULL;  <- early failure
	//
	// early-failure: a get of getter0 failed before the final put (my_refcount.c:10)
	// replay: mc replay my_refcount.c lp1/my_refcount/getters=1,gets=1/dcc607d6/0x2.1x2/strict
}

// Outside of tests, Check gives the result itself.
func ExampleCheck() {
	m, err := spec.Load(os.DirFS("testdata/examples"), "my_refcount.c")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range m.Scenarios() {
		p, err := m.Build(s)
		if err != nil {
			fmt.Println(err)
			return
		}
		r, err := checker.Check(context.Background(), p, checker.Config{MaxStates: 1e6})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(s.Name, r.Verdict, r.Properties)
	}
	// Output:
	// basic verified []
	// same-cpu verified []
	// migrate verified []
	// nested verified []
	// handover verified []
	// irq violated [deadlock]
	// isolated verified []
	// rt-hog verified []
}

// A run is taken move by move: here, always the first that is possible.
func ExampleSession() {
	m := spec.MustLoad(os.DirFS("testdata/examples"), "my_refcount_racy.c")
	p, err := m.Build(spec.Scenario{Getters: 1, Gets: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	s := checker.NewSession(p, checker.Rules{})
	for len(s.Moves()) > 0 {
		step, err := s.Take(s.Moves()[0])
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %q\n", p.Threads[step.Move.Thread].Name, checker.StepText(p, step))
	}
	fmt.Println(checker.Describe(p, s.Trace()))
	// Output:
	// unloader: ""
	// unloader: "table: &obj -> NULL"
	// unloader: "obj.count: 1 -> 0; final put of obj; obj is released"
	// getter0: ""
	// getter0: "table: NULL"
	// nothing is violated
}
